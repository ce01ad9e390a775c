//===- KernelsScalar.cpp - Plain C++, for any target ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The reference that every other set equals bit for bit. Compiled with hardware
// fma where the target has a baseline that includes it.
//
//===----------------------------------------------------------------------===//

#include "VectorScalar.h"

#include "FloatTile.h"

#include "AttentionKernel.h"
#include "BlockProductKernel.h"
#include "FloatProductKernel.h"
#include "Limits.h"
#include "Platform.h"

namespace {

struct ScalarTile {
  static constexpr int maxTokens = 4;
  template <class Layout>
  static constexpr int maxGroups = 1;
  static constexpr int sliceBlocks = 32; ///< 17 to 26 KiB
  static constexpr int valuesAtOnce = 4;
  static constexpr bool unsignedOperands = false;

  template <class Layout, int Groups, int Tokens, bool Prefetch>
  static void run(const BlockTile &tile) {
    for (int g = 0; g < Groups; ++g)
      for (int t = 0; t < Tokens; ++t)
        for (int64_t b = 0; b < tile.blocks; ++b)
          addBlock<Layout>(
              tile.panel + g * tile.groupStride + b / 2 * Layout::PairBytes,
              b % 2, tile.values(t) + b * BlockValues, tile.scales(t)[b],
              tile.sums(t) + 2 * b, tile.dots[g * maxTokens + t]);
  }

  static void transpose(const uint8_t *source, int64_t rowBytes,
                        Bytes (&lines)[8]) {
    for (int64_t i = 0; i < 8; ++i) {
      uint8_t line[Line];
      for (int64_t r = 0; r < GroupRows; ++r)
        memcpy(line + 4 * r, source + r * rowBytes + 4 * i, 4);
      lines[i] = Bytes::load(line);
    }
  }

  static Bytes lookUpIQ4(Bytes codes) {
    uint8_t bytes[Line];
    codes.store(bytes);
    for (uint8_t &byte : bytes)
      byte = uint8_t(iq4Values[byte]);
    return Bytes::load(bytes);
  }

  static F32x16 dotRows(const uint8_t *source, int64_t rowBytes,
                        const int8_t *x, int32_t) {
    return F32x16::generate([&](int r) {
      const auto *row = reinterpret_cast<const int8_t *>(source + r * rowBytes);
      int32_t sum = 0;
      for (int64_t i = 0; i < BlockValues; ++i)
        sum += row[i] * x[i];
      return float(sum);
    });
  }

private:
  template <class Layout>
  static void addBlock(const uint8_t *pair, int64_t b, const int8_t *x,
                       float xScale, const int16_t *xSums, float *dots) {
    const uint8_t *operand = pair + Layout::operandAt(b);
    const auto *values = reinterpret_cast<const int8_t *>(operand);
    const F32x16 scales =
        F32x16::load(reinterpret_cast<const typename Layout::Scale *>(
            pair + Layout::scaleAt(b)));
    int32_t sums[2][GroupRows] = {};
    for (int64_t i = 0; i < BlockValues; i += 4, values += 4 * GroupRows)
      for (int64_t r = 0; r < GroupRows; ++r)
        for (int64_t l = 0; l < 4; ++l)
          sums[i / 16][r] += values[4 * r + l] * x[i + l];
    auto at = [&](int64_t place, int64_t r) {
      float value;
      memcpy(&value, operand + place + 4 * r, sizeof value);
      return value;
    };
    for (int64_t r = 0; r < GroupRows; ++r) {
      float products;
      if constexpr (Layout::HasHalves)
        products = at(Layout::HalfScalesAt, r) * float(sums[0][r]) +
                   at(Layout::HalfScalesAt + Line, r) * float(sums[1][r]);
      else
        products = float(sums[0][r] + sums[1][r]);
      dots[r] = __builtin_fmaf(scales.lane[r] * xScale, products, dots[r]);
      if constexpr (Layout::HasMins) {
        int32_t xSum = xSums[0] + xSums[1];
        if constexpr (Layout::HasHalves) {
          int16_t mins[2];
          memcpy(mins, operand + Layout::HalfMinsAt + 4 * r, sizeof mins);
          xSum = mins[0] * xSums[0] + mins[1] * xSums[1];
        }
        dots[r] =
            __builtin_fmaf(at(Layout::MinAt, r) * xScale, float(xSum), dots[r]);
      }
    }
  }
};

constexpr int FloatTileTokens = 4;

using IntLanes = int32_t __attribute__((vector_size(16)));

/// Multiply-adds in 32 bits, the least that the compiler vectorises.
int64_t multiplyLimit(int64_t rounds) {
  return multiplyBytes<4, IntLanes>(
      rounds, [](IntLanes sum, IntLanes a, IntLanes b) { return sum + a * b; });
}

} // namespace

constinit const Kernels ignis::runtime::kernelsScalar = {
    "scalar",
    [](const CpuFeatures &cpu) { return cpu.baseline; },
    blockKernels<ScalarTile>,
    multiplyFloat<FloatTileTokens>,
    append,
    attentionKernels<FloatTileTokens, 1>(),
    readStreams<uint64_t>,
    multiplyLimit,
    multiplyFloats<4>,
};

extern "C" float ignis_rt_exp(float x) {
  return exponential(FloatLanes<1>::broadcast(x)).lane[0];
}
