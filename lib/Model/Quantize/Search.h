//===- Search.h - What the searches for scales share ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Weights of a sub-block are approximated by scale * level (- min). For levels
// that are chosen, the squared error is a polynomial in scale and min whose
// coefficients are a few sums; a search tries scales, rounds the weights to the
// levels, and compares what these sums say. Sums are in binary64 over four
// lanes in a fixed order: the same on every machine, and in vectors.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_MODEL_QUANTIZE_SEARCH_H
#define IGNIS_LIB_MODEL_QUANTIZE_SEARCH_H

#include "ignis/Model/Quantize.h"

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstring>

namespace ignis::quantize {

using Floats = float __attribute__((vector_size(16)));
using Doubles = double __attribute__((vector_size(32)));
constexpr int lanes = 4;

inline Floats load(const float *from) {
  Floats values;
  std::memcpy(&values, from, sizeof(values));
  return values;
}

/// A sum by lanes, of terms that are exact in binary32, or of products that are
/// exact in binary64.
class LaneSum {
public:
  void add(Floats terms) { sums += __builtin_convertvector(terms, Doubles); }
  void addProducts(Floats a, Floats b) {
    sums += __builtin_convertvector(a, Doubles) *
            __builtin_convertvector(b, Doubles);
  }
  double get() const { return (sums[0] + sums[1]) + (sums[2] + sums[3]); }

private:
  Doubles sums{};
};

inline Floats clamp(Floats values, float least, float most) {
  values = values < least ? least - Floats{} : values;
  return values > most ? most - Floats{} : values;
}

/// To the nearest integers, ties to even, of magnitudes below 2^22.
inline Floats roundSmall(Floats values) {
  constexpr float magic = 0x1.8p23f;
  return (values + magic) - magic;
}

/// `value` as f16, but no smaller than the smallest number above zero: a scale
/// of zero would lose the weights where a coarse one keeps some. Infinite if it
/// does not fit.
inline uint16_t narrowScale(double value) {
  constexpr double smallest = 0x1p-24;
  if (value != 0 && std::fabs(value) < smallest)
    value = std::copysign(smallest, value);
  return narrowToF16(static_cast<float>(value));
}

/// Whole numbers around `value`, within bounds.
struct Neighbours {
  Neighbours(double value, int reach, int least, int most) {
    // A quotient may be anything, which no int is.
    double nearest = std::clamp<double>(std::nearbyint(value), least, most);
    first = std::max(static_cast<int>(nearest) - reach, least);
    last = std::min(static_cast<int>(nearest) + reach, most);
  }
  int first, last;
};

} // namespace ignis::quantize

#endif // IGNIS_LIB_MODEL_QUANTIZE_SEARCH_H
