//===- Escape.cpp - Text that is safe to show -----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/Escape.h"

#include <fmt/format.h>

std::string ignis::escapeControls(std::string_view text) {
  std::string escaped;
  for (size_t i = 0; i != text.size(); ++i) {
    auto byte = static_cast<unsigned char>(text[i]);
    // U+0080 to U+009F are C2 and another byte.
    bool isC1 = byte == 0xc2 && i + 1 != text.size() &&
                static_cast<unsigned char>(text[i + 1]) >= 0x80 &&
                static_cast<unsigned char>(text[i + 1]) < 0xa0;
    if (isC1)
      byte = static_cast<unsigned char>(text[++i]);
    if (isC1 || byte < 0x20 || byte == 0x7f)
      escaped += fmt::format("\\x{:02x}", byte);
    else
      escaped += text[i];
  }
  return escaped;
}
