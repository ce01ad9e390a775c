//===- Characters.cpp - Python's view of characters -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Characters.h"

#include <utf8proc.h>

#include <algorithm>
#include <cstring>
#include <iterator>

using namespace ignis;
using namespace ignis::jinja;

//===----------------------------------------------------------------------===//
// Classes
//===----------------------------------------------------------------------===//

static utf8proc_category_t categoryOf(char32_t c) {
  return utf8proc_category(static_cast<utf8proc_int32_t>(c));
}

bool jinja::isSpace(char32_t c) {
  return (c >= 0x09 && c <= 0x0d) || (c >= 0x1c && c <= 0x20) || c == 0x85 ||
         c == 0xa0 || c == 0x1680 || (c >= 0x2000 && c <= 0x200a) ||
         c == 0x2028 || c == 0x2029 || c == 0x202f || c == 0x205f ||
         c == 0x3000;
}

bool jinja::isUpper(char32_t c) {
  return categoryOf(c) == UTF8PROC_CATEGORY_LU;
}

bool jinja::isLower(char32_t c) {
  return categoryOf(c) == UTF8PROC_CATEGORY_LL;
}

bool jinja::isAlphabetic(char32_t c) {
  utf8proc_category_t category = categoryOf(c);
  return category >= UTF8PROC_CATEGORY_LU && category <= UTF8PROC_CATEGORY_LO;
}

bool jinja::isDigit(char32_t c) {
  return categoryOf(c) == UTF8PROC_CATEGORY_ND;
}

bool jinja::isPrintable(char32_t c) {
  switch (categoryOf(c)) {
  case UTF8PROC_CATEGORY_CN:
  case UTF8PROC_CATEGORY_CC:
  case UTF8PROC_CATEGORY_CF:
  case UTF8PROC_CATEGORY_CS:
  case UTF8PROC_CATEGORY_CO:
  case UTF8PROC_CATEGORY_ZL:
  case UTF8PROC_CATEGORY_ZP:
    return false;
  case UTF8PROC_CATEGORY_ZS:
    return c == ' ';
  default:
    return true;
  }
}

/// What a small letter without a capital of its own is compared by, such as ss
/// for a sharp s; empty for others.
static std::u32string findSeveral(char32_t c) {
  utf8proc_int32_t folded[4]; // Unicode has three at most
  utf8proc_ssize_t count =
      isLower(c) ? utf8proc_decompose_char(static_cast<utf8proc_int32_t>(c),
                                           folded, std::size(folded),
                                           UTF8PROC_CASEFOLD, nullptr)
                 : 0;
  return count > 1 ? std::u32string(folded, folded + count) : std::u32string();
}

static char32_t toCapital(char32_t c) {
  return static_cast<char32_t>(
      utf8proc_toupper(static_cast<utf8proc_int32_t>(c)));
}

std::u32string jinja::toUpper(char32_t c) {
  std::u32string several = findSeveral(c);
  if (several.empty())
    return {toCapital(c)};
  std::ranges::transform(several, several.begin(), toCapital);
  return several;
}

char32_t jinja::toLower(char32_t c) {
  return static_cast<char32_t>(
      utf8proc_tolower(static_cast<utf8proc_int32_t>(c)));
}

std::u32string jinja::toTitle(char32_t c) {
  std::u32string several = findSeveral(c);
  if (several.empty())
    return {static_cast<char32_t>(
        utf8proc_totitle(static_cast<utf8proc_int32_t>(c)))};
  several.front() = toCapital(several.front());
  return several;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

void jinja::appendCharacter(uint32_t c, std::string &out) {
  bool isCharacter = c < 0x110000 && (c < 0xd800 || c > 0xdfff);
  utf8proc_uint8_t bytes[4];
  utf8proc_ssize_t length = utf8proc_encode_char(
      isCharacter ? static_cast<utf8proc_int32_t>(c) : 0xfffd, bytes);
  out.append(reinterpret_cast<const char *>(bytes),
             static_cast<size_t>(length));
}

std::string_view jinja::lastCharacter(std::string_view text) {
  size_t begin = text.size() - 1;
  while (begin > 0 && isContinuation(text[begin]))
    --begin;
  return text.substr(begin);
}

size_t jinja::countCharacters(std::string_view text) {
  return static_cast<size_t>(
      std::ranges::count_if(text, [](char c) { return !isContinuation(c); }));
}

size_t jinja::findCharacter(std::string_view text, size_t index) {
  size_t position = 0;
  while (position < text.size() && index-- > 0)
    position += firstCodePoint(text.substr(position)).length;
  return position;
}

std::string_view jinja::trimLeft(std::string_view text) {
  while (!text.empty() && isSpace(firstCodePoint(text).value))
    text.remove_prefix(firstCodePoint(text).length);
  return text;
}

std::string_view jinja::trimRight(std::string_view text) {
  while (!text.empty()) {
    std::string_view last = lastCharacter(text);
    if (!isSpace(firstCodePoint(last).value))
      break;
    text.remove_suffix(last.size());
  }
  return text;
}

size_t jinja::findIn(std::string_view text, std::string_view part,
                     size_t from) {
  if (from > text.size())
    return std::string_view::npos;
  const void *found =
      memmem(text.data() + from, text.size() - from, part.data(), part.size());
  return found ? static_cast<size_t>(static_cast<const char *>(found) -
                                     text.data())
               : std::string_view::npos;
}
