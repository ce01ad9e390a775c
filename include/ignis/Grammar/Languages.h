//===- Languages.h - What grammars are written in ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_GRAMMAR_LANGUAGES_H
#define IGNIS_GRAMMAR_LANGUAGES_H

#include "ignis/Grammar/Grammar.h"
#include "ignis/Support/Error.h"

#include <span>

namespace ignis {

/// llama.cpp's notation: `name ::= "text" [a-z]* ( other | "x" ){2,3} # comment`,
/// a rule a line or more, beginning with `root`. Errors name the line.
Expected<Grammar> parseGBNF(std::string_view text);

/// Texts that match an ECMAScript regular expression from end to end. Look-around,
/// back references, \b and \p are refused: they are not regular, or need tables.
Expected<Grammar> parseRegex(std::string_view pattern);

/// One of these texts.
Expected<Grammar> parseChoices(std::span<const std::string> texts);

/// Texts that are JSON and valid by a JSON schema (draft 2020-12, in UTF-8), with
/// properties in the schema's order. Every keyword is kept to or refused by name;
/// see structured-output.md for which. Errors name the place in the schema.
Expected<Grammar> parseJSONSchema(std::string_view schema);

/// What may be called with an object that is valid by `parameters`, a schema.
struct Callable {
  std::string_view name, parameters;
};

/// {"name": ..., "arguments": ...} of one of these. Each schema stands for itself:
/// references lead into it alone. Errors name the function and the place.
Expected<Grammar> parseCallables(std::span<const Callable> callables);

} // namespace ignis

#endif // IGNIS_GRAMMAR_LANGUAGES_H
