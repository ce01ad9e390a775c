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
  static constexpr int maxTokens = 6;
  /// Of halves, the sums of the first wait in registers for the second's.
  template <class Layout>
  static constexpr int maxGroups = Layout::hasHalves ? 2 : 4;
  static constexpr int sliceBlocks = 16; ///< 34 to 40 KiB
  static constexpr int valuesAtOnce = 4;
  static constexpr bool unsignedOperands = true;

  static constexpr int registerBytes = 64;

  template <class Layout, int Groups, int Tokens, bool Prefetch>
  static void run(const BlockTile &tile) {
    const uint8_t *first = tile.x + tile.valueOffset();
    Rows<3> values(first, first + 3 * tile.rowBytes(), tile.rowBytes());
    Rows<2> units(tile.panel, tile.third, tile.groupStride);
    float(*const sums)[16] = tile.dots;
    // Of one token there is room for the sums.
    constexpr bool held = Tokens == 1;
    __m512 sum[Groups];
    for (int g = 0; held && g < Groups; ++g)
      sum[g] = _mm512_loadu_ps(sums[g * maxTokens]);
    TokenBlocks<Layout, Tokens> x;
    auto addBlock = [&](auto index, int64_t at) __attribute__((always_inline)) {
      constexpr int b = index;
      if constexpr (Prefetch)
        for (int g = 0; g < Groups; ++g)
          requestAhead<Layout>(units[g], b);
      alignas(64) uint8_t room[Groups][Layout::scaleBytes];
      const uint8_t *weightScales[Groups];
      for (int g = 0; g < Groups; ++g)
        weightScales[g] = Layout::scales(units[g], b, room[g]);
      auto scaleLine = [&](int g, int64_t line) {
        return loadScales((const float *)(weightScales[g] + line));
      };
      __m512i dot[Groups][Tokens];
      for (int t = 0; t < Tokens; ++t)
        for (int g = 0; g < Groups; ++g)
          dot[g][t] = _mm512_set1_epi32(x.starts[t][at + b]);
      auto addLines = [&](int begin, int end) __attribute__((always_inline)) {
#pragma GCC unroll 8
        for (int i = begin; i < end; ++i) {
          __m512i w[Groups];
          for (int g = 0; g < Groups; ++g)
            w[g] =
                __m512i(Layout::template operand<Bytes>(units[g], b, i, 0).v);
          for (int t = 0; t < Tokens; ++t) {
            __m512i four = broadcastFour(values[t] + b * blockValues + 4 * i);
            for (int g = 0; g < Groups; ++g)
              addProducts(dot[g][t], w[g], four);
          }
        }
      };
      __m512 products[Groups][Tokens];
      if constexpr (Layout::hasHalves) {
        addLines(0, 4);
        __m512 half[Groups][Tokens];
        for (int t = 0; t < Tokens; ++t)
          for (int g = 0; g < Groups; ++g)
            half[g][t] = _mm512_sub_ps(_mm512_castsi512_ps(dot[g][t]),
                                       _mm512_set1_ps(x.zeros[t][at + b]));
        addLines(4, 8);
        // All are integers below 2^24, so that every step is exact.
        for (int g = 0; g < Groups; ++g) {
          __m512 difference = scaleLine(g, Layout::halfScalesAt);
          __m512 scale = scaleLine(g, Layout::halfScalesAt + lineBytes);
          __m512 scaledBias = _mm512_mul_ps(scale, _mm512_set1_ps(-0x1.8p23f));
          for (int t = 0; t < Tokens; ++t)
            products[g][t] = _mm512_fmadd_ps(
                difference, half[g][t],
                _mm512_fmadd_ps(scale, _mm512_castsi512_ps(dot[g][t]),
                                scaledBias));
        }
      } else {
        addLines(0, 8);
        for (int g = 0; g < Groups; ++g)
          for (int t = 0; t < Tokens; ++t)
            products[g][t] = _mm512_cvtepi32_ps(dot[g][t]);
      }
      __m512 weightScale[Groups];
      for (int g = 0; g < Groups; ++g)
        weightScale[g] = loadScales(
            reinterpret_cast<const typename Layout::Scale *>(weightScales[g]));
      for (int t = 0; t < Tokens; ++t) {
        __m512 xScale = _mm512_set1_ps(x.scales[t][at + b]);
        for (int g = 0; g < Groups; ++g) {
          float *to = sums[g * maxTokens + t];
          __m512 value = held ? sum[g] : _mm512_loadu_ps(to);
          value = _mm512_fmadd_ps(_mm512_mul_ps(weightScale[g], xScale),
                                  products[g][t], value);
          if constexpr (Layout::hasMins) {
            __m512 xSum = _mm512_set1_ps(x.sums[t][at + b]);
            if constexpr (Layout::hasHalves)
              xSum = _mm512_cvtepi32_ps(_mm512_madd_epi16(
                  _mm512_castps_si512(xSum),
                  _mm512_loadu_si512(weightScales[g] + Layout::halfMinsAt)));
            value = _mm512_fmadd_ps(
                _mm512_mul_ps(scaleLine(g, Layout::minAt), xScale), xSum,
                value);
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
    auto addBlocks = [&]<int... B>(std::integer_sequence<int, B...>, int64_t at)
        __attribute__((always_inline)) {
      (addBlock(std::integral_constant<int, B>(), at), ...);
    };
    constexpr int unit = Layout::unitBlocks;
    for (int64_t block = 0; block < tile.blocks; block += x.blocks) {
      int64_t left = tile.blocks - block;
      int64_t count = left < x.blocks ? left : x.blocks;
      x.read(tile, block, count);
      int64_t at = 0;
      for (; at + unit <= count; at += unit) {
        addBlocks(std::make_integer_sequence<int, unit>(), at);
        units.advance(Layout::unitBytes);
        values.advance(unit * blockValues);
      }
      // Eight blocks are one of the file, of which there is no part.
      if constexpr (unit == 2)
        if (at != count)
          addBlock(std::integral_constant<int, 0>(), at);
    }
    for (int g = 0; held && g < Groups; ++g)
      _mm512_storeu_ps(sums[g * maxTokens], sum[g]);
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
  static constexpr int32_t integerBias = 0x4b400000;

  /// What a tile needs of a few blocks of its tokens besides their values:
  /// sixteen of a token at a time, as one block's would be as many steps.
  template <class Layout, int Tokens>
  struct TokenBlocks {
    static constexpr int64_t blocks = 16;

    alignas(64) float scales[Tokens][blocks];
    /// What integer sums begin at: minus the operands' offset times the sum of
    /// the block; of halves as the bits of a float.
    alignas(64) int32_t starts[Tokens][blocks];
    /// What the first half's sums begin at, as the second half is yet to come.
    alignas(64) float zeros[Tokens][Layout::hasHalves ? blocks : 1];
    /// The sum of the block, or the bits of those of its halves.
    alignas(64) float sums[Tokens][Layout::hasMins ? blocks : 1];

    void read(const BlockTile &tile, int64_t block, int64_t count) {
      const auto some = __mmask16((1 << count) - 1);
      const __m512i offsets = _mm512_set1_epi16(int16_t(-tile.offset));
      const __m512i bias =
          _mm512_set1_epi32(Layout::hasHalves ? integerBias : 0);
      for (int t = 0; t < Tokens; ++t) {
        _mm512_store_ps(
            scales[t], _mm512_maskz_loadu_ps(some, tile.scales(t) + block));
        __m512i pairs =
            _mm512_maskz_loadu_epi32(some, tile.sums(t) + 2 * block);
        auto startAt = [&](__m512i times) {
          return Layout::hasMins ? bias
                                 : _mm512_dpwssd_epi32(bias, pairs, times);
        };
        _mm512_store_si512(starts[t], startAt(offsets));
        if constexpr (Layout::hasHalves)
          _mm512_store_si512(zeros[t], startAt(_mm512_slli_epi32(offsets, 16)));
        if constexpr (Layout::hasMins && Layout::hasHalves)
          _mm512_store_si512(sums[t], pairs);
        else if constexpr (Layout::hasMins)
          _mm512_store_ps(sums[t], _mm512_cvtepi32_ps(_mm512_madd_epi16(
                                       pairs, _mm512_set1_epi16(1))));
      }
    }
  };

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
