//===- Elementary.h - exp and log, the same everywhere ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A C library's functions round as they like. These use operations that round
// once, in the order written here, so that what is computed with them is the
// same on every machine: python-free-docs/sampling.md has them as formulas.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_ELEMENTARY_H
#define IGNIS_SUPPORT_ELEMENTARY_H

#include <bit>
#include <cmath>
#include <cstdint>
#include <limits>

namespace ignis {

inline constexpr double ln2 = 0x1.62e42fefa39efp-1;
inline constexpr double log2E = 0x1.71547652b82fep+0;

/// e^x within a few units in the last place; +0 below -708, and not more than
/// e^709.
inline double exp64(double x) {
  // ln 2 in two parts, of which the product of the first with n is exact.
  constexpr double high = 0x1.62e42feep-1, low = 0x1.a39ef35793c76p-33;
  if (x < -708)
    return 0;
  if (x > 709)
    x = 709;
  double n = std::rint(x * log2E);
  double r = (x - n * high) - n * low;
  double sum = 1;
  for (int k = 13; k != 0; --k)
    sum = 1 + sum * (r / k);
  return sum * std::bit_cast<double>(static_cast<uint64_t>(int64_t(n) + 1023)
                                     << 52);
}

/// The natural logarithm of a normal number above 0, within a few units in the
/// last place; of 0, minus infinity.
inline double log64(double x) {
  if (x == 0)
    return -std::numeric_limits<double>::infinity();
  int exponent;
  double m = std::frexp(x, &exponent); // exact
  if (m < 0x1.6a09e667f3bcdp-1) {      // sqrt(1/2)
    m = m * 2;
    --exponent;
  }
  double s = (m - 1) / (m + 1), square = s * s;
  double sum = 0;
  for (int k = 21; k != -1; k -= 2)
    sum = sum * square + 1.0 / k;
  return exponent * ln2 + 2 * s * sum;
}

} // namespace ignis

#endif // IGNIS_SUPPORT_ELEMENTARY_H
