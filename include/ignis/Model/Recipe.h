//===- Recipe.h - Which tensor gets which type ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The mixtures of types that people know by name (Q4_K_M and so on), tensor by
// tensor as llama.cpp makes them without an importance matrix.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_MODEL_RECIPE_H
#define IGNIS_MODEL_RECIPE_H

#include "ignis/Runtime/ABI.h"

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace ignis {

/// What a recipe asks of a model.
struct RecipeModel {
  int64_t layers = 0;
  int64_t queriesPerKey = 1; ///< heads by key/value heads
  bool tied = true;          ///< the head is the embedding table
};

/// A type for the layers that `where` names.
struct RecipeRule {
  enum class Where : uint8_t {
    Nowhere,
    Everywhere,
    First2Layers,
    First4Layers,
    FirstSixteenth,
    FirstEighth,
    /// The first and the last eighth, and every third layer between.
    WhereBitsMatter,
    /// Where at least four queries share a key.
    SharedKeys,
  };
  Where where = Where::Nowhere;
  ignis_type type = IGNIS_TYPE_F32;
};

struct Recipe {
  std::string_view name; ///< in lower case, such as q4_k_m
  uint32_t fileType;     ///< general.file_type
  ignis_type base;       ///< of all matrices that no rule names
  ignis_type head; ///< of the head, or of the table where that is the head
  RecipeRule value[2], down[2], output; ///< the first that fits

  /// The same with the base type for every matrix.
  Recipe pure() const { return {name, fileType, base, base, {}, {}, {}}; }

  /// The type of a tensor, `dims` outermost first; none for what is no matrix
  /// of weights. A type whose blocks do not divide the rows is replaced by one
  /// of blocks of 32 that loses no more, or by f16.
  std::optional<ignis_type> choose(const RecipeModel &model,
                                   std::string_view name,
                                   std::span<const int64_t> dims) const;
};

/// By its name, in any case; null if there is none.
const Recipe *findRecipe(std::string_view name);

/// All names, with commas between them.
std::string listRecipes();

} // namespace ignis

#endif // IGNIS_MODEL_RECIPE_H
