//===- RunStats.cpp - Times and counts of a run ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/RunStats.h"

#include <nlohmann/json.hpp>

#include <sys/resource.h>

using namespace ignis;

int64_t ignis::getPeakMemory() {
  struct rusage usage;
  getrusage(RUSAGE_SELF, &usage);
#ifdef __APPLE__
  constexpr int64_t unit = 1;
#else
  constexpr int64_t unit = 1024;
#endif
  return usage.ru_maxrss * unit;
}

static double getRate(int64_t count, double seconds) {
  return seconds > 0 ? static_cast<double>(count) / seconds : 0;
}

nlohmann::ordered_json RunStats::toJSON(const Executor &executor) const {
  const MemoryNeed &memory = executor.memory();
  Executor::PageCounts pages = executor.pageCounts();
  return {
      {"isa", executor.isa()},
      {"threads", executor.threads()},
      {"context", executor.context()},
      {"load_seconds", loadSeconds},
      {"compile_seconds", compileSeconds},
      {"setup_seconds", setupSeconds},
      {"first_token_seconds", firstTokenSeconds},
      {"prefill_tokens", prefillTokens},
      {"prefill_seconds", prefillSeconds},
      {"prefill_tokens_per_second", getRate(prefillTokens, prefillSeconds)},
      {"generated_tokens", generatedTokens},
      {"decode_steps", decodeSteps},
      {"decode_seconds", decodeSeconds},
      {"decode_tokens_per_second", getRate(decodeTokens, decodeSeconds)},
      {"drafted_tokens", draftedTokens},
      {"accepted_drafts", acceptedDrafts},
      {"forced_tokens", forcedTokens},
      {"masks", masks.masks},
      {"mask_seconds", masks.seconds},
      {"longest_mask_seconds", masks.longest},
      {"total_seconds", sinceStart.seconds()},
      {"barriers", executor.barriers()},
      {"ranks", executor.model().rank().count},
      {"gathers", executor.gathers()},
      {"gathered_bytes", executor.gatheredBytes()},
      {"barriers_per_token", getRate(static_cast<int64_t>(decodeBarriers),
                                     static_cast<double>(decodeSteps))},
      {"arena_bytes", memory.arena},
      {"scratch_bytes", memory.scratch},
      {"rope_bytes", memory.rope},
      {"cache_bytes", memory.cache},
      {"weight_bytes", memory.weights},
      {"memory_bytes", memory.sum()},
      {"packed_bytes", executor.model().packedBytes()},
      {"pages", pages.pages},
      {"pages_found", pages.found},
      {"pages_evicted", pages.evicted},
      {"peak_memory_bytes", getPeakMemory()},
      {"compile_memory_bytes", compileMemory},
  };
}

std::string RunStats::summary() const {
  return fmt::format(
      "load {:.3f} s, compile {:.3f} s, set up {:.3f} s, first token after "
      "{:.3f} s\n"
      "prefill {} tokens in {:.3f} s, {:.1f} tokens/s\n"
      "decode  {} tokens in {:.3f} s, {:.1f} tokens/s\n"
      "peak memory {:.1f} MiB, {:.1f} MiB of it for compiling\n",
      loadSeconds, compileSeconds, setupSeconds, firstTokenSeconds,
      prefillTokens, prefillSeconds, getRate(prefillTokens, prefillSeconds),
      decodeTokens, decodeSeconds, getRate(decodeTokens, decodeSeconds),
      static_cast<double>(getPeakMemory()) / (1 << 20),
      static_cast<double>(compileMemory) / (1 << 20));
}
