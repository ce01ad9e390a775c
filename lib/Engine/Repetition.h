//===- Repetition.h - What a text has said before ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_REPETITION_H
#define IGNIS_LIB_ENGINE_REPETITION_H

#include "ignis/Grammar/Constraint.h"

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

namespace ignis {

/// The last `count` tokens of a text; all of them if that is negative.
std::span<const int32_t> takeRecent(std::span<const int32_t> text,
                                    int64_t count);

/// Each token of `recent` and how often it stands there, by token.
std::vector<std::pair<int32_t, int64_t>>
countTokens(std::span<const int32_t> recent);

/// Each token that would go on as the text went on after an earlier piece like
/// its end, of `least` tokens or more, and the length of the longest such
/// piece; by token. No piece has a token of `breakers`, which may be null.
/// Takes time in proportion to the text.
std::vector<std::pair<int32_t, int64_t>>
findRepetitions(std::span<const int32_t> recent, int64_t least,
                const TokenSet *breakers);

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_REPETITION_H
