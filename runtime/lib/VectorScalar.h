//===- VectorScalar.h - 16 floats in plain C++ ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What every Vector*.h provides: F32x16, 16 lanes of binary32 whose operations
// round once each, for the kernel templates.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_VECTORSCALAR_H
#define IGNIS_RUNTIME_LIB_VECTORSCALAR_H

#include "Half.h"

namespace {

/// N lanes; loops over them are vectorised by the compiler.
template <int N>
struct FloatLanes {
  float lane[N];

  template <class Function>
  static FloatLanes generate(Function function) {
    FloatLanes result;
    for (int i = 0; i < N; ++i)
      result.lane[i] = function(i);
    return result;
  }

  static FloatLanes broadcast(float value) {
    return generate([&](int) { return value; });
  }
  static FloatLanes load(const float *p) {
    return generate([&](int i) { return p[i]; });
  }
  /// Widens f16.
  static FloatLanes load(const uint16_t *p) {
    return generate([&](int i) { return floatOfHalf(p[i]); });
  }
  void store(float *p) const {
    for (int i = 0; i < N; ++i)
      p[i] = lane[i];
  }
  /// Rounds to f16.
  void store(uint16_t *p) const {
    for (int i = 0; i < N; ++i)
      p[i] = halfOfFloat(lane[i]);
  }

  FloatLanes operator+(const FloatLanes &b) const {
    return generate([&](int i) { return lane[i] + b.lane[i]; });
  }
  FloatLanes operator-(const FloatLanes &b) const {
    return generate([&](int i) { return lane[i] - b.lane[i]; });
  }
  FloatLanes operator*(const FloatLanes &b) const {
    return generate([&](int i) { return lane[i] * b.lane[i]; });
  }
  FloatLanes operator/(const FloatLanes &b) const {
    return generate([&](int i) { return lane[i] / b.lane[i]; });
  }
  static FloatLanes max(const FloatLanes &a, const FloatLanes &b) {
    return generate(
        [&](int i) { return a.lane[i] > b.lane[i] ? a.lane[i] : b.lane[i]; });
  }
  static FloatLanes min(const FloatLanes &a, const FloatLanes &b) {
    return generate(
        [&](int i) { return a.lane[i] < b.lane[i] ? a.lane[i] : b.lane[i]; });
  }
  static FloatLanes fma(const FloatLanes &a, const FloatLanes &b,
                        const FloatLanes &c) {
    return generate(
        [&](int i) { return __builtin_fmaf(a.lane[i], b.lane[i], c.lane[i]); });
  }
  /// To the nearest integer, ties to even; |x| < 2^22.
  FloatLanes rounded() const {
    return generate([&](int i) { return (lane[i] + 0x1.8p23f) - 0x1.8p23f; });
  }
  /// lane * 2^n for whole n in [-126, 127]; anything where n is not.
  FloatLanes scaled(const FloatLanes &n) const {
    // The integer is read off the bits of n + 1.5 * 2^23.
    return generate([&](int i) {
      uint32_t biased = bitsOfFloat(n.lane[i] + 0x1.8p23f) + 127;
      return lane[i] * floatOfBits(biased << 23);
    });
  }
  /// +0 where x < bound.
  FloatLanes zeroWhereLess(const FloatLanes &x, float bound) const {
    return generate([&](int i) { return x.lane[i] < bound ? 0.0f : lane[i]; });
  }
};

using F32x16 = FloatLanes<16>;

} // namespace

#endif // IGNIS_RUNTIME_LIB_VECTORSCALAR_H
