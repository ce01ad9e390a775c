//===- WideText.cpp - UTF-8 and wide characters ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WideText.h"

using namespace ignis;

static_assert(sizeof(wchar_t) == 4, "a wide character is any character");

static constexpr char32_t replacement = 0xfffd;

/// Bytes of a character that begins with `lead`; 0 if none does.
static size_t getLength(unsigned char lead) {
  return lead < 0x80            ? 1
         : lead < 0xc2          ? 0
         : lead < 0xe0          ? 2
         : lead < 0xf0          ? 3
         : lead < 0xf5          ? 4
                                : 0;
}

std::optional<char32_t> CharacterDecoder::next() {
  if (at == pending.size()) {
    pending.clear();
    at = 0;
    return std::nullopt;
  }
  auto lead = static_cast<unsigned char>(pending[at]);
  size_t length = getLength(lead);
  if (length <= 1) {
    ++at;
    return length == 1 ? lead : replacement;
  }
  char32_t character = lead & (0x7f >> length);
  for (size_t i = 1; i != length; ++i) {
    if (at + i == pending.size())
      return std::nullopt;
    auto byte = static_cast<unsigned char>(pending[at + i]);
    if ((byte & 0xc0) != 0x80) {
      at += i;
      return replacement;
    }
    character = character << 6 | (byte & 0x3f);
  }
  at += length;
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  bool isCharacter = character >= least[length] && character <= 0x10ffff &&
                     (character < 0xd800 || character > 0xdfff);
  return isCharacter ? character : replacement;
}

std::wstring ignis::toWide(std::string_view text) {
  CharacterDecoder decoder;
  decoder.push(text);
  std::wstring wide;
  while (std::optional<char32_t> character = decoder.next())
    wide += static_cast<wchar_t>(*character);
  return wide;
}

std::string ignis::toUTF8(std::wstring_view text) {
  std::string bytes;
  for (wchar_t wide : text) {
    auto character = static_cast<char32_t>(wide);
    auto put = [&](char32_t lead, int shift) {
      bytes += static_cast<char>(lead | character >> shift);
      for (shift -= 6; shift >= 0; shift -= 6)
        bytes += static_cast<char>(0x80 | (character >> shift & 0x3f));
    };
    if (character < 0x80)
      put(0, 0);
    else if (character < 0x800)
      put(0xc0, 6);
    else if (character < 0x10000)
      put(0xe0, 12);
    else
      put(0xf0, 18);
  }
  return bytes;
}
