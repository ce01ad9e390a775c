//===- KernelsAVX512VNNI.cpp - AVX-512 with byte dot products -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VectorAVX512.h"

#include "KernelSet.h"

#include <utility>

namespace {

/// vpdpbusd multiplies unsigned by signed bytes: operands are weights plus an
/// offset, and sums begin at minus the offset times the activations' sum.
struct VNNITile {
  static constexpr int MaxTokens = 6;
  /// Of halves, the products of the first wait for the second's: with four
  /// groups they would wait in memory, which was no faster.
  template <class Layout>
  static constexpr int MaxGroups = Layout::HasHalves ? 2 : 4;
  static constexpr int SliceBlocks = 16; ///< 34 to 40 KiB
  static constexpr int ValuesAtOnce = 4;
  static constexpr bool UnsignedOperands = true;

  static constexpr int RegisterBytes = 64;

  template <class Layout, int Groups, int Tokens, bool Prefetch>
  static void run(const BlockTile &tile) {
    auto tokenRows = [&](int64_t offset) {
      const uint8_t *first = tile.x + offset;
      return Rows<3>(first, first + 3 * tile.rowBytes(), tile.rowBytes());
    };
    auto values = tokenRows(tile.valueOffset());
    auto scales = tokenRows(tile.scaleOffset());
    auto halfSums = tokenRows(tile.sumsOffset());
    Rows<2> units(tile.panel, tile.third, tile.groupStride);
    float(*const sums)[16] = tile.dots;
    // Of one token there is room for the sums.
    constexpr bool held = Tokens == 1;
    __m512 sum[Groups];
    for (int g = 0; held && g < Groups; ++g)
      sum[g] = _mm512_loadu_ps(sums[g * MaxTokens]);
    // Times the sums of a block's halves.
    constexpr int parts = Layout::HasHalves ? 2 : 1;
    const __m512i both = _mm512_set1_epi16(int16_t(-tile.offset));
    const __m512i offsets[2] = {
        parts == 1 ? both : _mm512_srli_epi32(_mm512_slli_epi32(both, 16), 16),
        _mm512_slli_epi32(both, 16)};
    auto addBlock = [&](auto index) __attribute__((always_inline)) {
      constexpr int b = index;
      if constexpr (Prefetch)
        for (int g = 0; g < Groups; ++g)
          requestAhead<Layout>(units[g], b);
      __m512 products[Groups][Tokens];
      alignas(64) uint8_t room[Groups][Layout::ScaleBytes];
      const uint8_t *weightScales[Groups];
      for (int g = 0; g < Groups; ++g)
        weightScales[g] = Layout::scales(units[g], b, room[g]);
#pragma GCC unroll 2
      for (int part = 0; part < parts; ++part) {
        __m512i dot[Groups][Tokens];
        for (int t = 0; t < Tokens; ++t) {
          // Of halves as the bits of a float, see below.
          __m512i start =
              _mm512_set1_epi32(Layout::HasHalves ? IntegerBias : 0);
          if (!Layout::HasMins)
            start = _mm512_dpwssd_epi32(
                start, broadcastFour(halfSums[t] + 4 * b), offsets[part]);
          for (int g = 0; g < Groups; ++g)
            dot[g][t] = start;
        }
#pragma GCC unroll 8
        for (int i = part * 8 / parts; i < (part + 1) * 8 / parts; ++i) {
          __m512i w[Groups];
          for (int g = 0; g < Groups; ++g)
            w[g] =
                __m512i(Layout::template operand<Bytes>(units[g], b, i, 0).v);
          for (int t = 0; t < Tokens; ++t) {
            __m512i four = broadcastFour(values[t] + b * BlockValues + 4 * i);
            for (int g = 0; g < Groups; ++g)
              addProducts(dot[g][t], w[g], four);
          }
        }
        for (int g = 0; g < Groups; ++g) {
          if constexpr (Layout::HasHalves) {
            // sc (sum + 3 * 2^22) - sc * 3 * 2^22 is exact and in one step, as
            // all of sc * sum is below 2^24.
            __m512 scale = loadScales((const float *)(weightScales[g] +
                                                      Layout::HalfScalesAt +
                                                      part * Line));
            const __m512 bias = _mm512_set1_ps(-0x1.8p23f);
            __m512 scaledBias = _mm512_mul_ps(scale, bias);
            for (int t = 0; t < Tokens; ++t) {
              __m512 biased = _mm512_castsi512_ps(dot[g][t]);
              products[g][t] =
                  part == 0
                      ? _mm512_fmadd_ps(scale, biased, scaledBias)
                      : _mm512_fmadd_ps(scale, _mm512_add_ps(biased, bias),
                                        products[g][t]);
            }
          } else {
            for (int t = 0; t < Tokens; ++t)
              products[g][t] = _mm512_cvtepi32_ps(dot[g][t]);
          }
        }
      }
      __m512 weightScale[Groups];
      for (int g = 0; g < Groups; ++g)
        weightScale[g] = loadScales(
            reinterpret_cast<const typename Layout::Scale *>(weightScales[g]));
      for (int t = 0; t < Tokens; ++t) {
        __m512 xScale = _mm512_castsi512_ps(broadcastFour(scales[t] + 4 * b));
        __m512i xSums = broadcastFour(halfSums[t] + 4 * b);
        __m512 xSum =
            _mm512_cvtepi32_ps(_mm512_madd_epi16(xSums, _mm512_set1_epi16(1)));
        for (int g = 0; g < Groups; ++g) {
          float *to = sums[g * MaxTokens + t];
          __m512 value = held ? sum[g] : _mm512_loadu_ps(to);
          value = _mm512_fmadd_ps(_mm512_mul_ps(weightScale[g], xScale),
                                  products[g][t], value);
          if constexpr (Layout::HasMins) {
            if constexpr (Layout::HasHalves)
              xSum = _mm512_cvtepi32_ps(_mm512_madd_epi16(
                  xSums,
                  _mm512_loadu_si512(weightScales[g] + Layout::HalfMinsAt)));
            __m512 min =
                loadScales((const float *)(weightScales[g] + Layout::MinAt));
            value = _mm512_fmadd_ps(_mm512_mul_ps(min, xScale), xSum, value);
          }
          if (held)
            sum[g] = value;
          else
            _mm512_storeu_ps(to, value);
        }
      }
      // Other sums stay in memory: the registers are for the dots.
      if (!held)
        asm volatile("" ::: "memory");
    };
    auto addBlocks = [&]<int... B>(std::integer_sequence<int, B...>)
        __attribute__((always_inline)) {
      (addBlock(std::integral_constant<int, B>()), ...);
    };
    constexpr int unit = Layout::UnitBlocks;
    int64_t left = tile.blocks;
    for (; left >= unit; left -= unit) {
      addBlocks(std::make_integer_sequence<int, unit>());
      units.advance(Layout::UnitBytes);
      values.advance(unit * BlockValues);
      scales.advance(unit * 4);
      halfSums.advance(unit * 4);
    }
    // Eight blocks are one of the file, of which there is no part.
    if constexpr (unit == 2)
      if (left != 0)
        addBlock(std::integral_constant<int, 0>());
    for (int g = 0; held && g < Groups; ++g)
      _mm512_storeu_ps(sums[g * MaxTokens], sum[g]);
  }

  static void transpose(const uint8_t *source, int64_t rowBytes,
                        Bytes (&lines)[8]) {
    auto row = [&](int64_t r) {
      return _mm256_loadu_si256((const __m256i *)(source + r * rowBytes));
    };
    // Rows r and r + 4 side by side: rows 0 to 7 in the first four registers,
    // 8 to 15 in the others; each 128 bits hold four values of four groups.
    __m512i quad[8], pairs[8];
    for (int i = 0; i < 8; ++i) {
      int r = i / 4 * 8 + i % 4;
      quad[i] =
          _mm512_inserti64x4(_mm512_castsi256_si512(row(r)), row(r + 4), 1);
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
      lines[i].v = Bytes::Vector(_mm512_shuffle_i64x2(half[0], half[1], 0x88));
      lines[i + 4].v =
          Bytes::Vector(_mm512_shuffle_i64x2(half[0], half[1], 0xdd));
    }
  }

  static Bytes lookUpIQ4(Bytes codes) {
    __m512i table =
        _mm512_broadcast_i32x4(_mm_loadu_si128((const __m128i *)iq4Values));
    return {Bytes::Vector(_mm512_shuffle_epi8(table, __m512i(codes.v)))};
  }

  /// Every register holds partial sums of two rows, four apart, in 128-bit
  /// units of four; a tree of additions leaves one sum a lane, rows in order.
  static F32x16 dotRows(const uint8_t *source, int64_t rowBytes,
                        const int8_t *x, int32_t sum) {
    const __m512i flip = _mm512_set1_epi8(-128);
    auto load = [](const void *p) {
      return _mm256_loadu_si256(static_cast<const __m256i *>(p));
    };
    const __m512i values = _mm512_broadcast_i64x4(load(x));
    auto twoRows = [&](int64_t r) {
      __m512i w = _mm512_inserti64x4(
          _mm512_castsi256_si512(load(source + r * rowBytes)),
          load(source + (r + 4) * rowBytes), 1);
      return _mm512_dpbusd_epi32(_mm512_setzero_si512(),
                                 _mm512_xor_si512(w, flip), values);
    };
    auto addPairs = [](__m512i a, __m512i b) {
      return _mm512_add_epi32(_mm512_unpacklo_epi32(a, b),
                              _mm512_unpackhi_epi32(a, b));
    };
    auto addQuads = [&](int64_t r) {
      __m512i a = addPairs(twoRows(r), twoRows(r + 1));
      __m512i b = addPairs(twoRows(r + 2), twoRows(r + 3));
      return _mm512_add_epi32(_mm512_unpacklo_epi64(a, b),
                              _mm512_unpackhi_epi64(a, b));
    };
    __m512i low = addQuads(0), high = addQuads(8);
    __m512i dots = _mm512_add_epi32(_mm512_shuffle_i64x2(low, high, 0x88),
                                    _mm512_shuffle_i64x2(low, high, 0xdd));
    return {_mm512_cvtepi32_ps(
        _mm512_add_epi32(dots, _mm512_set1_epi32(-128 * sum)))};
  }

private:
  /// The bits of 1.5 * 2^23: a sum below 2^22 added to them is a float.
  static constexpr int32_t IntegerBias = 0x4b400000;

  /// The same place in up to twice N rows, which two registers and the stride
  /// address. Without the asm, clang keeps a register for each of them.
  template <int N>
  class Rows {
  public:
    Rows(const uint8_t *first, const uint8_t *second, int64_t stride)
        : first(first), second(second), stride(stride) {
      asm("" : "+r"(this->second));
    }
    const uint8_t *operator[](int t) const {
      return t < N ? first + t * stride : second + (t - N) * stride;
    }
    void advance(int64_t bytes) {
      first += bytes;
      second += bytes;
    }

  private:
    const uint8_t *first;
    const uint8_t *second;
    int64_t stride;
  };

  /// Volatile keeps the tokens in lockstep: the compiler's own order runs one
  /// token's chain of five-cycle additions after another, and ran at 0.45 of
  /// the multiply-add peak of a Sapphire Rapids core instead of 0.70.
  static void addProducts(__m512i &sum, __m512i weights, __m512i x) {
    asm volatile("vpdpbusd %2, %1, %0" : "+v"(sum) : "v"(weights), "v"(x));
  }

  static __m512 loadScales(const float *p) { return _mm512_loadu_ps(p); }
  static __m512 loadScales(const uint16_t *p) {
    return _mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p));
  }

  static __m512i broadcastFour(const uint8_t *p) {
    int32_t four;
    memcpy(&four, p, 4);
    return _mm512_set1_epi32(four);
  }
};

int64_t multiplyLimit(int64_t rounds) {
  return multiplyBytes<64, __m512i>(rounds,
                                    [](__m512i sum, __m512i a, __m512i b) {
                                      return _mm512_dpbusd_epi32(sum, a, b);
                                    });
}

} // namespace

constinit const Kernels ignis::runtime::kernelsAVX512VNNI =
    kernelSet<VNNITile, __m512i,
              {.floatTokens = 12,
               .floatChains = 12,
               .attentionRows = 14,
               .attentionColumns = 2}>(
        "avx512vnni", [](const CpuFeatures &cpu) { return cpu.avx512vnni; },
        multiplyLimit);
