//===- LexTag.cpp - What stands within a tag, as tokens -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Lexer.h"

#include "Characters.h"

#include <fmt/format.h>

#include <algorithm>

using namespace ignis;
using namespace ignis::jinja;

bool Lexer::lexTag(bool prints) {
  uint32_t begin = line;
  brackets.clear();
  while (true) {
    skipSpace();
    if (rest().empty())
      return fail(begin, prints ? "{{: expected }} after it, found the end"
                                : "{%: expected %} after it, found the end");
    if (brackets.empty() && endsTag(prints))
      return true;
    if (!lexToken())
      return false;
  }
}

/// Takes the end of the tag, if it is here, and what goes with it.
bool Lexer::endsTag(bool prints) {
  std::string_view end = prints ? "}}" : "%}";
  char sign = rest().front();
  bool hasSign = (sign == '-' || (sign == '+' && !prints)) &&
                 rest().substr(1).starts_with(end);
  if (!hasSign && !startsWith(end))
    return false;
  push(prints ? TokenKind::PrintEnd : TokenKind::TagEnd, std::string(end));
  advance(hasSign ? 3 : 2);
  if (hasSign && sign == '-')
    skipSpace();
  else if (!hasSign && !prints)
    skipLineEnd();
  return true;
}

static bool isNameStart(char c) {
  return isAsciiLetter(c) || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}

bool Lexer::lexToken() {
  char c = rest().front();
  if (isAsciiDigit(c)) {
    lexNumber();
    return true;
  }
  if (isNameStart(c)) {
    size_t length = 1;
    while (length < rest().size() &&
           (isNameStart(rest()[length]) || isAsciiDigit(rest()[length])))
      ++length;
    // Looking for a name takes one step, however long it is.
    constexpr size_t longest = 1000;
    if (length > longest)
      return fail(line, fmt::format("expected a name of at most {} bytes, "
                                    "found one of {}",
                                    longest, length));
    push(TokenKind::Name, std::string(rest().substr(0, length)));
    advance(length);
    return true;
  }
  return c == '\'' || c == '"' ? lexString() : lexOperator();
}

bool Lexer::lexString() {
  size_t length = 1;
  while (length < rest().size() && rest()[length] != rest().front())
    length += rest()[length] == '\\' ? 2 : 1;
  if (length >= rest().size())
    return fail(line, "a string: expected a quote at its end, found none");
  push(TokenKind::String, unescape(rest().substr(1, length - 1)));
  advance(length + 1);
  return true;
}

/// 1_000, 0x1f, 1.5, 1e9
void Lexer::lexNumber() {
  std::string text;
  size_t length = 0;
  auto at = [&](size_t i) { return i < rest().size() ? rest()[i] : '\0'; };
  auto takeDigits = [&](auto isDigit) {
    while (isDigit(at(length)) ||
           (at(length) == '_' && isDigit(at(length + 1)))) {
      if (at(length) != '_')
        text += at(length);
      ++length;
    }
  };
  TokenKind kind = TokenKind::Integer;
  char base = static_cast<char>(at(1) | 0x20);
  if (at(0) == '0' && (base == 'x' || base == 'o' || base == 'b') &&
      isAsciiHexDigit(at(2))) {
    text = {'0', base};
    length = 2;
    takeDigits(isAsciiHexDigit);
  } else {
    takeDigits(isAsciiDigit);
    if (at(length) == '.' && isAsciiDigit(at(length + 1))) {
      kind = TokenKind::Float;
      text += '.';
      ++length;
      takeDigits(isAsciiDigit);
    }
    size_t sign = at(length + 1) == '-' || at(length + 1) == '+';
    if ((at(length) | 0x20) == 'e' && isAsciiDigit(at(length + 1 + sign))) {
      kind = TokenKind::Float;
      text += rest().substr(length, 1 + sign);
      length += 1 + sign;
      takeDigits(isAsciiDigit);
    }
  }
  push(kind, std::move(text));
  advance(length);
}

bool Lexer::lexOperator() {
  static constexpr std::string_view operators[] = {
      "**", "//", "==", "!=", "<=", ">=", "+", "-", "*", "/", "%", "~", "[",
      "]",  "(",  ")",  "{",  "}",  "<",  ">", "=", ".", ":", "|", ","};
  const auto *found = std::ranges::find_if(
      operators, [&](std::string_view op) { return startsWith(op); });
  if (found == std::end(operators))
    return fail(line, fmt::format("expected an expression, found '{}'",
                                  firstCharacter(rest())));
  static constexpr std::string_view openings = "([{", closings = ")]}";
  char c = found->front();
  if (openings.find(c) != openings.npos) {
    brackets += c;
  } else if (size_t i = closings.find(c); i != closings.npos) {
    if (brackets.empty() || brackets.back() != openings[i])
      return fail(line, fmt::format("'{}': expected an opening one before it, "
                                    "found none",
                                    c));
    brackets.pop_back();
  }
  push(TokenKind::Operator, std::string(*found));
  advance(found->size());
  return true;
}
