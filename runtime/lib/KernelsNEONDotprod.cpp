//===- KernelsNEONDotprod.cpp - ARMv8.2 with dot products -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorNEON.h"

#include "FloatTile.h"

#include "AttentionKernel.h"
#include "BlockNEON.h"
#include "FloatProductKernel.h"
#include "Limits.h"
#include "Platform.h"

namespace {

struct DotProducts {
  static constexpr int quarters = 2;

  static int32x4_t addRow(const int8_t *w, const int8_t *x) {
    return vdotq_s32(vdotq_s32(vdupq_n_s32(0), vld1q_s8(w), vld1q_s8(x)),
                     vld1q_s8(w + 16), vld1q_s8(x + 16));
  }

  /// Four rows by `Tokens`; sdot takes the token's four bytes by lane.
  template <int Tokens>
  class Sum {
  public:
    Sum() {
      for (int t = 0; t < Tokens; ++t)
        sum[t] = vdupq_n_s32(IntegerBias);
    }
    /// Sixteen columns.
    void add(const uint8_t *weights, const int8_t *const (&x)[Tokens]) {
      for (int t = 0; t < Tokens; ++t) {
        int8x16_t values = vld1q_s8(x[t]);
        sum[t] = vdotq_laneq_s32(sum[t], load(weights), values, 0);
        sum[t] = vdotq_laneq_s32(sum[t], load(weights + 64), values, 1);
        sum[t] = vdotq_laneq_s32(sum[t], load(weights + 128), values, 2);
        sum[t] = vdotq_laneq_s32(sum[t], load(weights + 192), values, 3);
      }
    }
    int32x4_t total(int t) const { return sum[t]; }

  private:
    static int8x16_t load(const uint8_t *p) {
      return vreinterpretq_s8_u8(vld1q_u8(p));
    }

    int32x4_t sum[Tokens];
  };
};

using Tile = NEONTile<DotProducts>;

int64_t multiplyLimit(int64_t rounds) {
  return multiplyBytes<16, int32x4_t>(
      rounds, [](int32x4_t sum, int32x4_t a, int32x4_t b) {
        return vdotq_s32(sum, vreinterpretq_s8_s32(a), vreinterpretq_s8_s32(b));
      });
}

} // namespace

constinit const Kernels ignis::runtime::kernelsNEONDotprod = {
    "neon_dotprod",
    [](const CpuFeatures &cpu) { return cpu.dotprod; },
    blockKernels<Tile>,
    multiplyFloat<6>,
    append,
    attentionKernels<6, 1>(),
    readStreams<uint8x16_t>,
    multiplyLimit,
    multiplyFloats<6>,
};
