//===- ByteAlphabet.h - Bytes as GPT-2's characters -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In a byte-level vocabulary a token's text has one character for each of its
// bytes: printable Latin-1 stands for itself, the other 68 bytes are U+0100 and
// up, in order. A space is U+0120.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_BYTEALPHABET_H
#define IGNIS_TEXT_BYTEALPHABET_H

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

namespace ignis {

constexpr bool isPrintableLatin1(unsigned byte) {
  return (byte >= 0x21 && byte <= 0x7E) || (byte >= 0xA1 && byte != 0xAD);
}

/// The character of each byte.
inline constexpr auto characterOfByte = [] {
  std::array<char32_t, 256> characters{};
  char32_t next = 0x100;
  for (unsigned byte = 0; byte < 256; ++byte)
    characters[byte] = isPrintableLatin1(byte) ? char32_t(byte) : next++;
  return characters;
}();

/// The byte of each character, or nothing for one outside the alphabet.
constexpr std::optional<uint8_t> byteOfCharacter(char32_t character) {
  constexpr auto bytes = [] {
    std::array<std::optional<uint8_t>, 0x144> bytes{};
    for (unsigned byte = 0; byte < 256; ++byte)
      bytes[characterOfByte[byte]] = uint8_t(byte);
    return bytes;
  }();
  return character < bytes.size() ? bytes[character] : std::nullopt;
}

} // namespace ignis

#endif // IGNIS_TEXT_BYTEALPHABET_H
