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
//     void add(weights, x)  32 values; weights advance by 64 bytes every four
//     int32x4_t total(t)    IntegerBias plus the sums of token t
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKNEON_H
#define IGNIS_RUNTIME_LIB_BLOCKNEON_H

#include "VectorNEON.h"

#include "BlockProductKernel.h"

namespace {

/// Integer sums start at the bits of 1.5 * 2^23, so that a subtraction makes
/// them floats, exactly as |sum| < 2^22: Neoverse cores convert integers on two
/// of their four vector pipes, and subtract on all.
constexpr int32_t IntegerBias = 0x4b400000;

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

inline Bytes lookUpTable(Bytes codes) {
  const int8x16_t table = vld1q_s8(iq4Values);
  uint8_t bytes[Line];
  codes.store(bytes);
  for (int i = 0; i < Line; i += 16)
    vst1q_u8(bytes + i,
             vreinterpretq_u8_s8(vqtbl1q_s8(table, vld1q_u8(bytes + i))));
  return Bytes::load(bytes);
}

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
struct NEONTile {
  static constexpr int maxTokens = 4;
  template <class Layout>
  static constexpr int maxGroups = 1;
  static constexpr int sliceBlocks = 32; ///< 17 to 26 KiB
  static constexpr int valuesAtOnce = 4;
  static constexpr bool unsignedOperands = false;

  template <class Layout, int Groups, int Tokens, bool Prefetch>
  static void run(const BlockTile &tile) {
    constexpr int quarters = Tokens == 1 ? 4 * Groups : Products::quarters;
    for (int q = 0; q < 4 * Groups; q += quarters)
      runQuarters<Layout, quarters, Tokens, Prefetch>(tile, q);
  }

  /// 4 x 4 transposition of 32-bit elements, four rows at a time.
  static void transpose(const uint8_t *source, int64_t rowBytes,
                        Bytes (&lines)[8]) {
    uint8_t values[8 * Line];
    for (int64_t r = 0; r < GroupRows; r += 4)
      for (int64_t i = 0; i < BlockValues; i += 16) {
        int32x4_t row[4];
        for (int64_t j = 0; j < 4; ++j)
          row[j] =
              vreinterpretq_s32_u8(vld1q_u8(source + (r + j) * rowBytes + i));
        for (int64_t j = 0; j < 2; ++j) {
          auto pick = [&](int64_t k) {
            return vreinterpretq_s64_s32(j ? vtrn2q_s32(row[k], row[k + 1])
                                           : vtrn1q_s32(row[k], row[k + 1]));
          };
          uint8_t *to = values + (i + 4 * j) * GroupRows + 4 * r;
          vst1q_u8(to, vreinterpretq_u8_s64(vtrn1q_s64(pick(0), pick(2))));
          vst1q_u8(to + 8 * GroupRows,
                   vreinterpretq_u8_s64(vtrn2q_s64(pick(0), pick(2))));
        }
      }
    for (int i = 0; i < 8; ++i)
      lines[i] = Bytes::load(values + i * Line);
  }

  static Bytes lookUpIQ4(Bytes codes) { return lookUpTable(codes); }

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
    for (int64_t b = 0; b < tile.blocks; ++b) {
      int64_t pair = b / 2 * Layout::PairBytes;
      if constexpr (Prefetch)
        if (b % 2 == 0)
          for (int q = 0; q < Quarters; q += 4)
            requestAhead<3>(panel[q] + pair, Layout::PairBytes);
      for (int q = 0; q < Quarters; ++q) {
        const uint8_t *operand =
            panel[q] + pair + Layout::operandAt(b % 2) + (first + q) % 4 * 16;
        float32x4_t products[Tokens];
        multiply<Layout>(operand, tile, b, products);
        float32x4_t scale =
            loadScales(reinterpret_cast<const typename Layout::Scale *>(
                           panel[q] + pair + Layout::scaleAt(b % 2)) +
                       (first + q) % 4 * 4);
        for (int t = 0; t < Tokens; ++t) {
          float d = tile.scales(t)[b];
          sum[q][t] = vfmaq_f32(sum[q][t], vmulq_n_f32(scale, d), products[t]);
          if constexpr (Layout::HasMins)
            sum[q][t] = vfmaq_f32(
                sum[q][t], vmulq_n_f32(floatsAt(operand + Layout::MinAt), d),
                minSum<Layout>(operand, tile.sums(t) + 2 * b));
        }
      }
    }
    for (int q = 0; q < Quarters; ++q)
      for (int t = 0; t < Tokens; ++t)
        vst1q_f32(dots[q][t], sum[q][t]);
  }

  /// The products of a block, exact, as all are integers below 2^24.
  template <class Layout, int Tokens>
  static void multiply(const uint8_t *operand, const BlockTile &tile, int64_t b,
                       float32x4_t (&products)[Tokens]) {
    using Sum = typename Products::template Sum<Tokens>;
    auto add = [&](Sum &sum, int half) {
      const int8_t *x[Tokens];
      for (int t = 0; t < Tokens; ++t)
        x[t] = tile.values(t) + b * BlockValues + 16 * half;
      sum.add(operand + half * 4 * Line, x);
    };
    if constexpr (Layout::HasHalves) {
      for (int half = 0; half < 2; ++half) {
        Sum sum;
        add(sum, half);
        float32x4_t scale =
            floatsAt(operand + Layout::HalfScalesAt + half * Line);
        for (int t = 0; t < Tokens; ++t) {
          float32x4_t product = floatOf(sum.total(t));
          products[t] = half == 0 ? vmulq_f32(scale, product)
                                  : vfmaq_f32(products[t], scale, product);
        }
      }
    } else {
      Sum sum;
      add(sum, 0);
      add(sum, 1);
      for (int t = 0; t < Tokens; ++t)
        products[t] = floatOf(sum.total(t));
    }
  }

  template <class Layout>
  static float32x4_t minSum(const uint8_t *operand, const int16_t *sums) {
    if constexpr (Layout::HasHalves) {
      HalfMins mins(operand + Layout::HalfMinsAt);
      return vcvtq_f32_s32(
          vmlaq_n_s32(vmulq_n_s32(mins.a, sums[0]), mins.b, sums[1]));
    }
    return vdupq_n_f32(float(sums[0] + sums[1]));
  }
};

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKNEON_H
