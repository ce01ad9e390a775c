//===- RunStats.h - Times and counts of a run ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_RUNSTATS_H
#define IGNIS_ENGINE_RUNSTATS_H

#include "ignis/Engine/Generation.h"
#include "ignis/Support/Stopwatch.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace ignis {

/// Filled as the run goes on.
struct RunStats {
  Stopwatch sinceStart;
  double loadSeconds = 0;    ///< file, model and tokenizer
  double compileSeconds = 0; ///< or finding the program
  int64_t compileMemory = 0; ///< bytes that raised the peak by
  double setupSeconds = 0;   ///< weights, cache, threads
  int64_t prefillTokens = 0; ///< of prompts
  double prefillSeconds = 0;
  int64_t decodeSteps = 0;  ///< calls with one generated token
  int64_t decodeTokens = 0; ///< that came of them: more, with drafts
  int64_t draftedTokens = 0;
  int64_t acceptedDrafts = 0;
  int64_t forcedTokens = 0; ///< generated, but not drawn
  Generation::MaskTimes masks;
  double decodeSeconds = 0;
  uint64_t decodeBarriers = 0;
  int64_t generatedTokens = 0;
  Stopwatch sinceAsked;         ///< the start, or a conversation's first message
  double firstTokenSeconds = 0; ///< since then

  /// Everything but what only the provider knows.
  nlohmann::ordered_json toJSON(const Executor &executor) const;

  /// For people, a few lines.
  std::string summary() const;
};

/// Bytes of memory this process held at its peak.
int64_t getPeakMemory();

} // namespace ignis

#endif // IGNIS_ENGINE_RUNSTATS_H
