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

/// Whether an object has an $id: references in it lead into it alone. (One that
/// is no text is a property of that name.)
bool hasOwnBase(const Schema &schema);

/// What a reference such as "#/$defs/a" names, or null: also where a schema with
/// an $id of its own stands above it, in which references mean something else.
const Schema *resolve(const Schema &root, std::string_view reference);

/// The schema itself, or what it refers to, saying nothing else. References in a
/// circle lead to a reference.
const Schema &follow(const Schema &root, const Schema &schema);

/// Whether a schema, a boolean or an object, allows any value.
bool allowsAll(const Schema &schema);
/// Whether all values that are written by a schema are objects. What is refused
/// for another reason counts as one of objects.
bool areObjects(const Schema &root);

/// A number in a value that may have been a whole one of more than 64 bits, of
/// which a double keeps the first digits only; or null.
const Schema *findInexact(const Schema &value);

/// Whether no value is valid by two of the schemas, as far as types, constants
/// and constants of required properties tell.
bool areDisjoint(const Schema &root, const Schema &alternatives);

/// One schema of objects that says what all of them say. Fails, naming the
/// keyword, if one says something that cannot be put together so.
Expected<Schema> mergeObjects(const Schema &root, const Schema &schemas);

} // namespace ignis

#endif // IGNIS_LIB_GRAMMAR_SCHEMAKEYWORDS_H
