//===- WeightSource.h - Random weights --------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_MODEL_WEIGHTSOURCE_H
#define IGNIS_LIB_MODEL_WEIGHTSOURCE_H

#include "ignis/Runtime/WeightFormats.h"
#include "ignis/Support/Random.h"

#include <cstddef>
#include <span>

namespace ignis {

/// Fills rows of a tensor with random values around `center`: evenly spread
/// over +- `spread`, or, in a block format, whatever random blocks say, with
/// the variance of that. The same bytes on every machine.
class WeightSource {
public:
  explicit WeightSource(uint64_t seed) : random(seed) {}

  void fill(ignis_type type, float center, float spread,
            std::span<std::byte> row);

private:
  template <typename T, typename Convert>
  void fillWith(std::span<std::byte> row, Convert convert);
  void fillBlocks(const WeightFormat &format, float spread,
                  std::span<std::byte> row);
  void fillBytes(std::span<std::byte> bytes);

  Random random;
};

} // namespace ignis

#endif // IGNIS_LIB_MODEL_WEIGHTSOURCE_H
