//===- Thinking.h - What a model thinks before it answers -------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_THINKING_H
#define IGNIS_LIB_ENGINE_THINKING_H

#include "ignis/Text/Tokenizer.h"

namespace ignis {

/// Follows an answer, token by token: which of it stands between the tokens
/// <think> and </think>, these included. A model without them does not think.
class Thinking {
public:
  explicit Thinking(const Tokenizer &tokenizer)
      : opens(tokenizer.vocabulary().find("<think>")),
        closes(tokenizer.vocabulary().find("</think>")) {}

  /// An answer begins: a template may have opened it already.
  void begin(std::span<const int32_t> prompt) {
    isOpen = false;
    for (int32_t token : prompt)
      (void)takes(token);
  }

  /// Whether this token, the next one, is of a thought.
  bool takes(int32_t token) {
    if (token == opens)
      isOpen = true;
    bool isThought = isOpen;
    if (token == closes)
      isOpen = false;
    return isThought;
  }

private:
  std::optional<int32_t> opens, closes;
  bool isOpen = false;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_THINKING_H
