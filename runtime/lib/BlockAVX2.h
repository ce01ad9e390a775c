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

#include "BlockProductKernel.h"

namespace {

/// Eight rows at a time. Products multiplies and adds bytes:
///   unsignedOperands             see BlockTile.h
///   Operand(w)                   a register of weights, prepared
///   add(sum, operand, x)         sum plus the products of four bytes a lane
///   addRow(w, x)                 the same of signed weights, but for `surplus`
///   surplus                      times the sum of x is too much in addRow
template <class Products>
struct AVX2Tile {
  static constexpr int maxTokens = 4;
  template <class Layout>
  static constexpr int maxGroups = 1;
  static constexpr int sliceBlocks = 32; ///< 17 to 26 KiB
  static constexpr int valuesAtOnce = 4;
  static constexpr bool unsignedOperands = Products::unsignedOperands;

  template <class Layout, int Groups, int Tokens, bool Prefetch>
  static void run(const BlockTile &tile) {
    if constexpr (Tokens == 1) {
      // Bound by memory: everything in one pass over the panel.
      runHalves<Layout, 2 * Groups, Tokens, Prefetch>(tile, 0);
    } else {
      // Bound by registers: eight rows at a time.
      static_assert(Groups == 1);
      runHalves<Layout, 1, Tokens, Prefetch>(tile, 0);
      runHalves<Layout, 1, Tokens, Prefetch>(tile, 1);
    }
  }

  static void transpose(const uint8_t *source, int64_t rowBytes,
                        Bytes (&lines)[8]) {
    alignas(64) uint8_t values[8 * Line];
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
        uint8_t *to = values + i * Line + 32 * h;
        _mm256_storeu_si256((__m256i *)to,
                            _mm256_permute2x128_si256(half[0], half[1], 0x20));
        _mm256_storeu_si256((__m256i *)(to + 4 * Line),
                            _mm256_permute2x128_si256(half[0], half[1], 0x31));
      }
    }
    for (int i = 0; i < 8; ++i)
      lines[i] = Bytes::load(values + i * Line);
  }

  static Bytes lookUpIQ4(Bytes codes) {
    __m256i table =
        _mm256_broadcastsi128_si256(_mm_load_si128((const __m128i *)iq4Values));
    alignas(64) uint8_t bytes[Line];
    codes.store(bytes);
    for (int h = 0; h < 2; ++h) {
      auto *half = (__m256i *)(bytes + 32 * h);
      _mm256_store_si256(half,
                         _mm256_shuffle_epi8(table, _mm256_load_si256(half)));
    }
    return Bytes::load(bytes);
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
    constexpr int parts = Layout::HasHalves ? 2 : 1;
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
    const __m256i both = _mm256_set1_epi16(int16_t(-tile.offset));
    const __m256i upper = _mm256_slli_epi32(both, 16);
    const __m256i starts[2] = {
        parts == 1 ? both : _mm256_xor_si256(both, upper), upper};
    for (int64_t b = 0; b < tile.blocks; ++b) {
      int64_t pair = b / 2 * Layout::PairBytes;
      int64_t operand = pair + Layout::operandAt(b % 2);
      if constexpr (Prefetch)
        if (b % 2 == 0)
          for (int h = 0; h < Halves; h += 2)
            requestAhead<2>(panel[h] + pair, Layout::PairBytes);
      // Half a line of the block's scales and the like.
      auto at = [&](int h, int64_t place) {
        return panel[h] + operand + place + (first + h) % 2 * 32;
      };
      auto floatsAt = [&](int h, int64_t place) {
        return _mm256_loadu_ps((const float *)at(h, place));
      };
      __m256 products[Halves][Tokens];
      for (int part = 0; part < parts; ++part) {
        __m256i dot[Halves][Tokens];
        for (int t = 0; t < Tokens; ++t) {
          __m256i start = _mm256_setzero_si256();
          if constexpr (Products::unsignedOperands && !Layout::HasMins)
            start = _mm256_madd_epi16(broadcastFour(tile.sums(t) + 2 * b),
                                      starts[part]);
          for (int h = 0; h < Halves; ++h)
            dot[h][t] = start;
        }
        for (int i = part * 8 / parts; i < (part + 1) * 8 / parts; ++i)
          for (int h = 0; h < Halves; ++h) {
            typename Products::Operand w(
                _mm256_loadu_si256((const __m256i *)at(h, i * Line)));
            for (int t = 0; t < Tokens; ++t)
              dot[h][t] = Products::add(
                  dot[h][t], w,
                  broadcastFour(tile.values(t) + b * BlockValues + 4 * i));
          }
        for (int h = 0; h < Halves; ++h)
          for (int t = 0; t < Tokens; ++t) {
            __m256 &product = products[h][t];
            __m256 value = _mm256_cvtepi32_ps(dot[h][t]);
            if constexpr (Layout::HasHalves) {
              // Exact: all are integers below 2^24.
              __m256 scale = floatsAt(h, Layout::HalfScalesAt + part * Line);
              product = part == 0 ? _mm256_mul_ps(scale, value)
                                  : _mm256_fmadd_ps(scale, value, product);
            } else {
              product = value;
            }
          }
      }
      for (int h = 0; h < Halves; ++h) {
        __m256 scale = loadScales(
            (const typename Layout::Scale *)(panel[h] + pair +
                                             Layout::scaleAt(b % 2)) +
            (first + h) % 2 * 8);
        for (int t = 0; t < Tokens; ++t) {
          __m256 xScale = _mm256_set1_ps(tile.scales(t)[b]);
          sum[h][t] = _mm256_fmadd_ps(_mm256_mul_ps(scale, xScale),
                                      products[h][t], sum[h][t]);
          if constexpr (Layout::HasMins) {
            __m256i xSums = broadcastFour(tile.sums(t) + 2 * b);
            __m256i mins = ones;
            if constexpr (Layout::HasHalves)
              mins = _mm256_loadu_si256(
                  (const __m256i *)at(h, Layout::HalfMinsAt));
            __m256 xSum = _mm256_cvtepi32_ps(_mm256_madd_epi16(xSums, mins));
            sum[h][t] = _mm256_fmadd_ps(
                _mm256_mul_ps(floatsAt(h, Layout::MinAt), xScale), xSum,
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

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKAVX2_H
