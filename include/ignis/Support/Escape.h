//===- Escape.h - Text that is safe to show ---------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_ESCAPE_H
#define IGNIS_SUPPORT_ESCAPE_H

#include <string>
#include <string_view>

namespace ignis {

/// `text` with control characters, C1's among them, as \xNN: a file's or a
/// request's words neither end a line nor command a terminal.
std::string escapeControls(std::string_view text);

} // namespace ignis

#endif // IGNIS_SUPPORT_ESCAPE_H
