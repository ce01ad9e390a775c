//===- Unescape.cpp - The values of string literals -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lexer.h"

#include "Characters.h"

#include <charconv>

using namespace ignis;
using namespace ignis::jinja;

/// What may stand behind a backslash, and what it is.
static std::optional<std::string_view> findSimple(char c) {
  switch (c) {
  case 'n':
    return "\n";
  case 't':
    return "\t";
  case 'r':
    return "\r";
  case 'a':
    return "\a";
  case 'b':
    return "\b";
  case 'f':
    return "\f";
  case 'v':
    return "\v";
  case '\\':
    return "\\";
  case '\'':
    return "'";
  case '"':
    return "\"";
  case '\n': // the line goes on
    return "";
  default:
    return std::nullopt;
  }
}

namespace {

/// A character by its number: \x41, \u00e9, \U0001f600, \101.
struct NumberedEscape {
  uint32_t value;
  size_t length; ///< behind the backslash
};

} // namespace

static std::optional<NumberedEscape> findNumbered(std::string_view text) {
  auto parse = [&](size_t begin, size_t shortest, size_t longest,
                   int base) -> std::optional<NumberedEscape> {
    std::string_view digits = text.substr(begin, longest);
    uint32_t value = 0;
    const char *end =
        std::from_chars(digits.data(), digits.data() + digits.size(), value,
                        base)
            .ptr;
    auto length = static_cast<size_t>(end - digits.data());
    if (length < shortest)
      return std::nullopt;
    return NumberedEscape{value, begin + length};
  };
  switch (text.front()) {
  case 'x':
    return parse(1, 2, 2, 16);
  case 'u':
    return parse(1, 4, 4, 16);
  case 'U':
    return parse(1, 8, 8, 16);
  default:
    return parse(0, 1, 3, 8);
  }
}

static bool isLowSurrogate(uint32_t value) { return value >> 10 == 0x37; }
static bool isHighSurrogate(uint32_t value) { return value >> 10 == 0x36; }

std::string jinja::unescape(std::string_view literal) {
  std::string text;
  while (!literal.empty()) {
    size_t backslash = std::min(literal.find('\\'), literal.size());
    text += literal.substr(0, backslash);
    literal.remove_prefix(backslash);
    if (literal.size() < 2) {
      text += literal;
      break;
    }
    literal.remove_prefix(1);
    if (std::optional<std::string_view> simple = findSimple(literal.front())) {
      text += *simple;
      literal.remove_prefix(1);
      continue;
    }
    std::optional<NumberedEscape> escape = findNumbered(literal);
    if (!escape) {
      text += '\\'; // and what follows, as it stands
      continue;
    }
    literal.remove_prefix(escape->length);
    if (isHighSurrogate(escape->value) && literal.starts_with("\\u")) {
      std::optional<NumberedEscape> low = findNumbered(literal.substr(1));
      if (low && isLowSurrogate(low->value)) {
        escape->value =
            0x10000 + ((escape->value & 0x3ff) << 10) + (low->value & 0x3ff);
        literal.remove_prefix(1 + low->length);
      }
    }
    appendCharacter(escape->value, text);
  }
  return text;
}
