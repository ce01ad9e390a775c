//===- PreTokenizer.cpp - Cuts text as Qwen2's regex does -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The classes of characters are disjoint, so that the regex needs no engine:
// each alternative is a scan, and the only backtracking is in white space.
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/PreTokenizer.h"
#include "ignis/Text/Unicode.h"

#include <utf8proc.h>

#include <array>
#include <cstdint>

using namespace ignis;

namespace {

/// What the regex tells apart. `Space` is \s without the line ends.
enum class Kind : uint8_t { Letter, Number, Space, LineEnd, Symbol };

struct Character {
  Kind kind;
  size_t length;
};

} // namespace

static constexpr Kind classifyASCII(char c) {
  if (c == '\r' || c == '\n')
    return Kind::LineEnd;
  if (c == ' ' || c == '\t' || c == '\v' || c == '\f')
    return Kind::Space;
  if (c >= '0' && c <= '9')
    return Kind::Number;
  if ((c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z'))
    return Kind::Letter;
  return Kind::Symbol;
}

static constexpr auto asciiKinds = [] {
  std::array<Kind, 128> kinds{};
  for (size_t i = 0; i < kinds.size(); ++i)
    kinds[i] = classifyASCII(static_cast<char>(i));
  return kinds;
}();

static Kind classify(char32_t c) {
  if (c < asciiKinds.size())
    return asciiKinds[c];
  if (c == 0x85) // a control character, yet white space
    return Kind::Space;
  switch (utf8proc_category(utf8proc_int32_t(c))) {
  case UTF8PROC_CATEGORY_LU:
  case UTF8PROC_CATEGORY_LL:
  case UTF8PROC_CATEGORY_LT:
  case UTF8PROC_CATEGORY_LM:
  case UTF8PROC_CATEGORY_LO:
    return Kind::Letter;
  case UTF8PROC_CATEGORY_ND:
  case UTF8PROC_CATEGORY_NL:
  case UTF8PROC_CATEGORY_NO:
    return Kind::Number;
  case UTF8PROC_CATEGORY_ZS:
  case UTF8PROC_CATEGORY_ZL:
  case UTF8PROC_CATEGORY_ZP:
    return Kind::Space;
  default:
    return Kind::Symbol;
  }
}

static Character firstCharacter(std::string_view text) {
  CodePoint c = firstCodePoint(text);
  return {classify(c.value), c.length};
}

/// The end of the longest run of `kind` that begins at `begin`.
static size_t skip(std::string_view text, size_t begin, Kind kind) {
  while (begin < text.size()) {
    Character c = firstCharacter(text.substr(begin));
    if (c.kind != kind)
      break;
    begin += c.length;
  }
  return begin;
}

/// The length of a contraction's ending, or 0. Without regard to case, where
/// U+017F (long s) is an s.
static size_t contractionLength(std::string_view text) {
  if (text[0] != '\'' || text.size() < 2)
    return 0;
  auto lower = [&](size_t i) {
    return i < text.size() ? static_cast<char>(text[i] | 0x20) : '\0';
  };
  switch (lower(1)) {
  case 's':
  case 't':
  case 'm':
  case 'd':
    return 2;
  case 'r':
  case 'v':
    return lower(2) == 'e' ? 3 : 0;
  case 'l':
    return lower(2) == 'l' ? 3 : 0;
  default:
    return text.substr(1).starts_with("\u017F") ? 3 : 0;
  }
}

/// The last three alternatives; `text` begins with white space.
static size_t whiteSpaceLength(std::string_view text) {
  size_t end = 0;
  size_t last = 0; // where the run's last character begins
  size_t afterLineEnd = 0;
  while (end < text.size()) {
    Character c = firstCharacter(text.substr(end));
    if (c.kind != Kind::Space && c.kind != Kind::LineEnd)
      break;
    last = end;
    end += c.length;
    if (c.kind == Kind::LineEnd)
      afterLineEnd = end;
  }
  if (afterLineEnd != 0)
    return afterLineEnd;
  if (end == text.size() || last == 0)
    return end;
  return last; // the last one belongs to the text that follows
}

size_t ignis::firstPieceLength(std::string_view text) {
  if (size_t length = contractionLength(text))
    return length;

  Character first = firstCharacter(text);
  if (first.kind == Kind::Number)
    return first.length;

  if (first.kind != Kind::LineEnd) {
    size_t begin = first.kind == Kind::Letter ? 0 : first.length;
    size_t end = skip(text, begin, Kind::Letter);
    if (end > begin)
      return end;
  }

  size_t begin = text[0] == ' ' ? 1 : 0;
  size_t end = skip(text, begin, Kind::Symbol);
  if (end > begin)
    return skip(text, end, Kind::LineEnd);

  return whiteSpaceLength(text);
}
