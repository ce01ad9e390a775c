//===- FloatTile.h - Outer products in registers ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one inner loop of all binary32 arithmetic: scores and values of
// attention, products with f32, f16 and bf16 weights. Included once per kernel
// file, after its Vector*.h.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_FLOATTILE_H
#define IGNIS_RUNTIME_LIB_FLOATTILE_H

namespace {

/// c[r][j] = (c[r][j] or 0) + sum over k of a[r][k] * b[k][j], k ascending, one
/// fma a step. Column j stands at b[k * step + (j / 16) * columnStride + j %
/// 16].
/// Where the stride of a's rows is a constant, the rows need no registers.
/// `Ahead` is how many bytes of b are requested before their use by tiles of so
/// few rows that memory sets the pace; 0: none.
template <class Element, int64_t Stride = 0, bool Prefetch = false>
struct FloatTile {
  const float *a;
  int64_t aStride;
  const Element *b;
  int64_t step;
  int64_t columnStride;
  int64_t steps;
  float *c;
  int64_t cStride;
  bool accumulate;
  int64_t ahead = 0; ///< bytes from what is read to what is requested
};

template <int Rows, int Columns, class Element, int64_t Stride, bool Prefetch>
void runFloatTile(const FloatTile<Element, Stride, Prefetch> &tile) {
  const int64_t aStride = Stride ? Stride : tile.aStride;
  F32x16 sum[Rows][Columns];
  for (int r = 0; r < Rows; ++r)
    for (int j = 0; j < Columns; ++j)
      sum[r][j] = tile.accumulate
                      ? F32x16::load(tile.c + r * tile.cStride + 16 * j)
                      : F32x16::broadcast(0);
  const float *a = tile.a;
  const Element *b = tile.b;
  for (int64_t k = 0; k < tile.steps; ++k, ++a, b += tile.step) {
    F32x16 column[Columns];
    for (int j = 0; j < Columns; ++j) {
      const Element *p = b + j * tile.columnStride;
      column[j] = F32x16::load(p);
      if constexpr (Prefetch && Rows <= 8)
        __builtin_prefetch(reinterpret_cast<const uint8_t *>(p) + tile.ahead,
                           0, 2); // into L2, see prefetchPair
    }
    for (int r = 0; r < Rows; ++r) {
      F32x16 row = F32x16::broadcast(a[r * aStride]);
      for (int j = 0; j < Columns; ++j)
        sum[r][j] = F32x16::fma(row, column[j], sum[r][j]);
    }
  }
  for (int r = 0; r < Rows; ++r)
    for (int j = 0; j < Columns; ++j)
      sum[r][j].store(tile.c + r * tile.cStride + 16 * j);
}

/// runFloatTile for 1 to Rows rows.
template <int Rows, int Columns, class Element, int64_t Stride, bool Prefetch>
void runFloatTile(int64_t rows,
                  const FloatTile<Element, Stride, Prefetch> &tile) {
  if constexpr (Rows > 1)
    if (rows < Rows)
      return runFloatTile<Rows - 1, Columns>(rows, tile);
  runFloatTile<Rows, Columns>(tile);
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_FLOATTILE_H
