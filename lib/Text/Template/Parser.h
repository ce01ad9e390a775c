//===- Parser.h - Tokens to a template's syntax -----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TEXT_TEMPLATE_PARSER_H
#define IGNIS_LIB_TEXT_TEMPLATE_PARSER_H

#include "Lexer.h"
#include "Syntax.h"

#include <fmt/format.h>

#include <initializer_list>

namespace ignis::jinja {

/// Recursive descent. The first error is kept, and the tokens end there: loops
/// run on nothing then, and nothing needs to be checked in between.
class Parser {
public:
  /// Of tags within tags, and of expressions in brackets: a limit for the
  /// parser's own stack.
  static constexpr uint32_t mostDepth = 100;

  explicit Parser(std::vector<Token> tokens) : tokens(std::move(tokens)) {}

  /// Nothing if there is an error.
  std::optional<Syntax> run();
  /// With line and tag.
  const std::string &error() const { return *message; }

private:
  struct Nesting;

  // Tokens.
  const Token &peek(ptrdiff_t ahead = 0) const;
  bool isOperator(std::string_view op) const;
  bool isName(std::string_view name) const;
  bool accept(TokenKind kind, std::string_view text);
  bool acceptOperator(std::string_view op) {
    return accept(TokenKind::Operator, op);
  }
  bool acceptName(std::string_view name) {
    return accept(TokenKind::Name, name);
  }
  void expectOperator(std::string_view op);
  std::string expectIdentifier();
  void fail(std::string_view expected);
  void failWith(std::string what);

  // Statements.
  Block parseBlock(std::initializer_list<std::string_view> ends);
  void parseTag(Block &block);
  std::optional<Statement> parseStatement(std::string_view name);
  void expectEnd();
  void expectTagEnd();
  If parseIf();
  For parseFor();
  Statement parseSet(uint32_t line);
  Macro parseMacro();
  CallBlock parseCallBlock();
  FilterBlock parseFilterBlock();
  With parseWith();
  std::vector<Parameter> parseParameters();
  Target parseTarget();
  Target parseTargetPart();

  // Expressions.
  Expr parseExpression(bool isConditional = true);
  /// a, b: a tuple, if there is a comma.
  Expr parseTuple(bool isConditional = true);
  Expr parseOperators(int level);
  Expr parseComparison(Expr first);
  Expr parseUnary(bool withFilters = true);
  Expr parsePrimary();
  Expr parseName();
  Expr parseBrackets();
  Expr parseEntries();
  Expr parsePostfix(Expr value);
  Expr parseAttribute(Expr object);
  Expr parseSubscript(Expr object);
  Expr parseFilters(Expr value);
  Expr parseFilter(Expr value);
  Expr parseTest(Expr value);
  CallArguments parseArguments();

  template <typename T>
  Expr make(uint32_t line, T node) {
    return &syntax.expressions.emplace_back(Expression{line, std::move(node)});
  }
  Expr makeText(uint32_t line, std::string text) {
    return make(line, Constant{Value::text(text, Origin::Template)});
  }

  std::vector<Token> tokens;
  size_t position = 0;
  std::string_view tag; ///< that is being parsed, for messages
  uint32_t depth = 0;
  uint32_t loops = 0; ///< around the statement
  Syntax syntax;
  std::optional<std::string> message;
};

/// What may stand within one another is limited while it lives.
struct Parser::Nesting {
  explicit Nesting(Parser &parser) : parser(parser) {
    if (++parser.depth > mostDepth)
      parser.failWith(
          fmt::format("expected at most {} levels of nesting", mostDepth));
  }
  ~Nesting() { --parser.depth; }
  Nesting(const Nesting &) = delete;

  Parser &parser;
};

} // namespace ignis::jinja

#endif // IGNIS_LIB_TEXT_TEMPLATE_PARSER_H
