//===- Generator.h - Text that goes on from a prompt -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_GENERATOR_H
#define IGNIS_LIB_ENGINE_GENERATOR_H

#include "Structure.h"
#include "TextOutput.h"

#include "ignis/Engine/Generation.h"
#include "ignis/Engine/Options.h"
#include "ignis/Engine/RunStats.h"
#include "ignis/Support/OutputFile.h"

namespace ignis {

class Generator {
public:
  /// `tokenizer`, `structure`, which every answer keeps to, and `logitFile`,
  /// which gets a row for each token, may be null.
  Generator(const Options &options, uint64_t seed, const Tokenizer *tokenizer,
            const Structure *structure, Executor &executor,
            OutputFile *logitFile, RunStats &stats);

  /// Goes on from `prompt`, which is the whole text, and writes what it
  /// generates to stdout. Of the text so far, what `prompt` begins with is not
  /// computed again.
  Expected<void> generate(std::span<const int32_t> prompt);

  /// What followed the prompt, without the token that ended it.
  std::span<const int32_t> answer() const { return answered; }

  TextOutput &output() { return textOutput; }
  Sampler &sampler() { return generation.sampler(); }

private:
  /// Computes what is pending and chooses what follows, up to `left` tokens
  /// (without end if negative); whether the text goes on.
  Expected<bool> step(int64_t &left);
  /// Takes a token that was chosen from a row; whether the text goes on.
  Expected<bool> put(int32_t token, const Executor::Row &row, int64_t left);
  /// Writes a token, or what --logprobs asks for of it.
  Expected<void> write(int32_t token, const Executor::Row &row);
  bool isEnd(int32_t token) const;
  bool endsInReversePrompt(int32_t token);

  const Options &options;
  const Tokenizer *tokenizer;
  const Structure *structure;
  Executor &executor;
  OutputFile *logitFile;
  RunStats &stats;
  Generation generation;
  std::vector<int32_t> answered;
  TextOutput textOutput;
  std::string recentText; ///< where a reverse prompt may have begun
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_GENERATOR_H
