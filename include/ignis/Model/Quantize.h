//===- Quantize.h - Weights in other formats --------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_MODEL_QUANTIZE_H
#define IGNIS_MODEL_QUANTIZE_H

#include "ignis/Model/Recipe.h"
#include "ignis/Support/Error.h"

#include <bit>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <string>

namespace ignis {

inline uint16_t narrowToF16(float value) {
  return std::bit_cast<uint16_t>(static_cast<_Float16>(value));
}
inline float widenF16(uint16_t bits) {
  return static_cast<float>(std::bit_cast<_Float16>(bits));
}
/// To nearest even, for finite values.
inline uint16_t narrowToBF16(float value) {
  uint32_t bits = std::bit_cast<uint32_t>(value);
  return static_cast<uint16_t>((bits + 0x7fff + (bits >> 16 & 1)) >> 16);
}
inline float widenBF16(uint16_t bits) {
  return std::bit_cast<float>(static_cast<uint32_t>(bits) << 16);
}

/// Writes a row, whole blocks of `type`, to `to`. Q4_0, Q4_1, Q5_0, Q5_1 and
/// Q8_0 as the formats' reference implementation does, to the byte; the others
/// with the least squared error that a search finds. The same bytes on every
/// machine. False if a weight is not finite, or a scale does not fit f16.
bool encodeRow(ignis_type type, std::span<const float> weights,
               std::span<std::byte> to);

struct QuantizeOptions {
  Recipe recipe;
  int threads = 1;
  /// Called after every few rows with the bytes of the input that are done, and
  /// how many there are.
  std::function<void(uint64_t done, uint64_t total)> progress;
};

/// Copies a model, split or not, with its matrices in the types that the recipe
/// gives them and its vectors in f32. Matrices are dequantised first, if need
/// be; one that has its type already is copied as it stands. A few rows are in
/// memory at a time. What is written does not depend on `threads`.
Expected<void> quantizeFile(const std::string &inputPath,
                            const std::string &outputPath,
                            const QuantizeOptions &options);

} // namespace ignis

#endif // IGNIS_MODEL_QUANTIZE_H
