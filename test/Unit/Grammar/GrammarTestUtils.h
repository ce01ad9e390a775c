//===- GrammarTestUtils.h - What grammar tests share ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_GRAMMAR_GRAMMARTESTUTILS_H
#define IGNIS_TEST_GRAMMAR_GRAMMARTESTUTILS_H

#include "ignis/Grammar/Languages.h"
#include "ignis/Grammar/Recognizer.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <memory>
#include <random>

namespace ignis {

/// A character in UTF-8, written without what the library uses.
inline std::string encode(char32_t point) {
  auto low = [&](int shift) { return char(0x80 | ((point >> shift) & 0x3F)); };
  if (point < 0x80)
    return {char(point)};
  if (point < 0x800)
    return {char(0xC0 | point >> 6), low(0)};
  if (point < 0x10000)
    return {char(0xE0 | point >> 12), low(6), low(0)};
  return {char(0xF0 | point >> 18), low(12), low(6), low(0)};
}

/// A grammar that texts are held against; what is wrong with it, in `error`.
class Matcher {
public:
  explicit Matcher(Expected<Grammar> grammar) {
    if (!grammar) {
      error = grammar.error().message;
      return;
    }
    Expected<Automaton> compiled = Automaton::compile(*grammar);
    if (!compiled) {
      error = compiled.error().message;
      return;
    }
    automaton = std::make_unique<Automaton>(std::move(*compiled));
    recognizer = std::make_unique<Recognizer>(*automaton);
    recognizer->setBudget(int64_t{1} << 40);
    start = recognizer->start();
  }

  /// The state after a text; dead if the text begins none of the grammar's.
  Recognizer::State follow(std::string_view text) {
    Recognizer::State state = start;
    for (char byte : text)
      state = recognizer->next(state, static_cast<uint8_t>(byte));
    return state;
  }
  bool takes(std::string_view text) {
    return recognizer->isFinal(follow(text));
  }
  bool begins(std::string_view text) {
    return follow(text) != Recognizer::dead;
  }

  /// A random text of the grammar, or nothing if none was found within `most`
  /// bytes.
  std::optional<std::string> draw(std::mt19937 &random, size_t most) {
    std::string text;
    Recognizer::State state = start;
    while (text.size() < most) {
      std::vector<uint8_t> bytes;
      for (int byte = 0; byte != 256; ++byte)
        if (recognizer->next(state, uint8_t(byte)) != Recognizer::dead)
          bytes.push_back(uint8_t(byte));
      bool mayEnd = recognizer->isFinal(state);
      if (bytes.empty() || (mayEnd && random() % 4 == 0))
        return mayEnd ? std::optional(text) : std::nullopt;
      uint8_t byte = bytes[random() % bytes.size()];
      // What closes is drawn more often, or few texts would ever end.
      for (char closing : {'"', '}', ']'})
        if (std::ranges::find(bytes, uint8_t(closing)) != bytes.end() &&
            random() % 6 == 0)
          byte = uint8_t(closing);
      text += char(byte);
      state = recognizer->next(state, byte);
    }
    return recognizer->isFinal(state) ? std::optional(text) : std::nullopt;
  }

  std::string error;
  std::unique_ptr<Automaton> automaton;
  std::unique_ptr<Recognizer> recognizer;
  Recognizer::State start = Recognizer::dead;
};

} // namespace ignis

#endif // IGNIS_TEST_GRAMMAR_GRAMMARTESTUTILS_H
