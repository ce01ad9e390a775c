//===- Q8ProductKernel.h - Products with Q8_0 weights -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loops around an ISA's tile, a class with
//   maxTokens, maxGroups   the largest tile
//   order                  of the packed values
//   run<Groups, Tokens, Prefetch>(tile)
//   transpose(source, rowBytes, values)   packs the values of 16 rows' blocks
// Included once per kernel file, after its Vector*.h.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_Q8PRODUCTKERNEL_H
#define IGNIS_RUNTIME_LIB_Q8PRODUCTKERNEL_H

#include "ProductOutput.h"

#include <cstring>

namespace {

using namespace ignis::runtime;

/// dots[g * dotStride + t][r] += the products of `blocks` blocks of group g's
/// row r and token t.
struct Q8Tile {
  const uint8_t *panel; ///< the first block's pair
  int64_t groupStride;  ///< bytes
  const uint8_t *x;     ///< the first token's row
  int64_t cols;
  int64_t firstBlock; ///< even
  int64_t blocks;
  float (*dots)[16];
  int64_t dotStride;

  int64_t rowBytes() const { return ignis_q8_row_bytes(cols); }
  /// Where the first block's parts stand in a row of x.
  int64_t valueOffset() const { return firstBlock * BlockValues; }
  int64_t scaleOffset() const { return cols + firstBlock * 4; }
  int64_t compensationOffset() const {
    return cols + cols / BlockValues * 4 + firstBlock * 4;
  }
  const int8_t *values(int64_t token) const {
    return reinterpret_cast<const int8_t *>(x + token * rowBytes() +
                                            valueOffset());
  }
  const float *scales(int64_t token) const {
    return reinterpret_cast<const float *>(x + token * rowBytes() +
                                           scaleOffset());
  }
};

/// Where value i of row r stands in a packed block.
template <PackedOrder Order>
inline int64_t placeOf(int64_t i, int64_t r) {
  constexpr int64_t n = Order == PackedOrder::Groups8 ? 8 : 4;
  return i / n * n * GroupRows + n * r + i % n;
}

/// Kernels::packQ8.
template <class Tile>
void packQ8(const uint8_t *source, int64_t rowBytes, int64_t rows,
            int64_t blocks, uint8_t *panel) {
  constexpr uint8_t flip = Tile::order == PackedOrder::Groups4Biased ? 0x80 : 0;
  for (int64_t b = 0; b < blocks; ++b, source += BlockBytes) {
    uint8_t *pair = panel + b / 2 * PairBytes;
    uint8_t *scales = pair + b % 2 * 2 * GroupRows;
    uint8_t *values = pair + PairScaleBytes + b % 2 * PairValueBytes;
    if (rows == GroupRows) {
      for (int64_t r = 0; r < GroupRows; ++r)
        memcpy(scales + 2 * r, source + r * rowBytes, 2);
      Tile::transpose(source + 2, rowBytes, values);
      continue;
    }
    memset(scales, 0, 2 * GroupRows);
    memset(values, flip, size_t(PairValueBytes));
    for (int64_t r = 0; r < rows; ++r) {
      const uint8_t *block = source + r * rowBytes;
      memcpy(scales + 2 * r, block, 2);
      for (int64_t i = 0; i < BlockValues; ++i)
        values[placeOf<Tile::order>(i, r)] = block[2 + i] ^ flip;
    }
  }
}

/// Tile::run for 1 to Tokens tokens.
template <class Tile, int Groups, int Tokens>
void runQ8Tile(int64_t tokens, const Q8Tile &tile) {
  if constexpr (Tokens > 1)
    if (tokens < Tokens)
      return runQ8Tile<Tile, Groups, Tokens - 1>(tokens, tile);
  Tile::template run<Groups, Tokens, false>(tile);
}

/// One token and packed weights: two streams of groups, prefetched, so that
/// memory always has requests of both under way.
template <class Tile>
void streamQ8(const Q8Product &product) {
  int64_t bytes = groupBytes(product.cols);
  int64_t groups = (product.rows + GroupRows - 1) / GroupRows;
  int64_t half = groups / 2;
  alignas(64) float dots[2][16];
  auto finish = [&](int64_t group, const float (*dot)[16]) {
    int64_t row = group * GroupRows;
    int64_t rows =
        product.rows - row < GroupRows ? product.rows - row : GroupRows;
    finishProduct(product.output, row, rows, 0, 1, dot);
  };
  Q8Tile tile = {product.panels,
                 half * bytes,
                 product.x,
                 product.cols,
                 0,
                 product.cols / BlockValues,
                 dots,
                 1};
  for (int64_t group = 0; group < half; ++group, tile.panel += bytes) {
    memset(dots, 0, sizeof dots);
    Tile::template run<2, 1, true>(tile);
    finish(group, dots);
    finish(half + group, dots + 1);
  }
  if (groups % 2 != 0) {
    memset(dots, 0, sizeof dots);
    tile.panel = product.panels + (groups - 1) * bytes;
    Tile::template run<1, 1, true>(tile);
    finish(groups - 1, dots);
  }
}

/// Groups of rows [group, group + Groups) times tokens [first, first + count).
template <class Tile, int Groups>
void multiplyQ8Groups(const Q8Product &product, int64_t group, int64_t first,
                      int64_t count, float (*dots)[16], uint8_t *transient,
                      int64_t slice) {
  const int64_t rowBytes = product.cols / BlockValues * BlockBytes;
  const int64_t blocks = product.cols / BlockValues;
  auto rowOf = [&](int64_t g) { return (group + g) * GroupRows; };
  auto rowsOf = [&](int64_t g) {
    int64_t rows = product.rows - rowOf(g);
    return rows < GroupRows ? rows : GroupRows;
  };
  const int64_t dotStride = count;
  memset(dots, 0, sizeof(float) * 16 * Groups * dotStride);
  for (int64_t block = 0; block < blocks; block += slice) {
    bool last = block + slice >= blocks;
    int64_t sliceBlocks = last ? blocks - block : slice;
    Q8Tile tile = {transient,
                   slice / 2 * PairBytes,
                   product.x + first * ignis_q8_row_bytes(product.cols),
                   product.cols,
                   block,
                   sliceBlocks,
                   dots,
                   dotStride};
    if (product.panels) {
      tile.groupStride = groupBytes(product.cols);
      tile.panel =
          product.panels + group * tile.groupStride + block / 2 * PairBytes;
    } else {
      for (int64_t g = 0; g < Groups; ++g)
        packQ8<Tile>(product.source + rowOf(g) * rowBytes + block * BlockBytes,
                     rowBytes, rowsOf(g), sliceBlocks,
                     transient + g * tile.groupStride);
    }
    for (int64_t t = 0; t < count; t += Tile::maxTokens) {
      int64_t tokens =
          count - t < Tile::maxTokens ? count - t : Tile::maxTokens;
      if (last)
        prefetchOutput(product.output, rowOf(0), first + t + tokens, tokens);
      runQ8Tile<Tile, Groups, Tile::maxTokens>(tokens, tile);
      for (int64_t g = 0; last && g < Groups; ++g)
        finishProduct(product.output, rowOf(g), rowsOf(g), first + t, tokens,
                      dots + g * dotStride + t);
      tile.x += Tile::maxTokens * tile.rowBytes();
      tile.dots += Tile::maxTokens;
    }
  }
}

/// Kernels::multiplyQ8.
template <class Tile>
void multiplyQ8(const Q8Product &product) {
  if (product.panels && product.tokens == 1)
    return streamQ8<Tile>(product);
  constexpr int64_t tokenSlice = 48;              // 54 KiB for 896 columns
  constexpr int64_t slice = 32 / Tile::maxGroups; // blocks: 17 KiB of panels
  alignas(64) float dots[Tile::maxGroups * tokenSlice][16];
  alignas(64) uint8_t transient[Tile::maxGroups * slice / 2 * PairBytes];
  int64_t groups = (product.rows + GroupRows - 1) / GroupRows;
  for (int64_t t = 0; t < product.tokens; t += tokenSlice) {
    int64_t tokens =
        product.tokens - t < tokenSlice ? product.tokens - t : tokenSlice;
    int64_t group = 0;
    for (; group + Tile::maxGroups <= groups; group += Tile::maxGroups)
      multiplyQ8Groups<Tile, Tile::maxGroups>(product, group, t, tokens, dots,
                                              transient, slice);
    for (; group < groups; ++group)
      multiplyQ8Groups<Tile, 1>(product, group, t, tokens, dots, transient,
                                slice);
  }
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_Q8PRODUCTKERNEL_H
