//===- Regex.h - Regular expressions as expressions -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_GRAMMAR_REGEX_H
#define IGNIS_LIB_GRAMMAR_REGEX_H

#include "ignis/Grammar/Grammar.h"
#include "ignis/Support/Error.h"

#include <functional>

namespace ignis {

/// How a character of a set is written: in UTF-8, or escaped inside a string.
using WriteCharacter =
    std::function<Grammar::Expr(Grammar &, const CodePoints &)>;

/// What matches `pattern` from end to end, or, if `isSearch`, somewhere unless
/// ^ and $ say otherwise.
Expected<Grammar::Expr> readRegex(Grammar &grammar, std::string_view pattern,
                                  const WriteCharacter &write, bool isSearch);

} // namespace ignis

#endif // IGNIS_LIB_GRAMMAR_REGEX_H
