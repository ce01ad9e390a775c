//===- KernelsNEONI8mm.cpp - ARMv8.2 with byte matrix products ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorNEON.h"

#include "FloatTile.h"

#include "AttentionKernel.h"
#include "FloatProductKernel.h"
#include "Limits.h"
#include "Platform.h"
#include "Q8NEON.h"

namespace {

/// smmla multiplies two rows by two tokens, eight values at a time. Its 2 x 2
/// results, [row][token], stay in that order until the tile ends.
struct MatrixTile {
  static constexpr int maxTokens = 4;
  static constexpr int maxGroups = 1;
  static constexpr int sliceBlocks = 32; ///< 17 KiB
  static constexpr PackedOrder order = PackedOrder::Groups8;

  template <int Groups, int Tokens, bool Prefetch>
  static void run(const Q8Tile &tile) {
    constexpr int quarters = Tokens == 1 ? 4 * Groups : 2;
    for (int q = 0; q < 4 * Groups; q += quarters)
      runQuarters<quarters, Tokens, Prefetch>(tile, q);
  }

  static void transpose(const uint8_t *source, int64_t rowBytes,
                        uint8_t *values) {
    for (int64_t r = 0; r < GroupRows; r += 2)
      for (int64_t i = 0; i < BlockValues; i += 16) {
        auto row = [&](int64_t j) {
          return vreinterpretq_s64_u8(
              vld1q_u8(source + (r + j) * rowBytes + i));
        };
        uint8_t *to = values + i * GroupRows + 8 * r;
        vst1q_u8(to, vreinterpretq_u8_s64(vtrn1q_s64(row(0), row(1))));
        vst1q_u8(to + 8 * GroupRows,
                 vreinterpretq_u8_s64(vtrn2q_s64(row(0), row(1))));
      }
  }

  static F32x16 dotRows(const uint8_t *source, int64_t rowBytes,
                        const int8_t *x, int32_t) {
    auto addRow = [](const int8_t *w, const int8_t *x) {
      return vdotq_s32(vdotq_s32(vdupq_n_s32(0), vld1q_s8(w), vld1q_s8(x)),
                       vld1q_s8(w + 16), vld1q_s8(x + 16));
    };
    return sumRows(source, rowBytes, x, addRow);
  }

private:
  /// Quarter q is rows q % 4 * 4 and following of group q / 4: two row pairs.
  /// An odd last token is computed twice.
  template <int Quarters, int Tokens, bool Prefetch>
  static void runQuarters(const Q8Tile &tile, int first) {
    constexpr int tokenPairs = (Tokens + 1) / 2;
    auto second = [](int pair) {
      return 2 * pair + 1 < Tokens ? 2 * pair + 1 : 2 * pair;
    };
    float32x4_t sum[Quarters][tokenPairs][2];
    const uint8_t *panel[Quarters];
    auto dots = [&](int q, int token) {
      return tile.dots[(first + q) / 4 * maxTokens + token] +
             (first + q) % 4 * 4;
    };
    for (int q = 0; q < Quarters; ++q) {
      panel[q] = tile.panel + (first + q) / 4 * tile.groupStride;
      for (int p = 0; p < tokenPairs; ++p) {
        float32x4_t a = vld1q_f32(dots(q, 2 * p));
        float32x4_t b = vld1q_f32(dots(q, second(p)));
        sum[q][p][0] = vzip1q_f32(a, b);
        sum[q][p][1] = vzip2q_f32(a, b);
      }
    }
    for (int64_t b = 0; b < tile.blocks; ++b) {
      int64_t pair = b / 2 * PairBytes;
      if constexpr (Prefetch)
        if (b % 2 == 0)
          for (int q = 0; q < Quarters; q += 4)
            prefetchPair<3>(panel[q] + pair);
      int8x16_t x[tokenPairs][4];
      float32x4_t xScale[tokenPairs];
      for (int p = 0; p < tokenPairs; ++p) {
        const int8_t *x0 = tile.values(2 * p) + b * BlockValues;
        const int8_t *x1 = tile.values(second(p)) + b * BlockValues;
        for (int i = 0; i < 4; ++i)
          x[p][i] = vcombine_s8(vld1_s8(x0 + 8 * i), vld1_s8(x1 + 8 * i));
        xScale[p] = vzip1q_f32(vdupq_n_f32(tile.scales(2 * p)[b]),
                               vdupq_n_f32(tile.scales(second(p))[b]));
      }
      for (int q = 0; q < Quarters; ++q) {
        const uint8_t *values = panel[q] + pair + PairScaleBytes +
                                b % 2 * PairValueBytes + (first + q) % 4 * 32;
        float32x4_t scale =
            widenHalves(reinterpret_cast<const uint16_t *>(panel[q] + pair) +
                        b % 2 * GroupRows + (first + q) % 4 * 4);
        float32x4_t scales[2] = {vzip1q_f32(scale, scale),
                                 vzip2q_f32(scale, scale)};
        int32x4_t dot[tokenPairs][2];
        for (auto &halves : dot)
          halves[0] = halves[1] = vdupq_n_s32(IntegerBias);
        for (int i = 0; i < 4; ++i, values += 8 * GroupRows)
          for (int half = 0; half < 2; ++half) {
            int8x16_t w = vreinterpretq_s8_u8(vld1q_u8(values + 16 * half));
            for (int p = 0; p < tokenPairs; ++p)
              dot[p][half] = vmmlaq_s32(dot[p][half], w, x[p][i]);
          }
        for (int p = 0; p < tokenPairs; ++p)
          for (int half = 0; half < 2; ++half)
            sum[q][p][half] =
                vfmaq_f32(sum[q][p][half], vmulq_f32(scales[half], xScale[p]),
                          floatOf(dot[p][half]));
      }
    }
    for (int q = 0; q < Quarters; ++q)
      for (int p = 0; p < tokenPairs; ++p) {
        vst1q_f32(dots(q, second(p)), vuzp2q_f32(sum[q][p][0], sum[q][p][1]));
        vst1q_f32(dots(q, 2 * p), vuzp1q_f32(sum[q][p][0], sum[q][p][1]));
      }
  }
};

int64_t multiplyLimit(int64_t rounds) {
  return multiplyBytes<32, int32x4_t>(rounds, [](int32x4_t sum, int32x4_t a,
                                                 int32x4_t b) {
    return vmmlaq_s32(sum, vreinterpretq_s8_s32(a), vreinterpretq_s8_s32(b));
  });
}

} // namespace

constinit const Kernels ignis::runtime::kernelsNEONI8mm = {
    "neon_i8mm",
    [](const CpuFeatures &cpu) { return cpu.i8mm; },
    MatrixTile::order,
    packQ8<MatrixTile>,
    multiplyQ8<MatrixTile>,
    multiplyFloat<6>,
    append,
    attend<6, 1>,
    readStreams<uint8x16_t>,
    multiplyLimit,
    multiplyFloats<6>,
};
