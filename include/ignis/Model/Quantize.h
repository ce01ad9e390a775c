//===- Quantize.h - Numbers of other types, and Q8_0 -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_MODEL_QUANTIZE_H
#define IGNIS_MODEL_QUANTIZE_H

#include "ignis/Support/Error.h"

#include <bit>
#include <cstddef>
#include <cstdint>
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

/// 32 weights of a Q8_0 matrix: d * q each.
struct BlockQ8_0 {
  static constexpr int64_t elements = 32;
  uint16_t d; ///< f16
  int8_t q[elements];
};
static_assert(sizeof(BlockQ8_0) == 34);

/// By the format's reference rule: d = amax / 127, q = x * (1 / d) rounded half
/// away from zero, d then stored as f16. False if a value, or d as f16, is not
/// finite.
bool quantizeBlock(std::span<const float, BlockQ8_0::elements> x,
                   BlockQ8_0 &block);

/// Copies a model with its f32, f16 and bf16 matrices as Q8_0 and its vectors
/// as f32.
Expected<void> quantizeFile(const std::string &inputPath,
                            const std::string &outputPath);

} // namespace ignis

#endif // IGNIS_MODEL_QUANTIZE_H
