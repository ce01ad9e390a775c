//===- Parser.cpp - Tokens to a template's syntax -------------------------===//
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

//===----------------------------------------------------------------------===//
// Tokens
//===----------------------------------------------------------------------===//

const Token &Parser::peek(ptrdiff_t ahead) const {
  return tokens[std::min(position + static_cast<size_t>(ahead),
                         tokens.size() - 1)];
}

bool Parser::isOperator(std::string_view op) const {
  return peek().kind == TokenKind::Operator && peek().text == op;
}

bool Parser::isName(std::string_view name) const {
  return peek().kind == TokenKind::Name && peek().text == name;
}

bool Parser::accept(TokenKind kind, std::string_view text) {
  if (peek().kind != kind || peek().text != text)
    return false;
  ++position;
  return true;
}

void Parser::expectOperator(std::string_view op) {
  if (!acceptOperator(op))
    fail(fmt::format("'{}'", op));
}

std::string Parser::expectIdentifier() {
  if (peek().kind != TokenKind::Name) {
    fail("a name");
    return {};
  }
  return tokens[position++].text;
}

void Parser::fail(std::string_view expected) {
  const Token &token = peek();
  bool isLiteral = token.kind == TokenKind::String;
  failWith(fmt::format("expected {}, found {}", expected,
                       isLiteral ? "a string"
                       : token.kind == TokenKind::End
                           ? token.text
                           : fmt::format("'{}'", token.text)));
}

void Parser::failWith(std::string what) {
  if (!message)
    message = tag.empty()
                  ? fmt::format("line {}: {}", peek().line, what)
                  : fmt::format("line {}: {}: {}", peek().line, tag, what);
  position = tokens.size() - 1; // nothing follows
}

//===----------------------------------------------------------------------===//
// Blocks
//===----------------------------------------------------------------------===//

std::optional<Syntax> Parser::run() {
  syntax.body = parseBlock({});
  if (message)
    return std::nullopt;
  return std::move(syntax);
}

/// Up to a tag that is one of `ends`, whose name is the next token then;
/// without such, up to the end.
Block Parser::parseBlock(std::initializer_list<std::string_view> ends) {
  Nesting nesting(*this);
  std::string_view opening = tag;
  uint32_t line = position == 0 ? 1 : peek(-1).line;
  Block block;
  while (true) {
    const Token &token = peek();
    switch (token.kind) {
    case TokenKind::Text:
      block.push_back(
          {token.line, Text{Value::text(token.text, Origin::Template)}});
      ++position;
      continue;
    case TokenKind::PrintBegin: {
      tag = "{{ }}";
      ++position;
      Expr value = parseTuple();
      if (peek().kind != TokenKind::PrintEnd)
        fail("an operator or '}}'");
      else
        ++position;
      block.push_back({token.line, Print{value}});
      continue;
    }
    case TokenKind::TagBegin:
      tag = opening;
      ++position;
      if (std::ranges::any_of(ends, [&](auto end) { return isName(end); }))
        return block;
      parseTag(block);
      continue;
    default:
      tag = opening;
      if (ends.size() != 0 && !message)
        message =
            fmt::format("line {}: {}: expected {{% {} %}} after it, found "
                        "the end",
                        line, opening, *(ends.end() - 1));
      return block;
    }
  }
}

void Parser::parseTag(Block &block) {
  uint32_t line = peek().line;
  std::string name = expectIdentifier();
  std::string whole = fmt::format("{{% {} %}}", name);
  std::string_view outer = std::exchange(tag, whole);
  if (std::optional<Statement> statement = parseStatement(name)) {
    statement->line = line;
    block.push_back(std::move(*statement));
  } else {
    --position;
    fail("a statement that is supported");
  }
  tag = outer;
}

void Parser::expectTagEnd() {
  if (peek().kind != TokenKind::TagEnd)
    fail("'%}'");
  else
    ++position;
}

/// Takes the name of the tag at which a block ended, and the tag's end.
void Parser::expectEnd() {
  expectIdentifier();
  expectTagEnd();
}
