//===- Lexer.h - A template's text and tags, as tokens ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TEXT_TEMPLATE_LEXER_H
#define IGNIS_LIB_TEXT_TEMPLATE_LEXER_H

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace ignis::jinja {

enum class TokenKind {
  Text, ///< between tags
  TagBegin,
  TagEnd,
  PrintBegin,
  PrintEnd,
  Name,
  String, ///< its value
  Integer,
  Float,
  Operator,
  End,
};

struct Token {
  TokenKind kind;
  uint32_t line; ///< where it begins, from 1
  std::string text;
};

/// Cuts a template (UTF-8) into tokens, the last of which is an End. White
/// space is handled as Hugging Face has it: the line end after a tag that
/// prints nothing goes (trim_blocks), the spaces before one that begins a line
/// too (lstrip_blocks), and what `-` and `+` say.
class Lexer {
public:
  explicit Lexer(std::string_view source);

  /// False if there is an error.
  bool run();
  std::vector<Token> takeTokens() { return std::move(tokens); }
  /// With the line.
  const std::string &error() const { return *message; }

private:
  bool fail(uint32_t where, std::string_view what);
  bool startsWith(std::string_view text) const {
    return rest().starts_with(text);
  }
  std::string_view rest() const {
    return std::string_view(source).substr(position);
  }
  void advance(size_t length);
  void skipSpace();
  void push(TokenKind kind, std::string text) {
    tokens.push_back({kind, line, std::move(text)});
  }

  bool lexMarkup(size_t begin);
  void pushText(size_t begin, char kind, char sign);
  bool skipComment(size_t openingLength);
  std::optional<size_t> findRawEnd() const;
  bool lexRaw(size_t openingLength);
  bool lexTag(bool prints);
  bool endsTag(bool prints);
  bool lexToken();
  bool lexString();
  void lexNumber();
  bool lexOperator();
  void skipLineEnd();

  std::string source; ///< line ends are \n, and the last one is gone
  size_t position = 0;
  uint32_t line = 1;
  bool beginsLine = true; ///< nothing of the line was read before `position`
  std::string brackets;   ///< that are open
  std::vector<Token> tokens;
  std::optional<std::string> message;
};

/// The value of what stands between the quotes of a literal, as in Python.
std::string unescape(std::string_view literal);

} // namespace ignis::jinja

#endif // IGNIS_LIB_TEXT_TEMPLATE_LEXER_H
