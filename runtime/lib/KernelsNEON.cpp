//===- KernelsNEON.cpp - ARMv8.0 ------------------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockNEON.h"

namespace {

/// Byte products in 16 bits: two of them sum to at most 2 * 128 * 127 = 32,512.
struct WideningProducts {
  static constexpr int quarters = 1;

  static int32x4_t addRow(const int8_t *w, const int8_t *x) {
    int8x16_t w0 = vld1q_s8(w), w1 = vld1q_s8(w + 16);
    int8x16_t x0 = vld1q_s8(x), x1 = vld1q_s8(x + 16);
    // Two products of at most 128 * 127 fit 16 bits, three do not.
    int16x8_t low = vmlal_s8(vmull_s8(vget_low_s8(w0), vget_low_s8(x0)),
                             vget_low_s8(w1), vget_low_s8(x1));
    int16x8_t high = vmlal_high_s8(vmull_high_s8(w0, x0), w1, x1);
    return vpadalq_s16(vpaddlq_s16(low), high);
  }

  /// Four rows by `Tokens`.
  template <int Tokens>
  class Sum {
  public:
    Sum() {
      // One of the two partial sums of a row.
      const int32x4_t bias =
          vreinterpretq_s32_s64(vdupq_n_s64(int64_t(integerBias)));
      for (int t = 0; t < Tokens; ++t)
        low[t] = high[t] = bias;
    }
    /// Sixteen columns.
    void add(const int8x16_t (&w)[4], const int8_t *const (&x)[Tokens]) {
      for (int i = 0; i < 4; i += 2) {
        const int8x16_t w0 = w[i], w1 = w[i + 1];
        for (int t = 0; t < Tokens; ++t) {
          int8x16_t x0 = broadcastFour(x[t] + 4 * i);
          int8x16_t x1 = broadcastFour(x[t] + 4 * i + 4);
          low[t] = vpadalq_s16(
              low[t], vmlal_s8(vmull_s8(vget_low_s8(w0), vget_low_s8(x0)),
                               vget_low_s8(w1), vget_low_s8(x1)));
          high[t] = vpadalq_s16(high[t],
                                vmlal_high_s8(vmull_high_s8(w0, x0), w1, x1));
        }
      }
    }
    int32x4_t total(int t) const { return vpaddq_s32(low[t], high[t]); }

  private:
    static int8x16_t broadcastFour(const int8_t *p) {
      int32_t four;
      memcpy(&four, p, 4);
      return vreinterpretq_s8_s32(vdupq_n_s32(four));
    }

    int32x4_t low[Tokens];  ///< rows 0 and 1, two partial sums each
    int32x4_t high[Tokens]; ///< rows 2 and 3
  };
};

int64_t multiplyLimit(int64_t rounds) {
  return multiplyBytes<16, int32x4_t>(
      rounds, [](int32x4_t sum, int32x4_t a, int32x4_t b) {
        int8x8_t x = vreinterpret_s8_s32(vget_low_s32(a));
        int8x8_t y = vreinterpret_s8_s32(vget_low_s32(b));
        return vpadalq_s16(sum, vmlal_s8(vmull_s8(x, y), x, y));
      });
}

} // namespace

constinit const Kernels ignis::runtime::kernelsNEON =
    kernelsNEONOf<NEONTile<WideningProducts>>(
        "neon", [](const CpuFeatures &cpu) { return cpu.baseline; },
        multiplyLimit);
