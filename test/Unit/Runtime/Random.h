//===- Random.h - The same numbers on every platform ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_RUNTIME_RANDOM_H
#define IGNIS_TEST_UNIT_RUNTIME_RANDOM_H

#include <cstdint>

/// xorshift64*
class Random {
public:
  explicit Random(uint64_t seed) : state(seed * 0x9e3779b97f4a7c15 + 1) {}

  uint64_t bits() {
    state ^= state >> 12;
    state ^= state << 25;
    state ^= state >> 27;
    return state * 0x2545f4914f6cdd1d;
  }
  /// In [low, high].
  int64_t between(int64_t low, int64_t high) {
    return low + int64_t(bits() >> 16) % (high - low + 1);
  }
  /// In (-1, 1).
  float uniform() {
    return float(int64_t(bits() >> 39) - (1 << 24)) * 0x1p-24f;
  }

private:
  uint64_t state;
};

#endif // IGNIS_TEST_UNIT_RUNTIME_RANDOM_H
