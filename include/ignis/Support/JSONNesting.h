//===- JSONNesting.h - How deep JSON goes -----------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_JSONNESTING_H
#define IGNIS_SUPPORT_JSONNESTING_H

#include <cstddef>
#include <string_view>

namespace ignis {

/// Deeper JSON is refused: who reads, copies, compares or writes values
/// recurses into them, and a megabyte of brackets takes more stack than there
/// is.
inline constexpr size_t mostJSONNesting = 500;

/// Whether the brackets outside strings are nested no deeper than that.
inline bool isJSONShallow(std::string_view text) {
  size_t depth = 0;
  bool isInString = false;
  for (size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '"')
      isInString = !isInString;
    else if (isInString)
      i += c == '\\'; // and what it escapes
    else if ((c == '[' || c == '{') && ++depth > mostJSONNesting)
      return false;
    else if ((c == ']' || c == '}') && depth != 0)
      --depth;
  }
  return true;
}

} // namespace ignis

#endif // IGNIS_SUPPORT_JSONNESTING_H
