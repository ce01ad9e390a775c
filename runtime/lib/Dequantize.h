//===- Dequantize.h - What a block of a file says ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every format's block as plainly as possible: what embeddings are made of, and
// what the scalar kernels multiply.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_DEQUANTIZE_H
#define IGNIS_RUNTIME_LIB_DEQUANTIZE_H

#include "ignis/Runtime/ABI.h"

#include <cstdint>

namespace ignis::runtime {

/// 32 values of a row: element i is
///   (scale * scales[i / 16]) * values[i] (+ min * mins[i / 16])
/// Formats that have one scale for all of them have scales and mins of 1.
struct WeightBlock {
  int8_t values[32];
  float scale;
  int32_t scales[2];
  bool hasMins;
  float min;
  int32_t mins[2];
};

/// Block `index` of a row in a format that wants quantised activations.
void readBlock(ignis_type type, const uint8_t *row, int64_t index,
               WeightBlock &block);

} // namespace ignis::runtime

#endif // IGNIS_RUNTIME_LIB_DEQUANTIZE_H
