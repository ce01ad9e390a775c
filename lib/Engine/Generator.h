//===- Generator.h - Text that goes on from a prompt -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_GENERATOR_H
#define IGNIS_LIB_ENGINE_GENERATOR_H

#include "TextOutput.h"

#include "ignis/Engine/Options.h"
#include "ignis/Engine/RunStats.h"
#include "ignis/Support/OutputFile.h"

namespace ignis {

class Generator {
public:
  /// `tokenizer` and `logitFile`, which gets a row for each token, may be null.
  Generator(const Options &options, uint64_t seed, const Tokenizer *tokenizer,
            Session &session, OutputFile *logitFile, RunStats &stats);

  /// Appends `prompt` to the text so far, goes on from it, and writes what it
  /// generates to stdout.
  Expected<void> generate(std::span<const int32_t> prompt);

  TextOutput &output() { return textOutput; }

private:
  /// The last token's logits, or, where the program gives none, nothing but
  /// `likeliest`.
  Expected<std::span<const float>> feedPending();
  bool isEnd(int32_t token) const;
  bool endsInReversePrompt(int32_t token);

  const Options &options;
  const Tokenizer *tokenizer;
  Session &session;
  OutputFile *logitFile;
  RunStats &stats;
  Sampler sampler;
  TextOutput textOutput;
  std::vector<int32_t> pending; ///< of the text, but not yet fed
  int32_t likeliest = 0;        ///< to follow what was fed
  std::string recentText;       ///< where a reverse prompt may have begun
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_GENERATOR_H
