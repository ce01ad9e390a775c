//===- KernelsNEONI8mm.cpp - ARMv8.2 with byte matrix products ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockNEONDotprod.h"

namespace {

/// smmla multiplies two rows by two tokens, eight values at a time. Its 2 x 2
/// results, [row][token], stay in that order until the tile ends.
struct MatrixTile : NEONTileBase {
  static constexpr int valuesAtOnce = 8;

  template <class Layout, int Groups, int Tokens, bool Prefetch>
  static void run(const BlockTile &tile) {
    constexpr int quarters = Tokens == 1 ? 4 * Groups : 2;
    for (int q = 0; q < 4 * Groups; q += quarters)
      runQuarters<Layout, quarters, Tokens, Prefetch>(tile, q);
  }

  static void transpose(const uint8_t *source, int64_t rowBytes,
                        Bytes (&lines)[8]) {
    transposeParts<2>(
        source, rowBytes, lines, [&](const uint8_t *from, uint8_t *to) {
          int64x2_t a = vreinterpretq_s64_u8(vld1q_u8(from));
          int64x2_t b = vreinterpretq_s64_u8(vld1q_u8(from + rowBytes));
          vst1q_u8(to, vreinterpretq_u8_s64(vtrn1q_s64(a, b)));
          vst1q_u8(to + 2 * lineBytes, vreinterpretq_u8_s64(vtrn2q_s64(a, b)));
        });
  }

  static F32x16 dotRows(const uint8_t *source, int64_t rowBytes,
                        const int8_t *x, int32_t) {
    return sumRows(source, rowBytes, x, addDotRow);
  }

private:
  /// Quarter q is rows q % 4 * 4 and following of group q / 4: two row pairs.
  /// An odd last token is computed twice.
  template <class Layout, int Quarters, int Tokens, bool Prefetch>
  static void runQuarters(const BlockTile &tile, int first) {
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
    for (int64_t block = 0; block < tile.blocks; ++block) {
      const int64_t unit = block / Layout::unitBlocks * Layout::unitBytes;
      const auto b = int(block % Layout::unitBlocks);
      int8x16_t x[tokenPairs][4];
      float32x4_t xScale[tokenPairs];
      int32x4_t xSums[tokenPairs][2]; // of a block's halves
      for (int p = 0; p < tokenPairs; ++p) {
        const int8_t *x0 = tile.values(2 * p) + block * blockValues;
        const int8_t *x1 = tile.values(second(p)) + block * blockValues;
        for (int i = 0; i < 4; ++i)
          x[p][i] = vcombine_s8(vld1_s8(x0 + 8 * i), vld1_s8(x1 + 8 * i));
        xScale[p] = vzip1q_f32(vdupq_n_f32(tile.scales(2 * p)[block]),
                               vdupq_n_f32(tile.scales(second(p))[block]));
        for (int half = 0; half < 2; ++half)
          xSums[p][half] =
              vzip1q_s32(vdupq_n_s32(tile.sums(2 * p)[2 * block + half]),
                         vdupq_n_s32(tile.sums(second(p))[2 * block + half]));
      }
      alignas(64) uint8_t room[(Quarters + 3) / 4][Layout::scaleBytes];
      const uint8_t *scales = nullptr;
      for (int q = 0; q < Quarters; ++q) {
        if (q % 4 == 0) {
          if constexpr (Prefetch)
            requestAhead<Layout, 3>(panel[q] + unit, b);
          scales = Layout::scales(panel[q] + unit, b, room[q / 4]);
        }
        const int row = (first + q) % 4 * 4;
        const uint8_t *lines = scales + 4 * row; // of binary32
        // Of the quarter's rows, each twice.
        struct Twice {
          explicit Twice(float32x4_t v)
              : pairs{vzip1q_f32(v, v), vzip2q_f32(v, v)} {}
          float32x4_t pairs[2];
        };
        Twice scale(loadScales(
            reinterpret_cast<const typename Layout::Scale *>(scales) + row));
        float32x4_t products[tokenPairs][2];
        multiply<Layout>(panel[q] + unit, b, row, lines, x, products);
        for (int p = 0; p < tokenPairs; ++p)
          for (int h = 0; h < 2; ++h)
            sum[q][p][h] =
                vfmaq_f32(sum[q][p][h], vmulq_f32(scale.pairs[h], xScale[p]),
                          products[p][h]);
        if constexpr (Layout::hasMins) {
          Twice min(floatsAt(lines + Layout::minAt));
          for (int p = 0; p < tokenPairs; ++p)
            for (int h = 0; h < 2; ++h)
              sum[q][p][h] =
                  vfmaq_f32(sum[q][p][h], vmulq_f32(min.pairs[h], xScale[p]),
                            minSum<Layout>(lines, h, xSums[p]));
        }
      }
    }
    for (int q = 0; q < Quarters; ++q)
      for (int p = 0; p < tokenPairs; ++p) {
        vst1q_f32(dots(q, second(p)), vuzp2q_f32(sum[q][p][0], sum[q][p][1]));
        vst1q_f32(dots(q, 2 * p), vuzp1q_f32(sum[q][p][0], sum[q][p][1]));
      }
  }

  /// The products of a block with the row pairs of a quarter, exact, as all are
  /// integers below 2^24.
  template <class Layout, int TokenPairs>
  static void multiply(const uint8_t *unit, int b, int row,
                       const uint8_t *lines,
                       const int8x16_t (&x)[TokenPairs][4],
                       float32x4_t (&products)[TokenPairs][2]) {
    int32x4_t dot[TokenPairs][2];
    for (auto &pairs : dot)
      pairs[0] = pairs[1] = vdupq_n_s32(integerBias);
    for (int half = 0; half < 2; ++half) {
      for (int i = 2 * half; i < 2 * half + 2; ++i)
        for (int h = 0; h < 2; ++h) {
          const int byte = 8 * row + 16 * h; // of two lines
          int8x16_t w = operandAt<Layout>(
              unit, b, 2 * i + byte / int(lineBytes), byte % int(lineBytes));
          for (int p = 0; p < TokenPairs; ++p)
            dot[p][h] = vmmlaq_s32(dot[p][h], w, x[p][i]);
        }
      if (half == 0 && !Layout::hasHalves)
        continue;
      for (int p = 0; p < TokenPairs; ++p)
        for (int h = 0; h < 2; ++h) {
          float32x4_t sum = floatOf(dot[p][h]);
          if constexpr (Layout::hasHalves) {
            float32x4_t scale =
                floatsAt(lines + Layout::halfScalesAt + half * lineBytes);
            scale = h ? vzip2q_f32(scale, scale) : vzip1q_f32(scale, scale);
            sum = half == 0 ? vmulq_f32(scale, sum)
                            : vfmaq_f32(products[p][h], scale, sum);
          }
          products[p][h] = sum;
        }
    }
  }

  template <class Layout>
  static float32x4_t minSum(const uint8_t *lines, int h,
                            const int32x4_t (&xSums)[2]) {
    if constexpr (Layout::hasHalves) {
      HalfMins mins(lines + Layout::halfMinsAt);
      auto twice = [h](int32x4_t v) {
        return h ? vzip2q_s32(v, v) : vzip1q_s32(v, v);
      };
      return vcvtq_f32_s32(vmlaq_s32(vmulq_s32(twice(mins.a), xSums[0]),
                                     twice(mins.b), xSums[1]));
    }
    return vcvtq_f32_s32(vaddq_s32(xSums[0], xSums[1]));
  }
};

int64_t multiplyLimit(int64_t rounds) {
  return multiplyBytes<32, int32x4_t>(rounds, [](int32x4_t sum, int32x4_t a,
                                                 int32x4_t b) {
    return vmmlaq_s32(sum, vreinterpretq_s8_s32(a), vreinterpretq_s8_s32(b));
  });
}

} // namespace

constinit const Kernels ignis::runtime::kernelsNEONI8mm =
    kernelsNEONOf<MatrixTile>(
        "neon_i8mm", [](const CpuFeatures &cpu) { return cpu.i8mm; },
        multiplyLimit);
