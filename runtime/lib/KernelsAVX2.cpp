//===- KernelsAVX2.cpp - x86-64-v3: AVX2, FMA, F16C -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorAVX2.h"

#include "FloatTile.h"

#include "AttentionKernel.h"
#include "BlockProductKernel.h"
#include "FloatProductKernel.h"
#include "Limits.h"
#include "Platform.h"

namespace {

/// Products of bytes as |w| * sign(x, w), which maddubs adds in pairs: at most
/// 2 * 128 * 127 = 32,512, so that nothing saturates.
struct AVX2Tile {
  static constexpr int maxTokens = 4;
  template <class Layout>
  static constexpr int maxGroups = 1;
  static constexpr int sliceBlocks = 32; ///< 17 to 26 KiB
  static constexpr int valuesAtOnce = 4;
  static constexpr bool unsignedOperands = false;

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
                        const int8_t *x, int32_t) {
    const __m256i ones = _mm256_set1_epi16(1);
    const __m256i values = _mm256_loadu_si256((const __m256i *)x);
    auto row = [&](int64_t r) {
      __m256i w = _mm256_loadu_si256((const __m256i *)(source + r * rowBytes));
      return _mm256_madd_epi16(
          _mm256_maddubs_epi16(_mm256_abs_epi8(w), _mm256_sign_epi8(values, w)),
          ones);
    };
    auto addQuads = [&](int64_t r) {
      return _mm256_hadd_epi32(_mm256_hadd_epi32(row(r), row(r + 1)),
                               _mm256_hadd_epi32(row(r + 2), row(r + 3)));
    };
    auto addEights = [&](int64_t r) {
      __m256i low = addQuads(r), high = addQuads(r + 4);
      return _mm256_cvtepi32_ps(
          _mm256_add_epi32(_mm256_permute2x128_si256(low, high, 0x20),
                           _mm256_permute2x128_si256(low, high, 0x31)));
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
        for (auto &row : dot)
          for (__m256i &d : row)
            d = _mm256_setzero_si256();
        for (int i = part * 8 / parts; i < (part + 1) * 8 / parts; ++i)
          for (int h = 0; h < Halves; ++h) {
            __m256i w = _mm256_loadu_si256((const __m256i *)at(h, i * Line));
            __m256i magnitude = _mm256_abs_epi8(w);
            for (int t = 0; t < Tokens; ++t) {
              __m256i x =
                  broadcastFour(tile.values(t) + b * BlockValues + 4 * i);
              __m256i pairs =
                  _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(x, w));
              dot[h][t] =
                  _mm256_add_epi32(dot[h][t], _mm256_madd_epi16(pairs, ones));
            }
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

int64_t multiplyLimit(int64_t rounds) {
  const __m256i ones = _mm256_set1_epi16(1);
  return multiplyBytes<32, __m256i>(
      rounds, [&](__m256i sum, __m256i a, __m256i b) {
        __m256i pairs = _mm256_maddubs_epi16(a, b);
        return _mm256_add_epi32(sum, _mm256_madd_epi16(pairs, ones));
      });
}

} // namespace

constinit const Kernels ignis::runtime::kernelsAVX2 = {
    "avx2",
    [](const CpuFeatures &cpu) { return cpu.avx2; },
    blockKernels<AVX2Tile>,
    multiplyFloat<6>,
    append,
    attend<6, 1>,
    readStreams<__m256i>,
    multiplyLimit,
    multiplyFloats<5>,
};
