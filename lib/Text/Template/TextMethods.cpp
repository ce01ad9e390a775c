//===- TextMethods.cpp - Methods of strings -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Characters.h"
#include "TextOperations.h"

#include <algorithm>

using namespace ignis;
using namespace ignis::jinja;

using Values = std::span<const Value>;

static const MarkedText &self(Values arguments) {
  return *arguments[0].asText();
}

//===----------------------------------------------------------------------===//
// Ends
//===----------------------------------------------------------------------===//

template <Side side>
static Value stripText(Evaluator &evaluator, Values arguments) {
  std::optional<std::string_view> set;
  if (!arguments[1].isUndefined() && !arguments[1].isNone())
    set = expectText(evaluator, arguments[1]).bytes();
  if (!evaluator.spend(self(arguments).size() / 16 +
                       self(arguments).size() * (set ? set->size() : 0) / 256))
    return {};
  return evaluator.text(strip(self(arguments), set, side));
}

/// Whether it does with any of a tuple's strings.
template <bool atBegin>
static Value isAtEnd(Evaluator &evaluator, Values arguments) {
  std::string_view text = self(arguments).bytes();
  auto isOf = [&](const Value &part) -> bool {
    std::string_view bytes = expectText(evaluator, part).bytes();
    if (!evaluator.spend(1 + bytes.size() / 16))
      return false;
    return atBegin ? text.starts_with(bytes) : text.ends_with(bytes);
  };
  const Sequence *parts = arguments[1].asSequence();
  if (parts && parts->kind == Sequence::Kind::Tuple)
    return std::ranges::any_of(parts->elements, isOf);
  return isOf(arguments[1]);
}

template <bool atBegin>
static Value removeAtEnd(Evaluator &evaluator, Values arguments) {
  const MarkedText &text = self(arguments);
  size_t length = expectText(evaluator, arguments[1]).size();
  if (!isAtEnd<atBegin>(evaluator, arguments).isTrue())
    return arguments[0];
  return evaluator.text(text.slice(atBegin ? length : 0, text.size() - length));
}

//===----------------------------------------------------------------------===//
// Splitting
//===----------------------------------------------------------------------===//

/// At runs of white space. What is left after `most` parts keeps its own at its
/// far end.
static std::vector<Value> splitWords(Evaluator &evaluator,
                                     const MarkedText &text, int64_t most,
                                     bool fromRight) {
  std::vector<Value> words;
  MarkedText rest =
      strip(text, std::nullopt, fromRight ? Side::Right : Side::Left);
  std::string_view bytes = rest.bytes();
  size_t begin = 0, end = bytes.size();
  while (begin != end && !evaluator.failed()) {
    std::string_view left = bytes.substr(begin, end - begin);
    size_t length = left.size();
    if (most-- != 0) {
      length = 0;
      while (length != left.size()) {
        std::string_view part = left.substr(0, left.size() - length);
        std::string_view next = fromRight ? lastCharacter(part)
                                          : firstCharacter(left.substr(length));
        if (isSpace(firstCodePoint(next).value))
          break;
        length += next.size();
      }
    }
    if (fromRight) {
      words.push_back(evaluator.text(rest.slice(end - length, length)));
      end = begin + trimRight(left.substr(0, left.size() - length)).size();
    } else {
      words.push_back(evaluator.text(rest.slice(begin, length)));
      begin = end - trimLeft(left.substr(length)).size();
    }
  }
  if (fromRight)
    std::ranges::reverse(words);
  return words;
}

static std::vector<Value> splitAt(Evaluator &evaluator, const MarkedText &text,
                                  std::string_view separator, int64_t most) {
  std::vector<Value> parts;
  size_t begin = 0;
  while (most-- != 0 && !evaluator.failed()) {
    size_t end = findIn(text.bytes(), separator, begin);
    if (end == std::string_view::npos)
      break;
    parts.push_back(evaluator.text(text.slice(begin, end - begin)));
    begin = end + separator.size();
  }
  parts.push_back(evaluator.text(text.slice(begin, text.size() - begin)));
  return parts;
}

static std::vector<Value> splitAtFromRight(Evaluator &evaluator,
                                           const MarkedText &text,
                                           std::string_view separator,
                                           int64_t most) {
  // Parts from the left meet others where separators overlap themselves.
  std::vector<Value> parts;
  std::string_view rest = text.bytes();
  while (most-- != 0 && !evaluator.failed()) {
    if (!evaluator.spend(1 + rest.size() * separator.size() / 16))
      break;
    size_t found = rest.rfind(separator);
    if (found == rest.npos)
      break;
    size_t begin = found + separator.size();
    parts.push_back(evaluator.text(text.slice(begin, rest.size() - begin)));
    rest = rest.substr(0, found);
  }
  parts.push_back(evaluator.text(text.slice(0, rest.size())));
  std::ranges::reverse(parts);
  return parts;
}

template <bool fromRight>
static Value split(Evaluator &evaluator, Values arguments) {
  const MarkedText &text = self(arguments);
  int64_t most = expectInteger(evaluator, arguments[2], -1);
  if (!evaluator.spend(text.size() / 16))
    return {};
  if (arguments[1].isUndefined() || arguments[1].isNone())
    return evaluator.sequence(splitWords(evaluator, text, most, fromRight));
  std::string_view separator = expectText(evaluator, arguments[1]).bytes();
  if (separator.empty())
    return evaluator.fail("expected a separator, found an empty one");
  return evaluator.sequence(
      fromRight && most >= 0
          ? splitAtFromRight(evaluator, text, separator, most)
          : splitAt(evaluator, text, separator, most));
}

static Value splitLines(Evaluator &evaluator, Values arguments) {
  return evaluator.sequence(
      jinja::splitLines(evaluator, self(arguments), arguments[1].isTrue()));
}

/// Before the separator, the separator, and behind it.
template <bool fromRight>
static Value partition(Evaluator &evaluator, Values arguments) {
  const MarkedText &text = self(arguments);
  const MarkedText &separator = expectText(evaluator, arguments[1]);
  if (separator.empty())
    return evaluator.fail("expected a separator, found an empty one");
  std::vector<Value> found =
      fromRight ? splitAtFromRight(evaluator, text, separator.bytes(), 1)
                : splitAt(evaluator, text, separator.bytes(), 1);
  Value none = Value::text("", Origin::Template);
  if (found.size() == 2)
    found = {found[0], arguments[1], found[1]};
  else if (fromRight)
    found = {none, none, arguments[0]};
  else
    found = {arguments[0], none, none};
  return evaluator.sequence(std::move(found), Sequence::Kind::Tuple);
}

//===----------------------------------------------------------------------===//
// Making and searching
//===----------------------------------------------------------------------===//

template <Case to>
static Value convert(Evaluator &evaluator, Values arguments) {
  if (!evaluator.spend(self(arguments).size() / 4))
    return {};
  return evaluator.text(changeCase(self(arguments), to));
}

static Value replaceText(Evaluator &evaluator, Values arguments) {
  return evaluator.text(replace(evaluator, self(arguments),
                                expectText(evaluator, arguments[1]).bytes(),
                                expectText(evaluator, arguments[2]),
                                expectInteger(evaluator, arguments[3], -1)));
}

static Value joinTexts(Evaluator &evaluator, Values arguments) {
  std::vector<Value> parts = evaluator.iterate(arguments[1]);
  for (const Value &part : parts)
    expectText(evaluator, part);
  return evaluator.text(join(evaluator, parts, self(arguments)));
}

template <bool fails>
static Value find(Evaluator &evaluator, Values arguments) {
  std::string_view text = self(arguments).bytes();
  std::string_view part = expectText(evaluator, arguments[1]).bytes();
  if (!evaluator.spend(text.size() / 16))
    return {};
  size_t found = findIn(text, part);
  if (found != text.npos)
    return static_cast<int64_t>(countCharacters(text.substr(0, found)));
  if (fails)
    return evaluator.fail("expected a string that is part of it");
  return int64_t{-1};
}

static Value count(Evaluator &evaluator, Values arguments) {
  std::string_view text = self(arguments).bytes();
  std::string_view part = expectText(evaluator, arguments[1]).bytes();
  if (!evaluator.spend(text.size() / 16))
    return {};
  if (part.empty())
    return static_cast<int64_t>(countCharacters(text)) + 1;
  int64_t count = 0;
  for (size_t at = 0; (at = findIn(text, part, at)) != text.npos;
       at += part.size())
    ++count;
  return count;
}

/// Whether there are characters, and all are of a class.
template <bool (*isOfClass)(char32_t)>
static Value areAll(Evaluator &evaluator, Values arguments) {
  std::string_view rest = self(arguments).bytes();
  if (rest.empty() || !evaluator.spend(rest.size() / 16))
    return false;
  for (; !rest.empty(); rest.remove_prefix(firstCodePoint(rest).length))
    if (!isOfClass(firstCodePoint(rest).value))
      return false;
  return true;
}

static bool isAlphanumeric(char32_t c) { return isAlphabetic(c) || isDigit(c); }

/// Whether there are letters with two cases, and all are of one.
template <bool (*isWanted)(char32_t), bool (*isOther)(char32_t)>
static Value isCase(Evaluator &evaluator, Values arguments) {
  std::string_view rest = self(arguments).bytes();
  bool hasWanted = false;
  if (!evaluator.spend(rest.size() / 16))
    return false;
  for (; !rest.empty(); rest.remove_prefix(firstCodePoint(rest).length)) {
    char32_t c = firstCodePoint(rest).value;
    if (isOther(c))
      return false;
    hasWanted |= isWanted(c);
  }
  return hasWanted;
}

static constexpr Native methods[] = {
    {"capitalize", "self", convert<Case::Capitalised>},
    {"count", "self sub", count},
    {"endswith", "self suffix", isAtEnd<false>},
    {"find", "self sub", find<false>},
    {"index", "self sub", find<true>},
    {"isalnum", "self", areAll<isAlphanumeric>},
    {"isalpha", "self", areAll<isAlphabetic>},
    {"isdigit", "self", areAll<isDigit>},
    {"islower", "self", isCase<isLower, isUpper>},
    {"isspace", "self", areAll<isSpace>},
    {"isupper", "self", isCase<isUpper, isLower>},
    {"join", "self iterable", joinTexts},
    {"lower", "self", convert<Case::Lower>},
    {"lstrip", "self chars?", stripText<Side::Left>},
    {"partition", "self sep", partition<false>},
    {"removeprefix", "self prefix", removeAtEnd<true>},
    {"removesuffix", "self suffix", removeAtEnd<false>},
    {"replace", "self old new count?", replaceText},
    {"rpartition", "self sep", partition<true>},
    {"rsplit", "self sep? maxsplit?", split<true>},
    {"rstrip", "self chars?", stripText<Side::Right>},
    {"split", "self sep? maxsplit?", split<false>},
    {"splitlines", "self keepends?", splitLines},
    {"startswith", "self prefix", isAtEnd<true>},
    {"strip", "self chars?", stripText<Side::Both>},
    {"swapcase", "self", convert<Case::Swapped>},
    {"title", "self", convert<Case::Title>},
    {"upper", "self", convert<Case::Upper>},
};

std::span<const Native> jinja::textMethods() { return methods; }
