//===- SchemaKeywords.h - The words of JSON Schema --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_GRAMMAR_SCHEMAKEYWORDS_H
#define IGNIS_LIB_GRAMMAR_SCHEMAKEYWORDS_H

#include "ignis/Support/Error.h"

#include <nlohmann/json.hpp>

#include <deque>
#include <span>
#include <string>
#include <vector>

namespace ignis {

using Schema = nlohmann::ordered_json;

/// Whether a keyword says nothing about which values are valid.
bool isAnnotation(std::string_view keyword);
/// Whether a keyword speaks of values of this type.
bool speaksOf(std::string_view keyword, std::string_view type);

/// The types that a schema's values may have: those it names, or, if it names
/// none, the one its keywords speak of. Empty: all.
std::vector<std::string> getTypes(const Schema &schema);

/// What a reference such as "#/$defs/a" names, or null.
const Schema *resolve(const Schema &root, std::string_view reference);

/// Whether no value is valid by two of the schemas, as far as types, constants
/// and constants of required properties tell.
bool areDisjoint(const Schema &root, const Schema &alternatives);

/// One schema of objects that says what all of them say. Fails, naming the
/// keyword, if one says something that cannot be put together so.
Expected<Schema> mergeObjects(const Schema &root, const Schema &schemas);

} // namespace ignis

#endif // IGNIS_LIB_GRAMMAR_SCHEMAKEYWORDS_H
