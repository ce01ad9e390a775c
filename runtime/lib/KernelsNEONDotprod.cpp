//===- KernelsNEONDotprod.cpp - ARMv8.2 with dot products -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockNEONDotprod.h"

namespace {

struct DotProducts {
  static constexpr int quarters = 2;

  static int32x4_t addRow(const int8_t *w, const int8_t *x) {
    return addDotRow(w, x);
  }

  /// Four rows by `Tokens`; sdot takes the token's four bytes by lane.
  template <int Tokens>
  class Sum {
  public:
    Sum() {
      for (int t = 0; t < Tokens; ++t)
        sum[t] = vdupq_n_s32(integerBias);
    }
    /// Sixteen columns.
    void add(const int8x16_t (&w)[4], const int8_t *const (&x)[Tokens]) {
      for (int t = 0; t < Tokens; ++t) {
        int8x16_t values = vld1q_s8(x[t]);
        sum[t] = vdotq_laneq_s32(sum[t], w[0], values, 0);
        sum[t] = vdotq_laneq_s32(sum[t], w[1], values, 1);
        sum[t] = vdotq_laneq_s32(sum[t], w[2], values, 2);
        sum[t] = vdotq_laneq_s32(sum[t], w[3], values, 3);
      }
    }
    int32x4_t total(int t) const { return sum[t]; }

  private:
    int32x4_t sum[Tokens];
  };
};

int64_t multiplyLimit(int64_t rounds) {
  return multiplyBytes<16, int32x4_t>(
      rounds, [](int32x4_t sum, int32x4_t a, int32x4_t b) {
        return vdotq_s32(sum, vreinterpretq_s8_s32(a), vreinterpretq_s8_s32(b));
      });
}

} // namespace

constinit const Kernels ignis::runtime::kernelsNEONDotprod =
    kernelsNEONOf<NEONTile<DotProducts>>(
        "neon_dotprod", [](const CpuFeatures &cpu) { return cpu.dotprod; },
        multiplyLimit);
