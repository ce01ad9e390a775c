//===- WideText.h - UTF-8 and wide characters -------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TERMINAL_WIDETEXT_H
#define IGNIS_LIB_TERMINAL_WIDETEXT_H

#include <optional>
#include <string>
#include <string_view>

namespace ignis {

/// Characters of bytes that come in pieces; U+FFFD for a byte that is part of
/// none.
class CharacterDecoder {
public:
  void push(std::string_view bytes) { pending += bytes; }
  /// None while the bytes of the next one are not all there.
  std::optional<char32_t> next();
  /// Whether all of it was given.
  bool isEmpty() const { return at == pending.size(); }

private:
  std::string pending;
  size_t at = 0; ///< before it all is decoded
};

std::wstring toWide(std::string_view text);
std::string toUTF8(std::wstring_view text);

} // namespace ignis

#endif // IGNIS_LIB_TERMINAL_WIDETEXT_H
