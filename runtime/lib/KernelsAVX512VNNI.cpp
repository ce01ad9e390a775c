//===- KernelsAVX512VNNI.cpp - AVX-512 with byte dot products -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorAVX512.h"

#include "FloatTile.h"

#include "AttentionKernel.h"
#include "FloatProductKernel.h"
#include "Limits.h"
#include "Platform.h"
#include "Q8ProductKernel.h"

namespace {

/// vpdpbusd multiplies unsigned by signed bytes: weights are stored plus 128,
/// and sums begin at the activation block's compensation, -128 times its sum.
struct VNNITile {
  static constexpr int maxTokens = 6;
  static constexpr int maxGroups = 2;
  static constexpr PackedOrder order = PackedOrder::Groups4Biased;

  template <int Groups, int Tokens, bool Prefetch>
  static void run(const Q8Tile &tile) {
    __m512 sum[Groups][Tokens];
    for (int g = 0; g < Groups; ++g)
      for (int t = 0; t < Tokens; ++t)
        sum[g][t] = _mm512_loadu_ps(tile.dots[g * tile.dotStride + t]);
    const uint8_t *x[Tokens];
    for (int t = 0; t < Tokens; ++t)
      x[t] = tile.x + t * tile.rowBytes();
    // Offsets into all of them alike, so that they fit the address registers.
    int64_t xValues = tile.valueOffset();
    int64_t xScale = tile.scaleOffset();
    int64_t xCompensation = tile.compensationOffset();
    for (int64_t b = 0; b < tile.blocks; ++b) {
      const uint8_t *pair = tile.panel + b / 2 * PairBytes;
      if constexpr (Prefetch)
        if (b % 2 == 0)
          for (int g = 0; g < Groups; ++g)
            prefetchPair(pair + g * tile.groupStride);
      const uint8_t *values = pair + PairScaleBytes + b % 2 * PairValueBytes;
      __m512i dot[Groups][Tokens];
      for (int t = 0; t < Tokens; ++t)
        for (int g = 0; g < Groups; ++g)
          dot[g][t] = broadcastFour(x[t] + xCompensation);
#pragma GCC unroll 8
      for (int i = 0; i < BlockValues; i += 4) {
        __m512i w[Groups];
        for (int g = 0; g < Groups; ++g)
          w[g] =
              _mm512_loadu_si512(values + g * tile.groupStride + i * GroupRows);
        for (int t = 0; t < Tokens; ++t) {
          __m512i four = broadcastFour(x[t] + xValues + i);
          for (int g = 0; g < Groups; ++g)
            addProducts(dot[g][t], w[g], four);
        }
      }
      for (int g = 0; g < Groups; ++g) {
        __m512 scale = _mm512_cvtph_ps(_mm256_loadu_si256(
            (const __m256i *)(pair + g * tile.groupStride + b % 2 * 32)));
        for (int t = 0; t < Tokens; ++t)
          sum[g][t] = _mm512_fmadd_ps(
              _mm512_mul_ps(scale,
                            _mm512_castsi512_ps(broadcastFour(x[t] + xScale))),
              _mm512_cvtepi32_ps(dot[g][t]), sum[g][t]);
      }
      xValues += BlockValues;
      xScale += 4;
      xCompensation += 4;
    }
    for (int g = 0; g < Groups; ++g)
      for (int t = 0; t < Tokens; ++t)
        _mm512_storeu_ps(tile.dots[g * tile.dotStride + t], sum[g][t]);
  }

  static void transpose(const uint8_t *source, int64_t rowBytes,
                        uint8_t *values) {
    auto row = [&](int64_t r) {
      return _mm256_loadu_si256((const __m256i *)(source + r * rowBytes));
    };
    // Rows r and r + 4 side by side: rows 0 to 7 in the first four registers,
    // 8 to 15 in the others; each 128 bits hold four values of four groups.
    const __m512i flip = _mm512_set1_epi8(-128);
    __m512i quad[8], pairs[8];
    for (int i = 0; i < 8; ++i) {
      int r = i / 4 * 8 + i % 4;
      quad[i] = _mm512_xor_si512(
          _mm512_inserti64x4(_mm512_castsi256_si512(row(r)), row(r + 4), 1),
          flip);
    }
    for (int i = 0; i < 8; i += 4) {
      pairs[i] = _mm512_unpacklo_epi32(quad[i], quad[i + 1]);
      pairs[i + 1] = _mm512_unpackhi_epi32(quad[i], quad[i + 1]);
      pairs[i + 2] = _mm512_unpacklo_epi32(quad[i + 2], quad[i + 3]);
      pairs[i + 3] = _mm512_unpackhi_epi32(quad[i + 2], quad[i + 3]);
    }
    for (int i = 0; i < 4; ++i) {
      // Group i in the even 128 bits, group i + 4 in the odd ones.
      __m512i half[2];
      for (int h = 0; h < 2; ++h) {
        __m512i low = pairs[4 * h + i / 2], high = pairs[4 * h + i / 2 + 2];
        half[h] = i % 2 ? _mm512_unpackhi_epi64(low, high)
                        : _mm512_unpacklo_epi64(low, high);
      }
      _mm512_storeu_si512(values + 64 * i,
                          _mm512_shuffle_i64x2(half[0], half[1], 0x88));
      _mm512_storeu_si512(values + 64 * (i + 4),
                          _mm512_shuffle_i64x2(half[0], half[1], 0xdd));
    }
  }

private:
  /// Volatile keeps the tokens in lockstep: the compiler's own order runs one
  /// token's chain of five-cycle additions after another, and ran at 0.45 of
  /// the multiply-add peak of a Sapphire Rapids core instead of 0.70.
  static void addProducts(__m512i &sum, __m512i weights, __m512i x) {
    asm volatile("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(weights), "v"(x));
  }

  static __m512i broadcastFour(const uint8_t *p) {
    int32_t four;
    memcpy(&four, p, 4);
    return _mm512_set1_epi32(four);
  }

  static void prefetchPair(const uint8_t *pair) {
    constexpr int64_t distance = 2 * PairBytes;
    for (int64_t line = 0; line < PairBytes; line += 64)
      _mm_prefetch((const char *)(pair + distance + line), _MM_HINT_T0);
  }
};

int64_t multiplyLimit(int64_t rounds) {
  return multiplyBytes<64, __m512i>(rounds,
                                    [](__m512i sum, __m512i a, __m512i b) {
                                      return _mm512_dpbusd_epi32(sum, a, b);
                                    });
}

} // namespace

constinit const Kernels ignis::runtime::kernelsAVX512VNNI = {
    "avx512vnni",
    [](const CpuFeatures &cpu) { return cpu.avx512vnni; },
    VNNITile::order,
    packQ8<VNNITile>,
    multiplyQ8<VNNITile>,
    multiplyFloat<12>,
    append,
    attend<12, 2>,
    readStreams<__m512i>,
    multiplyLimit,
    multiplyFloats<12>,
};
