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
        for (int64_t r = 0; r < 16; ++r) {
          // A missing row repeats the last one; its results are not stored.
          int64_t source = row + (r < rows ? r : rows - 1);
          const uint8_t *p =
              product.source + (source * product.cols + k) * elementBytes;
          for (int64_t i = 0; i < steps; ++i)
            panel[i][r] = widen<Type>(p + i * elementBytes);
        }
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
