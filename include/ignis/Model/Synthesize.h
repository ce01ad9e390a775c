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

/// The sizes of "0.5b", "1.5b", "3b" or "7b" (Qwen2.5's), or of seven numbers
/// "layers,width,feed-forward,heads,kv heads,vocabulary,tied". None if `text`
/// is neither.
std::optional<ModelConfig> parseShape(std::string_view text);

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
