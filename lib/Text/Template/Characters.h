//===- Characters.h - Python's view of characters ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Text is UTF-8; positions of the language count characters.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TEXT_TEMPLATE_CHARACTERS_H
#define IGNIS_LIB_TEXT_TEMPLATE_CHARACTERS_H

#include "ignis/Text/Unicode.h"

#include <cstdint>
#include <string>

namespace ignis::jinja {

constexpr bool isAsciiDigit(char c) { return c >= '0' && c <= '9'; }
constexpr bool isAsciiLetter(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}
constexpr bool isAsciiHexDigit(char c) {
  return isAsciiDigit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

/// As str.isspace has it.
bool isSpace(char32_t c);
bool isUpper(char32_t c);
bool isLower(char32_t c);
bool isAlphabetic(char32_t c);
/// Decimal digits of any script, superscripts and the like.
bool isDigit(char32_t c);
/// Whether repr writes it as it is.
bool isPrintable(char32_t c);
/// Several characters for a few: SS and Ss for a sharp s.
std::u32string toUpper(char32_t c);
std::u32string toTitle(char32_t c);
char32_t toLower(char32_t c);

/// U+FFFD for what is no character.
void appendCharacter(uint32_t c, std::string &out);

/// Of text that is not empty.
inline std::string_view firstCharacter(std::string_view text) {
  return text.substr(0, firstCodePoint(text).length);
}
inline bool isContinuation(char byte) {
  return (static_cast<unsigned char>(byte) & 0xC0) == 0x80;
}
/// The last character, of text that is not empty.
std::string_view lastCharacter(std::string_view text);

size_t countCharacters(std::string_view text);
/// Where character `index` begins, or the text's size if there is none.
size_t findCharacter(std::string_view text, size_t index);

/// Without white space at its beginning or end.
std::string_view trimLeft(std::string_view text);
std::string_view trimRight(std::string_view text);

/// Like std::string_view::find, in linear time whatever is looked for.
size_t findIn(std::string_view text, std::string_view part, size_t from = 0);

} // namespace ignis::jinja

#endif // IGNIS_LIB_TEXT_TEMPLATE_CHARACTERS_H
