//===- FloatProductKernel.h - Products with f32, f16 and bf16 weights *- C++
//-*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sixteen rows of the matrix are widened and transposed into a panel on the
// stack, a slice of columns at a time; every token then runs over the panel.
// Included once per kernel file, after FloatTile.h.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_FLOATPRODUCTKERNEL_H
#define IGNIS_RUNTIME_LIB_FLOATPRODUCTKERNEL_H

#include "Half.h"
#include "ProductOutput.h"

#include <cstring>
#include <utility>

namespace {

/// The matrix element at `p`, which need not be aligned.
template <ignis_type Type>
inline float widen(const uint8_t *p) {
  if constexpr (Type == IGNIS_TYPE_F32) {
    float value;
    memcpy(&value, p, sizeof value);
    return value;
  } else {
    uint16_t bits;
    memcpy(&bits, p, sizeof bits);
    return Type == IGNIS_TYPE_F16 ? floatOfHalf(bits) : floatOfBfloat(bits);
  }
}

using Lanes = float __attribute__((vector_size(64)));

/// Lanes of `a` and `b` whose index has bit D: those of a go to b, and theirs
/// of b come instead.
template <int D, size_t... I>
inline void exchange(Lanes &a, Lanes &b, std::index_sequence<I...>) {
  Lanes first =
      __builtin_shufflevector(a, b, (I & D ? 16 + int(I) - D : int(I))...);
  b = __builtin_shufflevector(a, b, (I & D ? 16 + int(I) : int(I) + D)...);
  a = first;
}

/// Rows become columns, in steps of D, D / 2, ... 1.
template <int D>
inline void transpose(Lanes (&rows)[16]) {
  for (int i = 0; i < 16; ++i)
    if (!(i & D))
      exchange<D>(rows[i], rows[i + D], std::make_index_sequence<16>());
  if constexpr (D > 1)
    transpose<D / 2>(rows);
}

/// Sixteen elements of the matrix.
template <ignis_type Type>
inline void widen(const uint8_t *p, Lanes &lanes) {
  if constexpr (Type == IGNIS_TYPE_F32) {
    memcpy(&lanes, p, sizeof lanes);
    return;
  }
  alignas(64) uint16_t bits[16];
  alignas(64) float values[16];
  memcpy(bits, p, sizeof bits);
  if constexpr (Type == IGNIS_TYPE_F16)
    F32x16::load(bits).store(values);
  else
    for (int i = 0; i < 16; ++i)
      values[i] = floatOfBfloat(bits[i]);
  memcpy(&lanes, values, sizeof lanes);
}

/// panel[i][r] = element i of the row at source + r * rowBytes.
template <ignis_type Type>
void fillPanel(const uint8_t *source, int64_t rowBytes, int64_t rows,
               int64_t steps, float (*panel)[16]) {
  constexpr int64_t elementBytes = Type == IGNIS_TYPE_F32 ? 4 : 2;
  // A missing row repeats the last one; its results are not stored.
  auto row = [&](int64_t r) {
    return source + (r < rows ? r : rows - 1) * rowBytes;
  };
  int64_t i = 0;
  for (; i + 16 <= steps; i += 16) {
    Lanes lanes[16];
    for (int r = 0; r < 16; ++r) {
      const uint8_t *p = row(r) + i * elementBytes;
      __builtin_prefetch(p + 16 * rowBytes, 0, 2); // the next 16 rows, into L2
      widen<Type>(p, lanes[r]);
    }
    transpose<8>(lanes);
    memcpy(panel[i], lanes, sizeof lanes);
  }
  for (; i < steps; ++i)
    for (int64_t r = 0; r < 16; ++r)
      panel[i][r] = widen<Type>(row(r) + i * elementBytes);
}

/// Rows is the tile's number of tokens.
template <ignis_type Type, int Rows>
void multiplyFloatAs(const ignis::runtime::FloatProduct &product) {
  constexpr int64_t elementBytes = Type == IGNIS_TYPE_F32 ? 4 : 2;
  constexpr int64_t slice = 128;     // columns: 8 KiB of panel
  constexpr int64_t tokenSlice = 64; // tokens that share a panel
  alignas(64) float panel[slice][16];
  alignas(64) float dots[tokenSlice][16];

  for (int64_t row = 0; row < product.rows; row += 16) {
    int64_t rows = product.rows - row < 16 ? product.rows - row : 16;
    for (int64_t t = 0; t < product.tokens; t += tokenSlice) {
      int64_t tokens =
          product.tokens - t < tokenSlice ? product.tokens - t : tokenSlice;
      for (int64_t k = 0; k < product.cols; k += slice) {
        int64_t steps = product.cols - k < slice ? product.cols - k : slice;
        fillPanel<Type>(product.source +
                            (row * product.cols + k) * elementBytes,
                        product.cols * elementBytes, rows, steps, panel);
        for (int64_t u = 0; u < tokens; u += Rows)
          runFloatTile<Rows, 1>(
              tokens - u,
              FloatTile<float>{product.x + (t + u) * product.cols + k,
                               product.cols, panel[0], 16, 16, steps, dots[u],
                               16, k > 0});
      }
      finishProduct(product.output, row, rows, t, tokens, dots);
    }
  }
}

/// Kernels::multiplyFloat.
template <int Rows>
void multiplyFloat(const ignis::runtime::FloatProduct &product) {
  if (product.type == IGNIS_TYPE_F32)
    multiplyFloatAs<IGNIS_TYPE_F32, Rows>(product);
  else if (product.type == IGNIS_TYPE_F16)
    multiplyFloatAs<IGNIS_TYPE_F16, Rows>(product);
  else
    multiplyFloatAs<IGNIS_TYPE_BF16, Rows>(product);
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_FLOATPRODUCTKERNEL_H
