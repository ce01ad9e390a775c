//===- Argmax.cpp - The largest of each part of a row ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Runtime/ABI.h"

#include <algorithm>
#include <bit>

/// The finite values in their order, -0 as 0; all else after them.
static uint32_t getOrder(float x) {
  constexpr uint32_t sign = 0x80000000, exponent = 0x7f800000;
  uint32_t bits = std::bit_cast<uint32_t>(x + 0.0f);
  uint32_t order = bits & sign ? ~bits : bits | sign;
  return (bits & exponent) == exponent ? ~uint32_t{0} : order;
}

void ignis_rt_argmax(const float *x, int64_t stride, const int32_t *rows,
                     int64_t count, int64_t begin, int64_t end, int64_t part,
                     uint64_t *out, int64_t parts) {
  for (int64_t t = 0; t < count; ++t)
    for (int64_t first = begin; first < end; first += part) {
      const float *row = x + (rows ? rows[t] : t) * stride + (first - begin);
      int64_t count = std::min(part, end - first);
      // Two passes: the first one has no branch, and the compiler vectorises
      // it.
      uint32_t best = 0;
      for (int64_t i = 0; i < count; ++i)
        best = std::max(best, getOrder(row[i]));
      int64_t i = 0;
      while (getOrder(row[i]) != best)
        ++i;
      out[t * parts + first / part] =
          uint64_t{best} << 32 |
          (~uint32_t{0} - static_cast<uint32_t>(first + i));
    }
}
