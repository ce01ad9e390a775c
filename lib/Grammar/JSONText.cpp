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

JSONText::JSONText(Grammar &grammar)
    : grammar(grammar),
      space_(grammar.choice(
          {grammar.empty(), grammar.text(" "),
           grammar.sequence(
               {grammar.text("\n"),
                grammar.repeat(grammar.character(CodePoints::of(
                                   {{' ', ' '}, {'\t', '\t'}})),
                               0, 20)})})),
      value(grammar.declare("JSON value")) {
  grammar.define(value, grammar.choice({anyObject(), anyArray(), string(),
                                        number(), grammar.text("true"),
                                        grammar.text("false"),
                                        grammar.text("null")}));
}

//===----------------------------------------------------------------------===//
// Strings
//===----------------------------------------------------------------------===//

Grammar::Expr JSONText::character(const CodePoints &points) {
  CodePoints unescaped = between(0x20, 0x10FFFF);
  unescaped = unescaped.intersection(
      CodePoints::of({{'"', '"'}, {'\\', '\\'}}).complement());
  std::vector<Expr> ways = {
      grammar.character(points.intersection(unescaped))};
  static constexpr std::pair<char32_t, char> named[] = {
      {'"', '"'},  {'\\', '\\'}, {'\b', 'b'}, {'\f', 'f'},
      {'\n', 'n'}, {'\r', 'r'},  {'\t', 't'}};
  for (char32_t point = 0; point <= '\\'; ++point) {
    if (unescaped.contains(point) || !points.contains(point))
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

Grammar::Expr JSONText::string(uint32_t least, std::optional<uint32_t> most) {
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
  Expr one = grammar.choice(
      {character(CodePoints::all()), grammar.text("\\/"),
       grammar.sequence({grammar.text("\\u"), plainHex})});
  return quoted(grammar.repeat(one, least, most));
}

Grammar::Expr JSONText::quoted(Expr characters) {
  return grammar.sequence(
      {grammar.text("\""), characters, grammar.text("\"")});
}

/// Keys that continue the bytes so far in none of the ways of `rests`: they end
/// here unless one of those does, or go on with another character, or with the
/// same one and then differ.
Grammar::Expr JSONText::otherKeyBehind(std::vector<std::u32string> rests) {
  CodePoints free = between(0x20, 0x10FFFF);
  free = free.intersection(
      CodePoints::of({{'"', '"'}, {'\\', '\\'}}).complement());
  Expr anything =
      grammar.repeat(grammar.character(free), 0, std::nullopt);
  std::map<char32_t, std::vector<std::u32string>> behind;
  CodePoints others = free;
  bool mayEnd = true;
  for (std::u32string &rest : rests) {
    if (rest.empty()) {
      mayEnd = false;
      continue;
    }
    others = others.intersection(between(rest[0], rest[0]).complement());
    behind[rest[0]].push_back(rest.substr(1));
  }
  std::vector<Expr> ways;
  if (mayEnd)
    ways.push_back(grammar.empty());
  ways.push_back(grammar.sequence({grammar.character(others), anything}));
  for (auto &[point, restsBehind] : behind)
    if (free.contains(point))
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

Grammar::Expr JSONText::literal(const nlohmann::ordered_json &value) {
  return grammar.text(value.dump(-1, ' ', /*ensure_ascii=*/false,
                                 nlohmann::json::error_handler_t::replace));
}

Grammar::Expr JSONText::member(Expr key, Expr value) {
  return grammar.sequence({key, grammar.text(":"), space_, value});
}

Grammar::Expr JSONText::anyArray() {
  Expr more = grammar.repeat(
      grammar.sequence({grammar.text(","), space_, any()}), 0, std::nullopt);
  return grammar.sequence(
      {grammar.text("["), space_,
       grammar.optional(grammar.sequence({any(), more, space_})),
       grammar.text("]")});
}

Grammar::Expr JSONText::anyObject() {
  Expr pair = member(string(), any());
  Expr more = grammar.repeat(
      grammar.sequence({grammar.text(","), space_, pair}), 0, std::nullopt);
  return grammar.sequence(
      {grammar.text("{"), space_,
       grammar.optional(grammar.sequence({pair, more, space_})),
       grammar.text("}")});
}
