//===- TextOperations.h - What is made of strings ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What methods and filters share. The bytes of a result keep who wrote them.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TEXT_TEMPLATE_TEXTOPERATIONS_H
#define IGNIS_LIB_TEXT_TEMPLATE_TEXTOPERATIONS_H

#include "Evaluator.h"

namespace ignis::jinja {

enum class Side { Left, Right, Both };

/// Without the characters of `set` at its ends; without a set, white space.
MarkedText strip(const MarkedText &text, std::optional<std::string_view> set,
                 Side side);

/// The first `count` of `old` become `with`, or all if that is negative.
MarkedText replace(Evaluator &evaluator, const MarkedText &text,
                   std::string_view old, const MarkedText &with, int64_t count);

MarkedText join(Evaluator &evaluator, std::span<const Value> parts,
                const MarkedText &separator);

/// Lines without their ends, or with them.
std::vector<Value> splitLines(Evaluator &evaluator, const MarkedText &text,
                              bool keepsEnds = false);

enum class Case { Lower, Upper, Capitalised, Title, Swapped };

MarkedText changeCase(const MarkedText &text, Case to);

/// A string among arguments; fails, and is empty, if that is another value.
const MarkedText &expectText(Evaluator &evaluator, const Value &value);
int64_t expectInteger(Evaluator &evaluator, const Value &value,
                      int64_t fallback);

} // namespace ignis::jinja

#endif // IGNIS_LIB_TEXT_TEMPLATE_TEXTOPERATIONS_H
