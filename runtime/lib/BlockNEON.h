//===- BlockNEON.h - Tiles for NEON's byte products --------------*- C++
//-*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Rows in quarters of a group, four to a register; the instruction that
// multiplies bytes is a parameter, a class with
//   quarters              how many a tile of several tokens has
//   Sum<Tokens>           integer sums of a block, four rows by Tokens:
//     void add(weights, x)  16 values, four to a register of weights
//     int32x4_t total(t)    integerBias plus the sums of token t
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKNEON_H
#define IGNIS_RUNTIME_LIB_BLOCKNEON_H

#include "VectorNEON.h"

#include "KernelSet.h"

namespace {

/// Integer sums start at the bits of 1.5 * 2^23, so that a subtraction makes
/// them floats, exactly as |sum| < 2^22: Neoverse cores convert integers on two
/// of their four vector pipes, and subtract on all.
constexpr int32_t integerBias = 0x4b400000;

inline float32x4_t floatOf(int32x4_t biased) {
  return vsubq_f32(vreinterpretq_f32_s32(biased), vdupq_n_f32(0x1.8p23f));
}

inline float32x4_t loadScales(const float *p) { return vld1q_f32(p); }
inline float32x4_t loadScales(const uint16_t *p) { return widenHalves(p); }

inline float32x4_t floatsAt(const uint8_t *p) {
  return vld1q_f32(reinterpret_cast<const float *>(p));
}

/// mn_a and mn_b of four rows.
struct HalfMins {
  explicit HalfMins(const uint8_t *p) {
    int32x4_t both = vreinterpretq_s32_u8(vld1q_u8(p));
    a = vshrq_n_s32(vshlq_n_s32(both, 16), 16);
    b = vshrq_n_s32(both, 16);
  }
  int32x4_t a;
  int32x4_t b;
};

using Sixteen = Integers<uint8_t, 16>;

/// The byte of a block's line `i` from byte `at` on, sixteen of them.
template <class Layout>
inline int8x16_t operandAt(const uint8_t *unit, int b, int i, int64_t at) {
  return int8x16_t(Layout::template operand<Sixteen>(unit, b, i, at).v);
}

/// What the tiles of all NEON sets share.
struct NEONTileBase {
  static constexpr int maxTokens = 4;
  template <class Layout>
  static constexpr int maxGroups = 1;
  static constexpr int sliceBlocks = 32; ///< 17 to 26 KiB
  static constexpr bool unsignedOperands = false;
  static constexpr int registerBytes = 16;

  static Sixteen lookUpIQ4(Sixteen codes) {
    return {Sixteen::Vector(
        vqtbl1q_s8(vld1q_s8(iq4Values), uint8x16_t(codes.v)))};
  }

protected:
  /// Calls transposePart(from, to) for each 16 values of `Rows` rows; `to` is
  /// the rows' place in the first line that has any of them.
  template <int Rows, class Part>
  static void transposeParts(const uint8_t *source, int64_t rowBytes,
                             Bytes (&lines)[8], Part transposePart) {
    uint8_t values[8 * lineBytes];
    for (int64_t r = 0; r < groupRows; r += Rows)
      for (int64_t i = 0; i < blockValues; i += 16)
        transposePart(source + r * rowBytes + i,
                      values + i * groupRows + r * 16 / Rows);
    for (int i = 0; i < 8; ++i)
      lines[i] = Bytes::load(values + i * lineBytes);
  }
};

/// The byte products of 16 rows in the file, `addRow` of a row's 32 bytes and
/// the token's giving four partial sums.
template <class AddRow>
F32x16 sumRows(const uint8_t *source, int64_t rowBytes, const int8_t *x,
               AddRow addRow) {
  auto row = [&](int64_t r) {
    const auto *w = reinterpret_cast<const int8_t *>(source + r * rowBytes);
    return addRow(w, x);
  };
  return F32x16::generate([&](int q) {
    int64_t r = 4 * q;
    return vcvtq_f32_s32(vpaddq_s32(vpaddq_s32(row(r), row(r + 1)),
                                    vpaddq_s32(row(r + 2), row(r + 3))));
  });
}

template <class Products>
struct NEONTile : NEONTileBase {
  static constexpr int valuesAtOnce = 4;

  template <class Layout, int Groups, int Tokens, bool Prefetch>
  static void run(const BlockTile &tile) {
    constexpr int quarters = Tokens == 1 ? 4 * Groups : Products::quarters;
    for (int q = 0; q < 4 * Groups; q += quarters)
      runQuarters<Layout, quarters, Tokens, Prefetch>(tile, q);
  }

  /// 4 x 4 transposition of 32-bit elements.
  static void transpose(const uint8_t *source, int64_t rowBytes,
                        Bytes (&lines)[8]) {
    transposeParts<4>(
        source, rowBytes, lines, [&](const uint8_t *from, uint8_t *to) {
          int32x4_t row[4];
          for (int64_t j = 0; j < 4; ++j)
            row[j] = vreinterpretq_s32_u8(vld1q_u8(from + j * rowBytes));
          for (int64_t j = 0; j < 2; ++j) {
            auto pick = [&](int64_t k) {
              return vreinterpretq_s64_s32(j ? vtrn2q_s32(row[k], row[k + 1])
                                             : vtrn1q_s32(row[k], row[k + 1]));
            };
            vst1q_u8(to + j * lineBytes,
                     vreinterpretq_u8_s64(vtrn1q_s64(pick(0), pick(2))));
            vst1q_u8(to + (j + 2) * lineBytes,
                     vreinterpretq_u8_s64(vtrn2q_s64(pick(0), pick(2))));
          }
        });
  }

  static F32x16 dotRows(const uint8_t *source, int64_t rowBytes,
                        const int8_t *x, int32_t) {
    return sumRows(source, rowBytes, x, Products::addRow);
  }

private:
  /// Quarter q is rows q % 4 * 4 and following of group q / 4.
  template <class Layout, int Quarters, int Tokens, bool Prefetch>
  static void runQuarters(const BlockTile &tile, int first) {
    float32x4_t sum[Quarters][Tokens];
    const uint8_t *panel[Quarters];
    float *dots[Quarters][Tokens];
    for (int q = 0; q < Quarters; ++q) {
      int group = (first + q) / 4;
      panel[q] = tile.panel + group * tile.groupStride;
      for (int t = 0; t < Tokens; ++t) {
        dots[q][t] = tile.dots[group * maxTokens + t] + (first + q) % 4 * 4;
        sum[q][t] = vld1q_f32(dots[q][t]);
      }
    }
    for (int64_t block = 0; block < tile.blocks; ++block) {
      const int64_t unit = block / Layout::unitBlocks * Layout::unitBytes;
      const auto b = int(block % Layout::unitBlocks);
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
        float32x4_t products[Tokens];
        multiply<Layout>(panel[q] + unit, b, row, lines, tile, block, products);
        float32x4_t scale = loadScales(
            reinterpret_cast<const typename Layout::Scale *>(scales) + row);
        for (int t = 0; t < Tokens; ++t) {
          float d = tile.scales(t)[block];
          sum[q][t] = vfmaq_f32(sum[q][t], vmulq_n_f32(scale, d), products[t]);
          if constexpr (Layout::hasMins)
            sum[q][t] = vfmaq_f32(
                sum[q][t], vmulq_n_f32(floatsAt(lines + Layout::minAt), d),
                minSum<Layout>(lines, tile.sums(t) + 2 * block));
        }
      }
    }
    for (int q = 0; q < Quarters; ++q)
      for (int t = 0; t < Tokens; ++t)
        vst1q_f32(dots[q][t], sum[q][t]);
  }

  /// The products of four rows with a block, exact, as all are integers below
  /// 2^24.
  template <class Layout, int Tokens>
  static void multiply(const uint8_t *unit, int b, int row,
                       const uint8_t *lines, const BlockTile &tile,
                       int64_t block, float32x4_t (&products)[Tokens]) {
    using Sum = typename Products::template Sum<Tokens>;
    auto add = [&](Sum &sum, int half) {
      int8x16_t w[4];
      for (int i = 0; i < 4; ++i)
        w[i] = operandAt<Layout>(unit, b, 4 * half + i, 4 * row);
      const int8_t *x[Tokens];
      for (int t = 0; t < Tokens; ++t)
        x[t] = tile.values(t) + block * blockValues + 16 * half;
      sum.add(w, x);
    };
    Sum sum;
    add(sum, 0);
    if constexpr (Layout::hasHalves)
      for (int t = 0; t < Tokens; ++t)
        products[t] = vmulq_f32(floatsAt(lines + Layout::halfScalesAt),
                                floatOf(sum.total(t)));
    add(sum, 1);
    for (int t = 0; t < Tokens; ++t) {
      float32x4_t both = floatOf(sum.total(t));
      products[t] =
          Layout::hasHalves
              ? vfmaq_f32(products[t],
                          floatsAt(lines + Layout::halfScalesAt + lineBytes),
                          both)
              : both;
    }
  }

  template <class Layout>
  static float32x4_t minSum(const uint8_t *lines, const int16_t *sums) {
    if constexpr (Layout::hasHalves) {
      HalfMins mins(lines + Layout::halfMinsAt);
      return vcvtq_f32_s32(
          vmlaq_n_s32(vmulq_n_s32(mins.a, sums[0]), mins.b, sums[1]));
    }
    return vdupq_n_f32(float(sums[0] + sums[1]));
  }
};

/// A set of NEON's registers.
template <class Tile>
constexpr Kernels kernelsNEONOf(const char *name,
                                bool (*supported)(const CpuFeatures &cpu),
                                int64_t (*multiplyLimit)(int64_t rounds)) {
  return kernelSet<Tile, uint8x16_t,
                   {.floatTokens = 6,
                    .floatChains = 6,
                    .attentionRows = 6,
                    .attentionColumns = 1}>(name, supported, multiplyLimit);
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKNEON_H
