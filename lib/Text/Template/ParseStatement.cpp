//===- ParseStatement.cpp - The statements of a template ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Parser.h"

using namespace ignis;
using namespace ignis::jinja;

/// Behind the statement's name, up to and with its last tag. Nothing for
/// another name.
std::optional<Statement> Parser::parseStatement(std::string_view name) {
  uint32_t line = peek().line;
  if (name == "if")
    return Statement{line, parseIf()};
  if (name == "for")
    return Statement{line, parseFor()};
  if (name == "set")
    return parseSet(line);
  if (name == "macro")
    return Statement{line, parseMacro()};
  if (name == "call")
    return Statement{line, parseCallBlock()};
  if (name == "filter")
    return Statement{line, parseFilterBlock()};
  if (name == "with")
    return Statement{line, parseWith()};
  if (name == "generation") { // Hugging Face's: it marks what was generated
    expectTagEnd();
    With with{{}, parseBlock({"endgeneration"})};
    expectEnd();
    return Statement{line, std::move(with)};
  }
  if (name == "break" || name == "continue") {
    if (loops == 0)
      failWith("expected a loop around it, found none");
    expectTagEnd();
    return Statement{line, LoopControl{name == "break"}};
  }
  return std::nullopt;
}

If Parser::parseIf() {
  If statement;
  while (true) {
    Expr condition = parseExpression();
    expectTagEnd();
    statement.branches.emplace_back(condition,
                                    parseBlock({"elif", "else", "endif"}));
    if (!acceptName("elif"))
      break;
  }
  if (acceptName("else")) {
    expectTagEnd();
    statement.otherwise = parseBlock({"endif"});
  }
  expectEnd();
  return statement;
}

For Parser::parseFor() {
  For statement{};
  statement.target = parseTarget();
  if (!acceptName("in"))
    fail("'in'");
  statement.items = parseTuple(/*isConditional=*/false);
  if (acceptName("if"))
    statement.condition = parseExpression();
  if (isName("recursive"))
    fail("a loop that is not recursive");
  expectTagEnd();
  ++loops;
  statement.body = parseBlock({"else", "endfor"});
  --loops;
  if (acceptName("else")) {
    expectTagEnd();
    statement.otherwise = parseBlock({"endfor"});
  }
  expectEnd();
  return statement;
}

Statement Parser::parseSet(uint32_t line) {
  Target target = parseTarget();
  if (acceptOperator("=")) {
    Expr value = parseTuple();
    expectTagEnd();
    return {line, Set{std::move(target), value}};
  }
  if (!target.parts.empty())
    fail("'='");
  Expr filters = parseFilters(make(line, BlockText{}));
  expectTagEnd();
  SetBlock statement{std::move(target), filters, parseBlock({"endset"})};
  expectEnd();
  return {line, std::move(statement)};
}

Macro Parser::parseMacro() {
  Macro macro;
  macro.name = expectIdentifier();
  expectOperator("(");
  macro.parameters = parseParameters();
  expectTagEnd();
  uint32_t around = std::exchange(loops, 0);
  macro.body = parseBlock({"endmacro"});
  loops = around;
  expectEnd();
  return macro;
}

CallBlock Parser::parseCallBlock() {
  CallBlock statement;
  statement.caller.name = "caller";
  if (acceptOperator("("))
    statement.caller.parameters = parseParameters();
  statement.call = parseExpression();
  if (statement.call && !std::holds_alternative<Call>(statement.call->node))
    fail("a call");
  expectTagEnd();
  uint32_t around = std::exchange(loops, 0);
  statement.caller.body = parseBlock({"endcall"});
  loops = around;
  expectEnd();
  return statement;
}

FilterBlock Parser::parseFilterBlock() {
  FilterBlock statement;
  Expr text = make(peek().line, BlockText{});
  statement.filters = parseFilters(parseFilter(text));
  expectTagEnd();
  statement.body = parseBlock({"endfilter"});
  expectEnd();
  return statement;
}

With Parser::parseWith() {
  With statement;
  while (peek().kind != TokenKind::TagEnd && !message) {
    if (!statement.variables.empty())
      expectOperator(",");
    Target target = parseTargetPart();
    expectOperator("=");
    Expr value = parseExpression();
    statement.variables.emplace_back(std::move(target), value);
  }
  expectTagEnd();
  statement.body = parseBlock({"endwith"});
  expectEnd();
  return statement;
}

/// Behind the bracket, up to and with the closing one.
std::vector<Parameter> Parser::parseParameters() {
  std::vector<Parameter> parameters;
  while (!isOperator(")") && !message) {
    if (!parameters.empty())
      expectOperator(",");
    Parameter parameter{expectIdentifier(), nullptr};
    if (acceptOperator("="))
      parameter.fallback = parseExpression();
    parameters.push_back(std::move(parameter));
  }
  expectOperator(")");
  return parameters;
}

/// a, or a.b, or a, (b, c)
Target Parser::parseTarget() {
  Target target = parseTargetPart();
  if (!isOperator(","))
    return target;
  Target whole;
  whole.parts.push_back(std::move(target));
  while (acceptOperator(",") &&
         (peek().kind == TokenKind::Name || isOperator("(")) && !isName("in"))
    whole.parts.push_back(parseTargetPart());
  return whole;
}

Target Parser::parseTargetPart() {
  Nesting nesting(*this);
  Target target;
  if (acceptOperator("(")) {
    target = parseTarget();
    expectOperator(")");
    return target;
  }
  target.name = expectIdentifier();
  if (acceptOperator("."))
    target.attribute = expectIdentifier();
  return target;
}
