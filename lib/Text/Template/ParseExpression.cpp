//===- ParseExpression.cpp - The expressions of a template ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parser.h"

#include <algorithm>
#include <charconv>

using namespace ignis;
using namespace ignis::jinja;

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

namespace {

struct Operator {
  std::string_view text;
  int level; ///< a higher one binds closer
  bool isName;
};

constexpr int notLevel = 2;
constexpr int comparisonLevel = 3;
constexpr Operator operators[] = {
    {"or", 0, true},
    {"and", 1, true},
    {"==", comparisonLevel, false},
    {"!=", comparisonLevel, false},
    {"<", comparisonLevel, false},
    {"<=", comparisonLevel, false},
    {">", comparisonLevel, false},
    {">=", comparisonLevel, false},
    {"in", comparisonLevel, true},
    {"+", 4, false},
    {"-", 4, false},
    {"~", 5, false},
    {"*", 6, false},
    {"/", 6, false},
    {"//", 6, false},
    {"%", 6, false},
    {"**", 7, false},
};

} // namespace

static const Operator *findOperator(const Token &token) {
  bool isName = token.kind == TokenKind::Name;
  if (!isName && token.kind != TokenKind::Operator)
    return nullptr;
  const auto *found = std::ranges::find_if(operators, [&](const Operator &op) {
    return op.text == token.text && op.isName == isName;
  });
  return found == std::end(operators) ? nullptr : found;
}

Expr Parser::parseExpression(bool isConditional) {
  Nesting nesting(*this);
  uint32_t line = peek().line;
  Expr value = parseOperators(0);
  while (isConditional && acceptName("if")) {
    Expr condition = parseOperators(0);
    Expr otherwise = acceptName("else") ? parseExpression() : nullptr;
    value = make(line, Conditional{condition, value, otherwise});
  }
  return value;
}

Expr Parser::parseTuple(bool isConditional) {
  uint32_t line = peek().line;
  Expr first = parseExpression(isConditional);
  if (!isOperator(","))
    return first;
  Elements tuple{{first}, Sequence::Kind::Tuple};
  auto endsTuple = [&] {
    TokenKind kind = peek().kind;
    return kind == TokenKind::TagEnd || kind == TokenKind::PrintEnd ||
           kind == TokenKind::End || isOperator(")");
  };
  while (acceptOperator(",") && !endsTuple())
    tuple.elements.push_back(parseExpression(isConditional));
  return make(line, std::move(tuple));
}

/// Operators of at least `level`, all from left to right.
Expr Parser::parseOperators(int level) {
  uint32_t line = peek().line;
  Expr left = nullptr;
  if (level <= notLevel && acceptName("not")) {
    Nesting nesting(*this);
    left = make(line, Unary{"not", parseOperators(notLevel)});
  } else {
    left = parseUnary();
  }
  while (true) {
    bool isNotIn = isName("not") && peek(1).kind == TokenKind::Name &&
                   peek(1).text == "in";
    const Operator *op = findOperator(peek(isNotIn));
    if (!op || op->level < level)
      return left;
    if (op->level == comparisonLevel) {
      left = parseComparison(left);
      continue;
    }
    ++position;
    Expr right = parseOperators(op->level + 1);
    left = make(line, Binary{op->text, left, right});
  }
}

/// first < b <= c, as one
Expr Parser::parseComparison(Expr first) {
  uint32_t line = peek().line;
  Comparison comparison{first, {}};
  while (!message) {
    bool isNotIn = isName("not") && peek(1).kind == TokenKind::Name &&
                   peek(1).text == "in";
    const Operator *op = findOperator(peek(isNotIn));
    if (!op || op->level != comparisonLevel)
      break;
    position += isNotIn ? 2 : 1;
    comparison.rest.emplace_back(isNotIn ? "not in" : op->text,
                                 parseOperators(comparisonLevel + 1));
  }
  return make(line, std::move(comparison));
}

/// Filters belong to what the sign makes: -1|abs is 1.
Expr Parser::parseUnary(bool withFilters) {
  Nesting nesting(*this);
  uint32_t line = peek().line;
  Expr value = nullptr;
  if (acceptOperator("-"))
    value = make(line, Unary{"-", parseUnary(false)});
  else if (acceptOperator("+"))
    value = make(line, Unary{"+", parseUnary(false)});
  else
    value = parsePostfix(parsePrimary());
  return withFilters ? parseFilters(value) : value;
}

//===----------------------------------------------------------------------===//
// What operators stand between
//===----------------------------------------------------------------------===//

Expr Parser::parsePrimary() {
  const Token &token = peek();
  uint32_t line = token.line;
  switch (token.kind) {
  case TokenKind::Name:
    return parseName();
  case TokenKind::String: {
    std::string text; // of neighbours too
    while (peek().kind == TokenKind::String)
      text += tokens[position++].text;
    return makeText(line, std::move(text));
  }
  case TokenKind::Integer: {
    int64_t value = 0;
    std::string_view digits = token.text;
    int base = 10;
    if (digits.size() > 1 && !(digits[1] >= '0' && digits[1] <= '9')) {
      base = digits[1] == 'x' ? 16 : digits[1] == 'o' ? 8 : 2;
      digits.remove_prefix(2);
    }
    const char *end = digits.data() + digits.size();
    auto [rest, status] = std::from_chars(digits.data(), end, value, base);
    if (status != std::errc() || rest != end)
      fail("an integer of 64 bits");
    ++position;
    return make(line, Constant{value});
  }
  case TokenKind::Float: {
    double value = 0;
    auto [rest, status] =
        std::from_chars(token.text.data(),
                        token.text.data() + token.text.size(), value);
    if (status != std::errc())
      fail("a number that a double holds");
    ++position;
    return make(line, Constant{value});
  }
  default:
    return parseBrackets();
  }
}

Expr Parser::parseName() {
  static constexpr std::string_view keywords[] = {
      "and", "else", "elif", "for", "if", "in", "is", "not", "or"};
  const Token &token = peek();
  if (std::ranges::find(keywords, token.text) != std::end(keywords)) {
    fail("an expression");
    return nullptr;
  }
  ++position;
  const std::string &name = token.text;
  if (name == "true" || name == "True")
    return make(token.line, Constant{true});
  if (name == "false" || name == "False")
    return make(token.line, Constant{false});
  if (name == "none" || name == "None")
    return make(token.line, Constant{None()});
  return make(token.line, Name{name});
}

Expr Parser::parseBrackets() {
  uint32_t line = peek().line;
  if (acceptOperator("[")) {
    Elements list{{}, Sequence::Kind::List};
    while (!isOperator("]") && !message) {
      if (!list.elements.empty())
        expectOperator(",");
      if (!isOperator("]"))
        list.elements.push_back(parseExpression());
    }
    expectOperator("]");
    return make(line, std::move(list));
  }
  if (acceptOperator("{"))
    return parseEntries();
  if (!acceptOperator("(")) {
    fail("an expression");
    return nullptr;
  }
  if (acceptOperator(")"))
    return make(line, Elements{{}, Sequence::Kind::Tuple});
  Expr value = parseTuple();
  expectOperator(")");
  return value;
}

Expr Parser::parseEntries() {
  uint32_t line = peek().line;
  Entries mapping;
  while (!isOperator("}") && !message) {
    if (!mapping.entries.empty())
      expectOperator(",");
    if (isOperator("}"))
      break;
    Expr key = parseExpression();
    expectOperator(":");
    mapping.entries.emplace_back(key, parseExpression());
  }
  expectOperator("}");
  return make(line, std::move(mapping));
}
