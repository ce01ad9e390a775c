//===- SchemaValidator.h - Keywords of JSON schemas, again ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_GRAMMAR_SCHEMAVALIDATOR_H
#define IGNIS_TEST_GRAMMAR_SCHEMAVALIDATOR_H

#include <nlohmann/json.hpp>

namespace ignis {

/// Whether a value is valid by a schema in `root`, as far as the keywords go that
/// are supported: independent of what makes grammars of them.
bool isValid(const nlohmann::json &root, const nlohmann::json &schema,
             const nlohmann::json &value);

} // namespace ignis

#endif // IGNIS_TEST_GRAMMAR_SCHEMAVALIDATOR_H
