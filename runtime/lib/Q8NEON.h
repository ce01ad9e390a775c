//===- Q8NEON.h - Q8_0 tiles for NEON's byte products -----------*- C++ -*-===//
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

#ifndef IGNIS_RUNTIME_LIB_Q8NEON_H
#define IGNIS_RUNTIME_LIB_Q8NEON_H

#include "VectorNEON.h"

#include "Q8ProductKernel.h"

namespace {

/// Integer sums start at the bits of 1.5 * 2^23, so that a subtraction makes
/// them floats, exactly as |sum| < 2^22: Neoverse cores convert integers on two
/// of their four vector pipes, and subtract on all.
constexpr int32_t IntegerBias = 0x4b400000;

inline float32x4_t floatOf(int32x4_t biased) {
  return vsubq_f32(vreinterpretq_f32_s32(biased), vdupq_n_f32(0x1.8p23f));
}

/// 4 x 4 transposition of 32-bit elements, four rows at a time.
inline void transposeGroups4(const uint8_t *source, int64_t rowBytes,
                             uint8_t *values) {
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

template <class Bytes>
struct NEONTile {
  static constexpr int maxTokens = 4;
  static constexpr int maxGroups = 1;
  static constexpr int sliceBlocks = 32; ///< 17 KiB
  static constexpr PackedOrder order = PackedOrder::Groups4;

  template <int Groups, int Tokens, bool Prefetch>
  static void run(const Q8Tile &tile) {
    constexpr int quarters = Tokens == 1 ? 4 * Groups : Bytes::quarters;
    for (int q = 0; q < 4 * Groups; q += quarters)
      runQuarters<quarters, Tokens, Prefetch>(tile, q);
  }

  static void transpose(const uint8_t *source, int64_t rowBytes,
                        uint8_t *values) {
    transposeGroups4(source, rowBytes, values);
  }

  static F32x16 dotRows(const uint8_t *source, int64_t rowBytes,
                        const int8_t *x, int32_t) {
    return sumRows(source, rowBytes, x, Bytes::addRow);
  }

private:
  /// Quarter q is rows q % 4 * 4 and following of group q / 4.
  template <int Quarters, int Tokens, bool Prefetch>
  static void runQuarters(const Q8Tile &tile, int first) {
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
      int64_t pair = b / 2 * PairBytes;
      if constexpr (Prefetch)
        if (b % 2 == 0)
          for (int q = 0; q < Quarters; q += 4)
            prefetchPair<3>(panel[q] + pair);
      for (int q = 0; q < Quarters; ++q) {
        const uint8_t *values = panel[q] + pair + PairScaleBytes +
                                b % 2 * PairValueBytes + (first + q) % 4 * 16;
        const auto *scales =
            reinterpret_cast<const uint16_t *>(panel[q] + pair) +
            b % 2 * GroupRows + (first + q) % 4 * 4;
        typename Bytes::template Sum<Tokens> dot;
        const int8_t *x[Tokens];
        for (int t = 0; t < Tokens; ++t)
          x[t] = tile.values(t) + b * BlockValues;
        dot.add(values, x);
        float32x4_t scale = widenHalves(scales);
        for (int t = 0; t < Tokens; ++t)
          sum[q][t] =
              vfmaq_f32(sum[q][t], vmulq_n_f32(scale, tile.scales(t)[b]),
                        floatOf(dot.total(t)));
      }
    }
    for (int q = 0; q < Quarters; ++q)
      for (int t = 0; t < Tokens; ++t)
        vst1q_f32(dots[q][t], sum[q][t]);
  }
};

} // namespace

#endif // IGNIS_RUNTIME_LIB_Q8NEON_H
