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
#include "Thinking.h"

#include "ignis/Engine/Structure.h"
#include "ignis/Engine/Generation.h"
#include "ignis/Engine/Options.h"
#include "ignis/Engine/RunStats.h"
#include "ignis/Support/OutputFile.h"
#include "ignis/Support/Progress.h"

namespace ignis {

class Generator {
public:
  /// `tokenizer`, `structure`, which every answer keeps to, and `logitFile`,
  /// which gets a row for each token, may be null.
  Generator(const Options &options, uint64_t seed, const Tokenizer *tokenizer,
            const Structure *structure, Executor &executor,
            OutputFile *logitFile, RunStats &stats);

  /// Called where the context is full, with the whole text: what to go on from
  /// in its place; nothing, to stop.
  using Shorten = std::function<std::optional<std::vector<int32_t>>(
      std::span<const int32_t> text)>;
  void setShorten(Shorten function) { shorten = std::move(function); }
  /// Without the older half of what follows the first tokens, that are kept.
  std::optional<std::vector<int32_t>>
  dropOldest(std::span<const int32_t> text) const;
  /// What models think is shown so.
  void setThoughts(Shown shown) { thoughts = shown; }

  /// Goes on from `prompt`, which is the whole text, and writes what it
  /// generates to stdout. Of the text so far, what `prompt` begins with is not
  /// computed again.
  Expected<void> generate(std::span<const int32_t> prompt);

  /// What followed the prompt, without the token that ended it.
  std::span<const int32_t> answer() const { return answered; }

  TextOutput &output() { return textOutput; }
  Sampler &sampler() { return generation.sampler(); }
  Generation &text() { return generation; }

private:
  /// Computes what is pending and chooses what follows, up to `left` tokens
  /// (without end if negative); whether the text goes on.
  Expected<bool> step(int64_t &left);
  /// Takes a token that was chosen from a row; whether the text goes on.
  Expected<bool> put(int32_t token, const Executor::Row &row, int64_t left);
  bool goOnShorter();
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
  size_t promptLength = 0;
  TextOutput textOutput;
  std::optional<Thinking> thinking;
  Shown thoughts = Shown::Plain;
  Shorten shorten;
  Progress progress;
  bool isFull = false; ///< the context, at the last token
  std::string recentText; ///< where a reverse prompt may have begun
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_GENERATOR_H
