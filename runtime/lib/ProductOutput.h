//===- ProductOutput.h - What follows a dot product -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_PRODUCTOUTPUT_H
#define IGNIS_RUNTIME_LIB_PRODUCTOUTPUT_H

#include "Kernels.h"

namespace {

/// Asks for the lines that finishProduct will write: waiting for them took a
/// quarter of a 512-token product. Prefetching past the end does no harm.
inline void prefetchOutput(const ignis::runtime::ProductOutput &output,
                           int64_t row, int64_t groups, int64_t token,
                           int64_t tokens) {
  for (int64_t t = token; t < token + tokens; ++t)
    for (int64_t line = 0; line < groups; ++line)
      __builtin_prefetch(output.out + t * output.stride + row + line * 16, 1);
}

/// Adds bias and residual to dots[t][0 .. rows), the products of rows `row` and
/// following, and stores them. At most 16 rows.
inline void finishProduct(const ignis::runtime::ProductOutput &output,
                          int64_t row, int64_t rows, int64_t firstToken,
                          int64_t tokens, const float (*dots)[16]) {
  const float *bias = output.bias ? output.bias + row : nullptr;
  for (int64_t t = 0; t < tokens; ++t) {
    int64_t offset = (firstToken + t) * output.stride + row;
    const float *residual =
        output.residual ? output.residual + offset : nullptr;
    float *out = output.out + offset;
    if (rows == 16) {
      F32x16 value = F32x16::load(dots[t]);
      if (bias)
        value = value + F32x16::load(bias);
      if (residual)
        value = F32x16::load(residual) + value;
      value.store(out);
      continue;
    }
    for (int64_t r = 0; r < rows; ++r) {
      float value = dots[t][r];
      if (bias)
        value = value + bias[r];
      if (residual)
        value = residual[r] + value;
      out[r] = value;
    }
  }
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_PRODUCTOUTPUT_H
