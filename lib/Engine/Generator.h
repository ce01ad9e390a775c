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

  /// Goes on from `prompt`, which is the whole text, and writes what it
  /// generates to stdout. Of the text so far, what `prompt` begins with is not
  /// computed again.
  Expected<void> generate(std::span<const int32_t> prompt);

  /// What followed the prompt, without the token that ended it.
  std::span<const int32_t> answer() const {
    return std::span(text).subspan(promptLength);
  }

  TextOutput &output() { return textOutput; }

private:
  void begin(std::span<const int32_t> prompt);
  void append(int32_t token) {
    text.push_back(token);
    sampler.accept(token);
  }
  /// Feeds what the session does not have of the text yet. The last token's
  /// logits, or, where the program gives none, nothing but `likeliest`.
  Expected<std::span<const float>> feedText();
  bool isEnd(int32_t token) const;
  bool endsInReversePrompt(int32_t token);

  const Options &options;
  const Tokenizer *tokenizer;
  Session &session;
  OutputFile *logitFile;
  RunStats &stats;
  Sampler sampler;
  TextOutput textOutput;
  std::vector<int32_t> text; ///< the session has its beginning
  size_t promptLength = 0;
  int32_t likeliest = 0;  ///< to follow what was fed
  std::string recentText; ///< where a reverse prompt may have begun
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_GENERATOR_H
