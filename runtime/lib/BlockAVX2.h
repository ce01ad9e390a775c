//===- BlockAVX2.h - Tiles of eight rows in 256 bits ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKAVX2_H
#define IGNIS_RUNTIME_LIB_BLOCKAVX2_H

#include "VectorAVX2.h"

#include "KernelSet.h"

namespace {

/// Eight rows at a time. Products multiplies and adds bytes:
///   unsignedOperands             see BlockTile.h
///   Operand(w)                   a register of weights, prepared
///   add(sum, operand, x)         sum plus the products of four bytes a lane
///   addRow(w, x)                 the same of signed weights, but for `surplus`
///   surplus                      times the sum of x is too much in addRow
///   multiplyAdd(sum, a, b)       what the machine's limit is counted in
template <class Products>
struct AVX2Tile {
  static constexpr int maxTokens = 4;
  template <class Layout>
  static constexpr int maxGroups = 1;
  static constexpr int sliceBlocks = 32; ///< 17 to 26 KiB
  static constexpr int valuesAtOnce = 4;
  static constexpr bool unsignedOperands = Products::unsignedOperands;
  static constexpr int registerBytes = 32;

  template <class Layout, int Groups, int Tokens, bool Prefetch>
  static void run(const BlockTile &tile) {
    // One token is bound by memory: everything in one pass over the panel. More
    // are bound by registers: eight rows at a time.
    if constexpr (Tokens == 1)
      return runHalves<Layout, 2 * Groups, Tokens, Prefetch>(tile, 0);
    for (int g = 0; g < Groups; ++g) {
      runHalves<Layout, 1, Tokens, Prefetch>(tile, 2 * g);
      runHalves<Layout, 1, Tokens, false>(tile, 2 * g + 1);
    }
  }

  static void transpose(const uint8_t *source, int64_t rowBytes,
                        Bytes (&lines)[8]) {
    alignas(64) uint8_t values[8 * lineBytes];
    for (int h = 0; h < 2; ++h, source += 8 * rowBytes) {
      __m256i row[8], pairs[8];
      for (int r = 0; r < 8; ++r)
        row[r] = _mm256_loadu_si256((const __m256i *)(source + r * rowBytes));
      for (int r = 0; r < 8; r += 2) {
        pairs[r] = _mm256_unpacklo_epi32(row[r], row[r + 1]);
        pairs[r + 1] = _mm256_unpackhi_epi32(row[r], row[r + 1]);
      }
      for (int i = 0; i < 4; ++i) {
        // Group i of four rows in the low 128 bits, group i + 4 in the high.
        __m256i half[2];
        for (int j = 0; j < 2; ++j) {
          __m256i low = pairs[4 * j + i / 2], high = pairs[4 * j + i / 2 + 2];
          half[j] = i % 2 ? _mm256_unpackhi_epi64(low, high)
                          : _mm256_unpacklo_epi64(low, high);
        }
        uint8_t *to = values + i * lineBytes + 32 * h;
        _mm256_storeu_si256((__m256i *)to,
                            _mm256_permute2x128_si256(half[0], half[1], 0x20));
        _mm256_storeu_si256((__m256i *)(to + 4 * lineBytes),
                            _mm256_permute2x128_si256(half[0], half[1], 0x31));
      }
    }
    for (int i = 0; i < 8; ++i)
      lines[i] = Bytes::load(values + i * lineBytes);
  }

  static RowBytes lookUpIQ4(RowBytes codes) {
    __m256i table =
        _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)iq4Values));
    return {RowBytes::Vector(_mm256_shuffle_epi8(table, __m256i(codes.v)))};
  }

  static F32x16 dotRows(const uint8_t *source, int64_t rowBytes,
                        const int8_t *x, int32_t sum) {
    const __m256i values = _mm256_loadu_si256((const __m256i *)x);
    const __m256i surplus = _mm256_set1_epi32(Products::surplus * sum);
    auto row = [&](int64_t r) {
      return Products::addRow(
          _mm256_loadu_si256((const __m256i *)(source + r * rowBytes)), values);
    };
    auto addQuads = [&](int64_t r) {
      return _mm256_hadd_epi32(_mm256_hadd_epi32(row(r), row(r + 1)),
                               _mm256_hadd_epi32(row(r + 2), row(r + 3)));
    };
    auto addEights = [&](int64_t r) {
      __m256i low = addQuads(r), high = addQuads(r + 4);
      __m256i dots =
          _mm256_add_epi32(_mm256_permute2x128_si256(low, high, 0x20),
                           _mm256_permute2x128_si256(low, high, 0x31));
      return _mm256_cvtepi32_ps(_mm256_sub_epi32(dots, surplus));
    };
    return {addEights(0), addEights(8)};
  }

private:
  /// Half h is rows h % 2 * 8 and following of group h / 2.
  template <class Layout, int Halves, int Tokens, bool Prefetch>
  static void runHalves(const BlockTile &tile, int first) {
    __m256 sum[Halves][Tokens];
    const uint8_t *panel[Halves];
    float *dots[Halves][Tokens];
    for (int h = 0; h < Halves; ++h) {
      int half = first + h;
      panel[h] = tile.panel + half / 2 * tile.groupStride;
      for (int t = 0; t < Tokens; ++t) {
        dots[h][t] = tile.dots[half / 2 * maxTokens + t] + half % 2 * 8;
        sum[h][t] = _mm256_loadu_ps(dots[h][t]);
      }
    }
    const __m256i ones = _mm256_set1_epi16(1);
    // Times the sums of a block's halves.
    const __m256i offsets = _mm256_set1_epi16(int16_t(-tile.offset));
    for (int64_t block = 0; block < tile.blocks; ++block) {
      const int64_t unit = block / Layout::unitBlocks * Layout::unitBytes;
      const auto b = int(block % Layout::unitBlocks);
      alignas(64) uint8_t room[(Halves + 1) / 2][Layout::scaleBytes];
      const uint8_t *scales[Halves];
      for (int h = 0; h < Halves; h += 2) {
        if constexpr (Prefetch)
          requestAhead<Layout>(panel[h] + unit, b);
        scales[h] = Layout::scales(panel[h] + unit, b, room[h / 2]);
        if (h + 1 < Halves)
          scales[h + 1] = scales[h];
      }
      // Half a line of the block's scales and the like.
      auto at = [&](int h, int64_t place) {
        return scales[h] + place + (first + h) % 2 * 32;
      };
      auto floatsAt = [&](int h, int64_t place) {
        return _mm256_loadu_ps((const float *)at(h, place));
      };
      __m256i dot[Halves][Tokens];
      for (int t = 0; t < Tokens; ++t) {
        __m256i start = _mm256_setzero_si256();
        if constexpr (Products::unsignedOperands && !Layout::hasMins)
          start = _mm256_madd_epi16(broadcastFour(tile.sums(t) + 2 * block),
                                    offsets);
        for (int h = 0; h < Halves; ++h)
          dot[h][t] = start;
      }
      auto addLines = [&](int begin, int end) __attribute__((always_inline)) {
#pragma GCC unroll 8
        for (int i = begin; i < end; ++i)
          for (int h = 0; h < Halves; ++h) {
            typename Products::Operand w(
                __m256i(Layout::template operand<RowBytes>(
                            panel[h] + unit, b, i, (first + h) % 2 * 32)
                            .v));
            for (int t = 0; t < Tokens; ++t)
              dot[h][t] = Products::add(
                  dot[h][t], w,
                  broadcastFour(tile.values(t) + block * blockValues + 4 * i));
          }
      };
      __m256 products[Halves][Tokens];
      if constexpr (Layout::hasHalves) {
        addLines(0, 4);
        // Of the first half, as the second's share of the start is still there.
        for (int t = 0; t < Tokens; ++t)
          for (int h = 0; h < Halves; ++h) {
            __m256i sum = dot[h][t];
            if constexpr (Products::unsignedOperands && !Layout::hasMins)
              sum = _mm256_sub_epi32(
                  sum,
                  _mm256_madd_epi16(broadcastFour(tile.sums(t) + 2 * block),
                                    _mm256_slli_epi32(offsets, 16)));
            products[h][t] = _mm256_cvtepi32_ps(sum);
          }
        addLines(4, 8);
        // Exact: all are integers below 2^24.
        for (int h = 0; h < Halves; ++h)
          for (int t = 0; t < Tokens; ++t)
            products[h][t] =
                _mm256_fmadd_ps(floatsAt(h, Layout::halfScalesAt + lineBytes),
                                _mm256_cvtepi32_ps(dot[h][t]),
                                _mm256_mul_ps(floatsAt(h, Layout::halfScalesAt),
                                              products[h][t]));
      } else {
        addLines(0, 8);
        for (int h = 0; h < Halves; ++h)
          for (int t = 0; t < Tokens; ++t)
            products[h][t] = _mm256_cvtepi32_ps(dot[h][t]);
      }
      for (int h = 0; h < Halves; ++h) {
        __m256 scale =
            loadScales((const typename Layout::Scale *)scales[h] +
                       (first + h) % 2 * 8);
        for (int t = 0; t < Tokens; ++t) {
          __m256 xScale = _mm256_set1_ps(tile.scales(t)[block]);
          sum[h][t] = _mm256_fmadd_ps(_mm256_mul_ps(scale, xScale),
                                      products[h][t], sum[h][t]);
          if constexpr (Layout::hasMins) {
            __m256i xSums = broadcastFour(tile.sums(t) + 2 * block);
            __m256i mins = ones;
            if constexpr (Layout::hasHalves)
              mins = _mm256_loadu_si256(
                  (const __m256i *)at(h, Layout::halfMinsAt));
            __m256 xSum = _mm256_cvtepi32_ps(_mm256_madd_epi16(xSums, mins));
            sum[h][t] = _mm256_fmadd_ps(
                _mm256_mul_ps(floatsAt(h, Layout::minAt), xScale), xSum,
                sum[h][t]);
          }
        }
      }
    }
    for (int h = 0; h < Halves; ++h)
      for (int t = 0; t < Tokens; ++t)
        _mm256_storeu_ps(dots[h][t], sum[h][t]);
  }

  static __m256 loadScales(const float *p) { return _mm256_loadu_ps(p); }
  static __m256 loadScales(const uint16_t *p) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p));
  }

  static __m256i broadcastFour(const void *p) {
    int32_t four;
    memcpy(&four, p, 4);
    return _mm256_set1_epi32(four);
  }
};

/// A set of 256 bits.
template <class Products>
constexpr Kernels kernels256(const char *name,
                             bool (*supported)(const CpuFeatures &cpu)) {
  auto multiplyLimit = [](int64_t rounds) {
    return multiplyBytes<32, __m256i>(rounds, Products::multiplyAdd);
  };
  return kernelSet<AVX2Tile<Products>, __m256i,
                   {.floatTokens = 6,
                    .floatChains = 5,
                    .attentionRows = 6,
                    .attentionColumns = 1}>(name, supported, multiplyLimit);
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKAVX2_H
