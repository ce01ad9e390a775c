//===- Perplexity.h - How well a model predicts a text ---------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_PERPLEXITY_H
#define IGNIS_LIB_ENGINE_PERPLEXITY_H

#include "ignis/Engine/Executor.h"

#include <optional>

namespace ignis {

struct Perplexity {
  double value;
  int64_t tokens; ///< that were predicted
};

/// As llama.cpp's tool: windows of `window` tokens side by side, what is left
/// over at the end ignored; in each, tokens of the second half are predicted
/// from all before them. `begin` takes the place of each window's first token.
Expected<Perplexity> computePerplexity(Executor &executor,
                                       std::span<const int32_t> tokens,
                                       int64_t window,
                                       std::optional<int32_t> begin);

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_PERPLEXITY_H
