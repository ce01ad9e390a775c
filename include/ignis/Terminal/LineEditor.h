//===- LineEditor.h - Editing lines at a terminal ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TERMINAL_LINEEDITOR_H
#define IGNIS_TERMINAL_LINEEDITOR_H

#include "ignis/Support/LineReader.h"

namespace ignis {

/// Lines of standard input, edited by libedit where that is a terminal: with a
/// history, in UTF-8 whatever the locale, and what is pasted as one line.
/// Ctrl-C gives a line up. With `coloured`, what someone types is.
std::unique_ptr<LineReader> makeLineEditor(bool coloured);

} // namespace ignis

#endif // IGNIS_TERMINAL_LINEEDITOR_H
