//===- Print.h - Formatted output -------------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_PRINT_H
#define IGNIS_SUPPORT_PRINT_H

#include <fmt/format.h>

#include <cstdio>
#include <utility>

namespace ignis {

/// Prints to a stream. Unlike fmt::print, throws nothing where that cannot be
/// written: what matters is checked once, at its end (flushOutput).
template <typename... Args>
void print(std::FILE *stream, fmt::format_string<Args...> format,
           Args &&...args) {
  std::fputs(fmt::format(format, std::forward<Args>(args)...).c_str(), stream);
}

} // namespace ignis

#endif // IGNIS_SUPPORT_PRINT_H
