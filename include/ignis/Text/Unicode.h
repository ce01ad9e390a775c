//===- Unicode.h - UTF-8 and normal form C ---------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_UNICODE_H
#define IGNIS_TEXT_UNICODE_H

#include <cstddef>
#include <string>
#include <string_view>

namespace ignis {

/// Whether bytes that stop in the middle of a character may go on later.
enum class EndOfText { Final, MayContinue };

/// Appends `bytes` to `out` as UTF-8, with U+FFFD for each maximal part of a
/// character that cannot be completed (Unicode 15, section 3.9, as HF and
/// browsers do). Returns how many bytes were used: all of them, less up to
/// three of a last character that is only begun if the text may continue.
size_t appendValidUTF8(std::string_view bytes, EndOfText end, std::string &out);

/// `bytes` with U+FFFD for what is not UTF-8.
std::string repairUTF8(std::string_view bytes);

struct CodePoint {
  char32_t value;
  size_t length; ///< in bytes
};

/// The first character of `text`, which is not empty and valid UTF-8.
inline CodePoint firstCodePoint(std::string_view text) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  auto tail = [&](size_t i) { return char32_t(byte(i) & 0x3F); };
  char32_t lead = byte(0);
  if (lead < 0x80)
    return {lead, 1};
  if (lead < 0xE0)
    return {(lead & 0x1F) << 6 | tail(1), 2};
  if (lead < 0xF0)
    return {(lead & 0x0F) << 12 | tail(1) << 6 | tail(2), 3};
  return {(lead & 0x07) << 18 | tail(1) << 12 | tail(2) << 6 | tail(3), 4};
}

/// Normal form C of `text`, which is valid UTF-8. O(n log n) whatever the text.
std::string normalizeNFC(std::string text);

} // namespace ignis

#endif // IGNIS_TEXT_UNICODE_H
