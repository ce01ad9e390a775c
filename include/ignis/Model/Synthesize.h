//===- Synthesize.h - Models of random weights -----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_MODEL_SYNTHESIZE_H
#define IGNIS_MODEL_SYNTHESIZE_H

#include "ignis/Model/ModelDescription.h"
#include "ignis/Model/Recipe.h"

#include <optional>
#include <string_view>

namespace ignis {

/// The sizes of a well-known model ("0.5b", say; see the families' files), or
/// of numbers "layers,width,feed-forward,heads,kv heads,vocabulary,tied", after
/// which the elements of a head may be said, and before them the architecture,
/// as "qwen2:". None if `text` is neither.
std::optional<ModelConfig> parseShape(std::string_view text);
/// The well-known models.
std::vector<std::string_view> listShapes();

/// A small shape of the many there could be, another for each seed.
ModelConfig makeRandomShape(uint64_t seed);

/// Writes a model of random weights, whose activations stay finite: the same
/// file for the same arguments on every machine. `config` has no mistake;
/// `tokenizer` may be null. With `headerOnly` the file ends where the weights
/// would begin: enough to compile it.
Expected<void> synthesize(const ModelConfig &config, const Recipe &recipe,
                          uint64_t seed, const GGUFFile *tokenizer,
                          const std::string &path, bool headerOnly = false);

} // namespace ignis

#endif // IGNIS_MODEL_SYNTHESIZE_H
