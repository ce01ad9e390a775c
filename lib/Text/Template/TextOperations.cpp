//===- TextOperations.cpp - What is made of strings -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TextOperations.h"

#include "Characters.h"

using namespace ignis;
using namespace ignis::jinja;

//===----------------------------------------------------------------------===//
// Arguments
//===----------------------------------------------------------------------===//

const MarkedText &jinja::expectText(Evaluator &evaluator, const Value &value) {
  static const MarkedText none;
  if (const MarkedText *text = value.asText())
    return *text;
  evaluator.fail("expected a string, found {}", value.describe());
  return none;
}

int64_t jinja::expectInteger(Evaluator &evaluator, const Value &value,
                             int64_t fallback) {
  if (value.isUndefined() || value.isNone())
    return fallback;
  if (std::optional<int64_t> integer = value.asInteger())
    return *integer;
  evaluator.fail("expected an integer, found {}", value.describe());
  return fallback;
}

//===----------------------------------------------------------------------===//
// Cutting
//===----------------------------------------------------------------------===//

MarkedText jinja::strip(const MarkedText &text,
                        std::optional<std::string_view> set, Side side) {
  auto isStripped = [&](std::string_view character) {
    return set ? set->find(character) != set->npos
               : isSpace(firstCodePoint(character).value);
  };
  std::string_view kept = text.bytes();
  size_t begin = 0;
  while (side != Side::Right && !kept.empty() &&
         isStripped(firstCharacter(kept))) {
    begin += firstCharacter(kept).size();
    kept.remove_prefix(firstCharacter(kept).size());
  }
  while (side != Side::Left && !kept.empty() && isStripped(lastCharacter(kept)))
    kept.remove_suffix(lastCharacter(kept).size());
  return text.slice(begin, kept.size());
}

static bool endsLine(char32_t c) {
  return (c >= 0x0a && c <= 0x0d) || (c >= 0x1c && c <= 0x1e) || c == 0x85 ||
         c == 0x2028 || c == 0x2029;
}

std::vector<Value> jinja::splitLines(Evaluator &evaluator,
                                     const MarkedText &text, bool keepsEnds) {
  std::vector<Value> lines;
  std::string_view bytes = text.bytes();
  size_t begin = 0;
  for (size_t i = 0; i != bytes.size() && !evaluator.failed();) {
    CodePoint c = firstCodePoint(bytes.substr(i));
    size_t end = i;
    i += c.length;
    if (!endsLine(c.value))
      continue;
    if (c.value == '\r' && i != bytes.size() && bytes[i] == '\n')
      ++i;
    lines.push_back(
        evaluator.text(text.slice(begin, (keepsEnds ? i : end) - begin)));
    begin = i;
  }
  if (begin != bytes.size())
    lines.push_back(evaluator.text(text.slice(begin, bytes.size() - begin)));
  return lines;
}

//===----------------------------------------------------------------------===//
// Putting together
//===----------------------------------------------------------------------===//

MarkedText jinja::replace(Evaluator &evaluator, const MarkedText &text,
                          std::string_view old, const MarkedText &with,
                          int64_t count) {
  MarkedText result;
  size_t done = 0;
  for (size_t from = 0; count != 0 && !evaluator.failed(); --count) {
    size_t found = findIn(text.bytes(), old, from);
    if (found == std::string_view::npos ||
        !evaluator.spend(1 + with.size() / 16))
      break;
    result.append(text, done, found - done);
    result.append(with);
    done = found + old.size();
    from = done;
    if (old.empty()) { // between all characters
      if (found == text.size())
        break;
      from += firstCharacter(text.bytes().substr(found)).size();
    }
  }
  result.append(text, done, text.size() - done);
  return result;
}

MarkedText jinja::join(Evaluator &evaluator, std::span<const Value> parts,
                       const MarkedText &separator) {
  MarkedText whole;
  for (size_t i = 0; i != parts.size(); ++i) {
    MarkedText part = evaluator.toText(parts[i]);
    if (!evaluator.spend(1 + (part.size() + separator.size()) / 16))
      break;
    if (i != 0)
      whole.append(separator);
    whole.append(part);
  }
  return whole;
}

//===----------------------------------------------------------------------===//
// Upper and lower case
//===----------------------------------------------------------------------===//

MarkedText jinja::changeCase(const MarkedText &text, Case to) {
  MarkedText result;
  bool isWithinWord = false; // or behind the first character
  for (size_t i = 0; i != text.size();) {
    CodePoint c = firstCodePoint(text.bytes().substr(i));
    std::u32string changed;
    if (to == Case::Upper || (to == Case::Swapped && isLower(c.value)))
      changed = toUpper(c.value);
    else if (to == Case::Lower || to == Case::Swapped || isWithinWord)
      changed = toLower(c.value); // one character
    else
      changed = toTitle(c.value);
    isWithinWord = to != Case::Title || isAlphabetic(c.value);
    std::string bytes;
    for (char32_t character : changed)
      appendCharacter(character, bytes);
    result.append(bytes, text.originAt(i));
    i += c.length;
  }
  return result;
}
