//===- GBNF.cpp - Grammars in llama.cpp's notation ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TextCursor.h"

#include "ignis/Grammar/Languages.h"

#include <map>

using namespace ignis;

namespace {

class Parser {
public:
  explicit Parser(std::string_view text) : cursor(text) {}

  Expected<Grammar> parse();

private:
  using Expr = Grammar::Expr;
  static constexpr int mostDepth = 200;

  Expected<void> parseRule();
  Expected<Expr> parseChoice();
  Expected<Expr> parseSequence();
  Expected<Expr> parseItem();
  Expected<Expr> parseText();
  Expected<Expr> parseClass();
  Expected<char32_t> parseCharacter();

  void skipSpace();
  std::string takeName();
  /// Whether the next rule begins here, which ends a sequence.
  bool atRule();
  Grammar::Rule find(const std::string &name);

  template <typename... Args>
  tl::unexpected<Error> refuse(fmt::format_string<Args...> format,
                               Args &&...args) const {
    return makeError(ExitCode::Usage, "line {}: {}", cursor.line(),
                     fmt::format(format, std::forward<Args>(args)...));
  }

  TextCursor cursor;
  Grammar grammar;
  std::map<std::string, Grammar::Rule> rules;
  int depth = 0;
};

} // namespace

void Parser::skipSpace() {
  for (;;) {
    if (cursor.take(" ") || cursor.take("\t") || cursor.take("\r") ||
        cursor.take("\n"))
      continue;
    if (cursor.peek() != '#')
      return;
    while (!cursor.atEnd() && cursor.peek() != '\n')
      cursor.moveTo(cursor.position() + 1);
  }
}

std::string Parser::takeName() {
  size_t begin = cursor.position();
  auto belongs = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '-' || c == '_';
  };
  while (belongs(cursor.peek()))
    cursor.moveTo(cursor.position() + 1);
  return std::string(cursor.slice(begin));
}

bool Parser::atRule() {
  size_t begin = cursor.position();
  bool found = !takeName().empty();
  skipSpace();
  found = found && cursor.startsWith("::=");
  cursor.moveTo(begin);
  return found;
}

Grammar::Rule Parser::find(const std::string &name) {
  if (auto it = rules.find(name); it != rules.end())
    return it->second;
  return rules.emplace(name, grammar.declare(name)).first->second;
}

Expected<char32_t> Parser::parseCharacter() {
  std::optional<char32_t> point;
  if (!cursor.take("\\")) {
    point = cursor.takePoint();
    if (!point)
      return refuse("expected text in UTF-8, found {}", cursor.describe());
    return *point;
  }
  static constexpr std::pair<std::string_view, int> hexadecimal[] = {
      {"x", 2}, {"u", 4}, {"U", 8}};
  for (auto [letter, digits] : hexadecimal)
    if (cursor.take(letter)) {
      point = cursor.takeHex(digits);
      if (!point || !CodePoints::all().contains(*point))
        return refuse("expected the {} hexadecimal digits of a character "
                      "behind \\{}, found {}",
                      digits, letter, cursor.describe());
      return *point;
    }
  static constexpr std::pair<char, char> simple[] = {
      {'n', '\n'},  {'t', '\t'}, {'r', '\r'}, {'"', '"'},
      {'\\', '\\'}, {'[', '['},  {']', ']'},  {'-', '-'},
      {'^', '^'}};
  for (auto [letter, meaning] : simple)
    if (cursor.peek() == letter) {
      cursor.moveTo(cursor.position() + 1);
      return static_cast<char32_t>(meaning);
    }
  return refuse("expected an escape such as \\n or \\x41, found {}",
                cursor.describe());
}

Expected<Grammar::Expr> Parser::parseText() {
  std::vector<Expr> characters;
  while (!cursor.take("\"")) {
    if (cursor.atEnd() || cursor.peek() == '\n')
      return refuse("expected \" at the end of a text");
    Expected<char32_t> point = parseCharacter();
    if (!point)
      return tl::unexpected(std::move(point.error()));
    characters.push_back(grammar.character(CodePoints::of({{*point, *point}})));
  }
  return grammar.sequence(std::move(characters));
}

Expected<Grammar::Expr> Parser::parseClass() {
  bool isNegated = cursor.take("^");
  std::vector<CodePoints::Range> ranges;
  while (!cursor.take("]")) {
    if (cursor.atEnd())
      return refuse("expected ] at the end of a class of characters");
    Expected<char32_t> first = parseCharacter();
    if (!first)
      return tl::unexpected(std::move(first.error()));
    Expected<char32_t> last = *first;
    if (cursor.peek() == '-' && cursor.peek(1) != ']') {
      cursor.take("-");
      last = parseCharacter();
      if (!last)
        return tl::unexpected(std::move(last.error()));
      if (*last < *first)
        return refuse("expected a range of characters that ascends");
    }
    ranges.emplace_back(*first, *last);
  }
  CodePoints points = CodePoints::of(std::move(ranges));
  return grammar.character(isNegated ? points.complement() : points);
}

Expected<Grammar::Expr> Parser::parseItem() {
  if (cursor.take("\""))
    return parseText();
  if (cursor.take("["))
    return parseClass();
  if (cursor.take("."))
    return grammar.character(CodePoints::all());
  if (cursor.take("(")) {
    if (++depth > mostDepth)
      return refuse("expected parentheses nested at most {} deep", mostDepth);
    Expected<Expr> inner = parseChoice();
    --depth;
    if (inner && !cursor.take(")"))
      return refuse("expected ), found {}", cursor.describe());
    return inner;
  }
  std::string name = takeName();
  if (name.empty())
    return refuse("expected a text, a class of characters, a rule or (, found "
                  "{}",
                  cursor.describe());
  return grammar.call(find(name));
}

Expected<Grammar::Expr> Parser::parseSequence() {
  std::vector<Expr> parts;
  for (skipSpace(); !cursor.atEnd() && cursor.peek() != '|' &&
                    cursor.peek() != ')' && !atRule();
       skipSpace()) {
    Expected<Expr> item = parseItem();
    if (!item)
      return item;
    skipSpace();
    Expected<std::optional<Repetition>> repetition = takeRepetition(cursor);
    if (!repetition)
      return refuse("{}", repetition.error().message);
    if (*repetition)
      item = grammar.repeat(*item, (*repetition)->least, (*repetition)->most);
    parts.push_back(*item);
  }
  return grammar.sequence(std::move(parts));
}

Expected<Grammar::Expr> Parser::parseChoice() {
  std::vector<Expr> alternatives;
  do {
    Expected<Expr> alternative = parseSequence();
    if (!alternative)
      return alternative;
    alternatives.push_back(*alternative);
  } while (cursor.take("|"));
  return grammar.choice(std::move(alternatives));
}

Expected<void> Parser::parseRule() {
  std::string name = takeName();
  if (name.empty())
    return refuse("expected the name of a rule, found {}", cursor.describe());
  skipSpace();
  if (!cursor.take("::="))
    return refuse("expected ::= behind {}, found {}", name, cursor.describe());
  Grammar::Rule rule = find(name);
  if (grammar.rules()[rule.index].body)
    return refuse("expected each rule once, found {} again", name);
  Expected<Expr> body = parseChoice();
  if (!body)
    return tl::unexpected(std::move(body.error()));
  if (cursor.peek() == ')')
    return refuse("expected a ( before the )");
  grammar.define(rule, *body);
  return {};
}

Expected<Grammar> Parser::parse() {
  grammar.root = find("root");
  for (skipSpace(); !cursor.atEnd(); skipSpace())
    if (Expected<void> rule = parseRule(); !rule)
      return tl::unexpected(std::move(rule.error()));
  if (!grammar.rules()[grammar.root.index].body)
    return makeError(ExitCode::Usage, "expected a rule that is called root");
  return std::move(grammar);
}

Expected<Grammar> ignis::parseGBNF(std::string_view text) {
  return Parser(text).parse();
}
