//===- ParsePostfix.cpp - What follows the values of a template -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parser.h"

#include <algorithm>

using namespace ignis;
using namespace ignis::jinja;

/// a.b, a[b] and a(b)
Expr Parser::parsePostfix(Expr value) {
  while (true) {
    uint32_t line = peek().line;
    if (acceptOperator("."))
      value = parseAttribute(value);
    else if (acceptOperator("["))
      value = parseSubscript(value);
    else if (acceptOperator("("))
      value = make(line, Call{value, parseArguments()});
    else
      return value;
  }
}

Expr Parser::parseAttribute(Expr object) {
  uint32_t line = peek().line;
  if (peek().kind == TokenKind::Integer)
    return make(line, Subscript{object, parsePrimary()});
  return make(line, Attribute{object, expectIdentifier()});
}

Expr Parser::parseSubscript(Expr object) {
  uint32_t line = peek().line;
  auto parsePart = [&]() -> Expr {
    bool isPart = !isOperator(":") && !isOperator("]");
    return isPart ? parseExpression() : nullptr;
  };
  Expr first = parsePart();
  if (!acceptOperator(":")) {
    if (!first)
      fail("an expression");
    expectOperator("]");
    return make(line, Subscript{object, first});
  }
  Expr end = parsePart();
  Expr step = acceptOperator(":") ? parsePart() : nullptr;
  expectOperator("]");
  return make(line, Slice{object, first, end, step});
}

/// Behind the bracket, up to and with the closing one.
CallArguments Parser::parseArguments() {
  CallArguments arguments;
  bool isFirst = true;
  while (!isOperator(")") && !message) {
    if (!std::exchange(isFirst, false))
      expectOperator(",");
    if (isOperator(")"))
      break;
    bool isNamed = peek().kind == TokenKind::Name &&
                   peek(1).kind == TokenKind::Operator && peek(1).text == "=";
    if (isNamed) {
      std::string name = expectIdentifier();
      ++position;
      arguments.named.emplace_back(std::move(name), parseExpression());
    } else if (!arguments.named.empty()) {
      fail("a named argument");
    } else {
      arguments.positional.push_back(parseExpression());
    }
  }
  expectOperator(")");
  return arguments;
}

/// a|b and a is b, and calls of what these make
Expr Parser::parseFilters(Expr value) {
  while (true) {
    uint32_t line = peek().line;
    if (acceptOperator("|"))
      value = parseFilter(value);
    else if (acceptName("is"))
      value = parseTest(value);
    else if (acceptOperator("("))
      value = make(line, Call{value, parseArguments()});
    else
      return value;
  }
}

Expr Parser::parseFilter(Expr value) {
  uint32_t line = peek().line;
  Filter filter{value, expectIdentifier(), {}};
  if (acceptOperator("("))
    filter.arguments = parseArguments();
  return make(line, std::move(filter));
}

/// The argument of a test needs no brackets: x is divisibleby 3.
Expr Parser::parseTest(Expr value) {
  uint32_t line = peek().line;
  bool isNegated = acceptName("not");
  Test test{value, expectIdentifier(), {}};
  static constexpr std::string_view goesOn[] = {"else", "or", "and", "if",
                                                "is",   "in", "not"};
  const Token &token = peek();
  bool isValue = token.kind == TokenKind::Name
                     ? std::ranges::find(goesOn, token.text) == std::end(goesOn)
                     : token.kind == TokenKind::String ||
                           token.kind == TokenKind::Integer ||
                           token.kind == TokenKind::Float || isOperator("[") ||
                           isOperator("{");
  if (acceptOperator("("))
    test.arguments = parseArguments();
  else if (isValue)
    test.arguments.positional.push_back(parsePostfix(parsePrimary()));
  Expr result = make(line, std::move(test));
  return isNegated ? make(line, Unary{"not", result}) : result;
}
