//===- Blocks.h - Bytes of the block formats --------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What an encoder has found, and how each format lays it down. Levels are the
// integers `u` of the numeric contract (in a table format: places in the
// table); scales and mins are as the contract names them.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_MODEL_QUANTIZE_BLOCKS_H
#define IGNIS_LIB_MODEL_QUANTIZE_BLOCKS_H

#include <array>
#include <cstddef>
#include <cstdint>

namespace ignis::quantize {

/// 256 weights in sub-blocks of 16 or 32: d * scale * level - dmin * min.
struct SuperBlock {
  static constexpr int elements = 256;
  uint16_t d = 0;    ///< f16
  uint16_t dmin = 0; ///< f16
  std::array<int8_t, 16> scales{};
  std::array<uint8_t, 16> mins{};
  std::array<int8_t, elements> levels{};
};

/// 32 weights: d * level + m.
struct Block {
  static constexpr int elements = 32;
  uint16_t d = 0; ///< f16
  uint16_t m = 0; ///< f16
  std::array<int8_t, elements> levels{};
};

void packQ4_0(const Block &block, std::byte *to);   ///< levels -8 to 7
void packQ4_1(const Block &block, std::byte *to);   ///< levels 0 to 15
void packQ5_0(const Block &block, std::byte *to);   ///< levels -16 to 15
void packQ5_1(const Block &block, std::byte *to);   ///< levels 0 to 31
void packQ8_0(const Block &block, std::byte *to);   ///< levels -128 to 127
void packIQ4_NL(const Block &block, std::byte *to); ///< levels 0 to 15

/// Levels 0 to 3, scales and mins 0 to 15, of 16 weights each.
void packQ2_K(const SuperBlock &block, std::byte *to);
/// Levels -4 to 3, scales -32 to 31, of 16 weights each.
void packQ3_K(const SuperBlock &block, std::byte *to);
/// Levels 0 to 15, scales and mins 0 to 63, of 32 weights each.
void packQ4_K(const SuperBlock &block, std::byte *to);
/// Levels 0 to 31, scales and mins 0 to 63, of 32 weights each.
void packQ5_K(const SuperBlock &block, std::byte *to);
/// Levels -32 to 31, scales -128 to 127, of 16 weights each.
void packQ6_K(const SuperBlock &block, std::byte *to);
/// Levels 0 to 15, scales -32 to 31, of 32 weights each.
void packIQ4_XS(const SuperBlock &block, std::byte *to);

} // namespace ignis::quantize

#endif // IGNIS_LIB_MODEL_QUANTIZE_BLOCKS_H
