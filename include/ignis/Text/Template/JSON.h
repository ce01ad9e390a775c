//===- JSON.h - Values from JSON --------------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_TEMPLATE_JSON_H
#define IGNIS_TEXT_TEMPLATE_JSON_H

#include "ignis/Support/Error.h"
#include "ignis/Text/Template/Value.h"

namespace ignis::jinja {

/// A whole text of JSON, as Python reads it: keys in their order, the last of
/// equal ones, 1 and 1.0 apart. Its strings are the caller's. Refuses integers
/// beyond 64 bits, and what is nested deeper than a template may nest.
Expected<Value> parseJSON(std::string_view text);

/// Of an object: its members.
Expected<Mapping> parseJSONObject(std::string_view text);

} // namespace ignis::jinja

#endif // IGNIS_TEXT_TEMPLATE_JSON_H
