//===- PreTokenizer.h - Cuts text as Qwen2's regex does --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_PRETOKENIZER_H
#define IGNIS_TEXT_PRETOKENIZER_H

#include <cstddef>
#include <string_view>

namespace ignis {

/// The length in bytes of the first piece of `text`, which is not empty and
/// valid UTF-8. No merge crosses the border of a piece. The first alternative
/// that matches counts:
///
///   (?i:'s|'t|'re|'ve|'m|'ll|'d)      a contraction's ending
///   [^\r\n\p{L}\p{N}]?\p{L}+          letters, with one character before them
///   \p{N}                             one digit
///    ?[^\s\p{L}\p{N}]+[\r\n]*         symbols, with a space before them
///   \s*[\r\n]+                        white space up to its last line end
///   \s+(?!\S)                         white space, but for the last before
///   text
///   \s+                               what is left of it
size_t firstPieceLength(std::string_view text);

} // namespace ignis

#endif // IGNIS_TEXT_PRETOKENIZER_H
