//===- Regex.cpp - Regular expressions as expressions ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Regex.h"
#include "TextCursor.h"

#include "ignis/Grammar/Languages.h"

using namespace ignis;

namespace {

/// ECMAScript's syntax. Whether a repetition is greedy changes nothing about
/// which texts match.
class Reader {
public:
  Reader(Grammar &grammar, std::string_view pattern,
         const WriteCharacter &write, bool isSearch)
      : grammar(grammar), cursor(pattern), write(write), isSearch(isSearch) {}

  Expected<Grammar::Expr> read();

private:
  using Expr = Grammar::Expr;
  static constexpr int mostDepth = 200;

  Expected<Expr> readChoice();
  Expected<Expr> readSequence();
  Expected<Expr> readItem();
  Expected<Expr> readGroup();
  /// Behind (?<, with the > at its end.
  bool takeGroupName();
  Expected<CodePoints> readClass();
  /// Behind a backslash: a character, or a class such as \d.
  Expected<CodePoints> readEscape();
  Expr anything() {
    return grammar.repeat(write(grammar, CodePoints::all()), 0, std::nullopt);
  }

  template <typename... Args>
  tl::unexpected<Error> refuse(fmt::format_string<Args...> format,
                               Args &&...args) const {
    return makeError(ExitCode::Usage, "regular expression, byte {}: {}",
                     cursor.position(),
                     fmt::format(format, std::forward<Args>(args)...));
  }

  Grammar &grammar;
  TextCursor cursor;
  const WriteCharacter &write;
  bool isSearch;
  int depth = 0;
};

} // namespace

static bool isDigit(char c) { return c >= '0' && c <= '9'; }

static CodePoints one(char32_t point) { return CodePoints::of({{point, point}}); }

Expected<CodePoints> Reader::readEscape() {
  static const std::pair<char, CodePoints> classes[] = {
      {'d', CodePoints::of({{'0', '9'}})},
      {'w',
       CodePoints::of({{'0', '9'}, {'A', 'Z'}, {'_', '_'}, {'a', 'z'}})},
      {'s', CodePoints::of({{'\t', '\r'},
                            {' ', ' '},
                            {0xA0, 0xA0},
                            {0x1680, 0x1680},
                            {0x2000, 0x200A},
                            {0x2028, 0x2029},
                            {0x202F, 0x202F},
                            {0x205F, 0x205F},
                            {0x3000, 0x3000},
                            {0xFEFF, 0xFEFF}})}};
  char letter = cursor.peek();
  for (const auto &[name, points] : classes)
    if ((letter | 0x20) == name) {
      cursor.moveTo(cursor.position() + 1);
      return letter == name ? points : points.complement();
    }
  static constexpr std::pair<char, char> controls[] = {
      {'n', '\n'}, {'r', '\r'}, {'t', '\t'}, {'f', '\f'}, {'v', '\v'},
      {'0', '\0'}};
  if (letter == '0' && isDigit(cursor.peek(1)))
    return refuse("a digit behind \\0 is not supported");
  for (auto [name, control] : controls)
    if (cursor.take({&name, 1}))
      return one(static_cast<char32_t>(control));
  for (auto [name, digits] : {std::pair('x', 2), std::pair('u', 4)})
    if (cursor.take({&name, 1})) {
      std::optional<char32_t> point = cursor.takeHex(digits);
      if (!point || !CodePoints::all().contains(*point))
        return refuse("expected the {} hexadecimal digits of a character "
                      "behind \\{}",
                      digits, name);
      return one(*point);
    }
  if (std::isalnum(static_cast<unsigned char>(letter)) || cursor.atEnd())
    return refuse("\\{} is not supported", letter);
  std::optional<char32_t> point = cursor.takePoint();
  if (!point)
    return refuse("expected UTF-8");
  return one(*point);
}

Expected<CodePoints> Reader::readClass() {
  bool isNegated = cursor.take("^");
  std::vector<CodePoints::Range> ranges;
  auto readOne = [&]() -> Expected<CodePoints> {
    if (cursor.take("\\b"))
      return one('\b');
    if (cursor.take("\\"))
      return readEscape();
    std::optional<char32_t> point = cursor.takePoint();
    if (!point)
      return refuse("expected ] at the end of a class, in UTF-8");
    return one(*point);
  };
  auto isSingle = [](const CodePoints &set) {
    return set.ranges().size() == 1 &&
           set.ranges()[0].first == set.ranges()[0].second;
  };
  while (!cursor.take("]")) {
    Expected<CodePoints> first = readOne();
    if (!first)
      return first;
    if (cursor.peek() != '-' || cursor.peek(1) == ']') {
      ranges.insert(ranges.end(), first->ranges().begin(),
                    first->ranges().end());
      continue;
    }
    cursor.take("-");
    Expected<CodePoints> last = readOne();
    if (!last)
      return last;
    if (!isSingle(*first) || !isSingle(*last) ||
        first->ranges()[0].first > last->ranges()[0].first)
      return refuse("expected a range of characters that ascends");
    ranges.emplace_back(first->ranges()[0].first, last->ranges()[0].first);
  }
  CodePoints points = CodePoints::of(std::move(ranges));
  return isNegated ? points.complement() : points;
}

bool Reader::takeGroupName() {
  auto isNamePart = [](char c) {
    return std::isalnum(static_cast<unsigned char>(c)) || c == '_' || c == '$';
  };
  if (isDigit(cursor.peek()) || !isNamePart(cursor.peek()))
    return false;
  while (isNamePart(cursor.peek()))
    cursor.moveTo(cursor.position() + 1);
  return cursor.take(">");
}

Expected<Grammar::Expr> Reader::readGroup() {
  if (++depth > mostDepth)
    return refuse("expected groups nested at most {} deep", mostDepth);
  if (cursor.take("?")) {
    if (cursor.take("<") && cursor.peek() != '=' && cursor.peek() != '!') {
      if (!takeGroupName())
        return refuse("expected a group's name of letters, digits, _ and $, "
                      "and >");
    } else if (!cursor.take(":")) {
      return refuse("look-around is not supported");
    }
  }
  Expected<Expr> inner = readChoice();
  --depth;
  if (inner && !cursor.take(")"))
    return refuse("expected ), found {}", cursor.describe());
  return inner;
}

Expected<Grammar::Expr> Reader::readItem() {
  if (cursor.take("("))
    return readGroup();
  if (cursor.take("."))
    return write(grammar, CodePoints::of({{'\n', '\n'},
                                          {'\r', '\r'},
                                          {0x2028, 0x2029}})
                              .complement());
  Expected<CodePoints> points = one(0);
  if (cursor.take("[")) {
    points = readClass();
  } else if (cursor.take("\\")) {
    points = readEscape();
  } else {
    if (std::string_view("*+?{^$").find(cursor.peek()) != std::string::npos)
      return refuse("expected something to repeat or to match, and ^ and $ "
                    "only at the ends, found {}",
                    cursor.describe());
    std::optional<char32_t> point = cursor.takePoint();
    if (!point)
      return refuse("expected UTF-8");
    points = one(*point);
  }
  if (!points)
    return tl::unexpected(std::move(points.error()));
  return write(grammar, *points);
}

Expected<Grammar::Expr> Reader::readSequence() {
  // Anchors are at the ends of an alternative that is not inside a group.
  bool isOutermost = depth == 0;
  std::vector<Expr> parts;
  if (!(isOutermost && cursor.take("^")) && isOutermost && isSearch)
    parts.push_back(anything());
  bool isAnchored = false;
  while (!cursor.atEnd() && cursor.peek() != '|' && cursor.peek() != ')') {
    if (isOutermost && cursor.peek() == '$' &&
        (cursor.peek(1) == '\0' || cursor.peek(1) == '|')) {
      isAnchored = cursor.take("$");
      break;
    }
    Expected<Expr> item = readItem();
    if (!item)
      return item;
    Expected<std::optional<Repetition>> repetition = takeRepetition(cursor);
    if (!repetition)
      return refuse("{}", repetition.error().message);
    if (*repetition) {
      item = grammar.repeat(*item, (*repetition)->least, (*repetition)->most);
      cursor.take("?"); // lazy
    }
    parts.push_back(*item);
  }
  if (isOutermost && isSearch && !isAnchored)
    parts.push_back(anything());
  return grammar.sequence(std::move(parts));
}

Expected<Grammar::Expr> Reader::readChoice() {
  std::vector<Expr> alternatives;
  do {
    Expected<Expr> alternative = readSequence();
    if (!alternative)
      return alternative;
    alternatives.push_back(*alternative);
  } while (cursor.take("|"));
  return grammar.choice(std::move(alternatives));
}

Expected<Grammar::Expr> Reader::read() {
  Expected<Expr> all = readChoice();
  if (all && !cursor.atEnd())
    return refuse("expected a ( before the )");
  return all;
}

Expected<Grammar::Expr> ignis::readRegex(Grammar &grammar,
                                         std::string_view pattern,
                                         const WriteCharacter &write,
                                         bool isSearch) {
  return Reader(grammar, pattern, write, isSearch).read();
}

Expected<Grammar> ignis::parseRegex(std::string_view pattern) {
  Grammar grammar;
  auto write = [](Grammar &grammar, const CodePoints &points) {
    return grammar.character(points);
  };
  grammar.root = grammar.declare("root");
  Expected<Grammar::Expr> body =
      readRegex(grammar, pattern, write, /*isSearch=*/false);
  if (!body)
    return tl::unexpected(std::move(body.error()));
  grammar.define(grammar.root, *body);
  return grammar;
}

Expected<Grammar> ignis::parseChoices(std::span<const std::string> texts) {
  if (texts.empty())
    return makeError(ExitCode::Usage, "expected at least one choice");
  Grammar grammar;
  grammar.root = grammar.declare("root");
  grammar.define(grammar.root, grammar.oneOf({texts.begin(), texts.end()}));
  return grammar;
}
