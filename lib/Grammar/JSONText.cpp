//===- JSONText.cpp - JSON as expressions ---------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "JSONText.h"
#include "TextCursor.h"

#include <map>

using namespace ignis;

static CodePoints between(char32_t first, char32_t last) {
  return CodePoints::of({{first, last}});
}

/// What a string holds as it stands.
static const CodePoints &unescaped() {
  static const CodePoints points =
      between(0x20, 0x10FFFF)
          .intersection(
              CodePoints::of({{'"', '"'}, {'\\', '\\'}}).complement());
  return points;
}

JSONText::JSONText(Grammar &grammar)
    : grammar(grammar), spaceRule(grammar.declare("JSON space")),
      characterRule(grammar.declare("JSON character")),
      restOfKeyRule(grammar.declare("JSON rest of a key")),
      value(grammar.declare("JSON value")) {
  Expr indentation = grammar.repeat(
      grammar.character(CodePoints::of({{' ', ' '}, {'\t', '\t'}})), 0, 20);
  grammar.define(
      spaceRule,
      grammar.choice({grammar.empty(), grammar.text(" "),
                      grammar.sequence({grammar.text("\n"), indentation})}));
  grammar.define(characterRule, stringCharacter());
  grammar.define(restOfKeyRule, grammar.repeat(grammar.character(unescaped()),
                                               0, std::nullopt));
  grammar.define(value, grammar.choice({anyObject(), anyArray(), string(),
                                        number(), grammar.text("true"),
                                        grammar.text("false"),
                                        grammar.text("null")}));
}

//===----------------------------------------------------------------------===//
// Strings
//===----------------------------------------------------------------------===//

Grammar::Expr JSONText::character(const CodePoints &points) {
  std::vector<Expr> ways = {
      grammar.character(points.intersection(unescaped()))};
  static constexpr std::pair<char32_t, char> named[] = {
      {'"', '"'},  {'\\', '\\'}, {'\b', 'b'}, {'\f', 'f'},
      {'\n', 'n'}, {'\r', 'r'},  {'\t', 't'}};
  for (char32_t point = 0; point <= '\\'; ++point) {
    if (unescaped().contains(point) || !points.contains(point))
      continue;
    const auto *name =
        std::ranges::find(named, point, &std::pair<char32_t, char>::first);
    ways.push_back(grammar.text(name != std::end(named)
                                    ? std::string{'\\', name->second}
                                    : fmt::format("\\u{:04x}",
                                                  uint32_t(point))));
  }
  return grammar.choice(std::move(ways));
}

Grammar::Expr JSONText::stringCharacter() {
  auto hex = [&](int count) {
    CodePoints points =
        CodePoints::of({{'0', '9'}, {'A', 'F'}, {'a', 'f'}});
    return grammar.repeat(grammar.character(points), uint32_t(count),
                          uint32_t(count));
  };
  // Of a surrogate pair one half alone would be no character.
  Expr plainHex = grammar.choice(
      {grammar.sequence(
           {grammar.character(CodePoints::of(
                {{'0', '9'}, {'A', 'C'}, {'E', 'F'}, {'a', 'c'}, {'e', 'f'}})),
            hex(3)}),
       grammar.sequence(
           {grammar.character(CodePoints::of({{'D', 'D'}, {'d', 'd'}})),
            grammar.character(between('0', '7')), hex(2)})});
  return grammar.choice({character(CodePoints::all()), grammar.text("\\/"),
                         grammar.sequence({grammar.text("\\u"), plainHex})});
}

Grammar::Expr JSONText::string(uint32_t least, std::optional<uint32_t> most) {
  return quoted(grammar.repeat(grammar.call(characterRule), least, most));
}

Grammar::Expr JSONText::quoted(Expr characters) {
  return grammar.sequence(
      {grammar.text("\""), characters, grammar.text("\"")});
}

/// Keys that continue the bytes so far in none of the ways of `rests`: they end
/// here unless one of those does, or go on with another character, or with the
/// same one and then differ.
Grammar::Expr JSONText::otherKeyBehind(std::vector<std::u32string> rests) {
  std::map<char32_t, std::vector<std::u32string>> behind;
  std::vector<CodePoints::Range> taken;
  bool mayEnd = true;
  for (std::u32string &rest : rests) {
    if (rest.empty()) {
      mayEnd = false;
      continue;
    }
    taken.emplace_back(rest[0], rest[0]);
    behind[rest[0]].push_back(rest.substr(1));
  }
  CodePoints others =
      unescaped().intersection(CodePoints::of(std::move(taken)).complement());
  std::vector<Expr> ways;
  if (mayEnd)
    ways.push_back(grammar.empty());
  ways.push_back(grammar.sequence(
      {grammar.character(others), grammar.call(restOfKeyRule)}));
  for (auto &[point, restsBehind] : behind)
    if (unescaped().contains(point))
      ways.push_back(
          grammar.sequence({grammar.character(between(point, point)),
                            otherKeyBehind(std::move(restsBehind))}));
  return grammar.choice(std::move(ways));
}

Grammar::Expr JSONText::otherKey(const std::vector<std::string> &keys) {
  std::vector<std::u32string> points;
  for (const std::string &key : keys) {
    TextCursor cursor(key);
    std::u32string &decoded = points.emplace_back();
    while (std::optional<char32_t> point = cursor.takePoint())
      decoded += *point;
  }
  return quoted(otherKeyBehind(std::move(points)));
}

//===----------------------------------------------------------------------===//
// Values
//===----------------------------------------------------------------------===//

std::string JSONText::spell(const nlohmann::ordered_json &value) {
  return value.dump(-1, ' ', /*ensure_ascii=*/false,
                    nlohmann::json::error_handler_t::replace);
}

Grammar::Expr JSONText::member(Expr key, Expr value) {
  return grammar.sequence({key, grammar.text(":"), space(), value});
}

Grammar::Expr JSONText::anyArray() {
  Expr more = grammar.repeat(
      grammar.sequence({grammar.text(","), space(), any()}), 0, std::nullopt);
  return grammar.sequence(
      {grammar.text("["), space(),
       grammar.optional(grammar.sequence({any(), more, space()})),
       grammar.text("]")});
}

Grammar::Expr JSONText::anyObject() {
  Expr pair = member(string(), any());
  Expr more = grammar.repeat(
      grammar.sequence({grammar.text(","), space(), pair}), 0, std::nullopt);
  return grammar.sequence(
      {grammar.text("{"), space(),
       grammar.optional(grammar.sequence({pair, more, space()})),
       grammar.text("}")});
}
