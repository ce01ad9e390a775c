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

#include "KernelSet.h"

namespace {

struct ScalarTile {
  static constexpr int maxTokens = 4;
  template <class Layout>
  static constexpr int maxGroups = 1;
  static constexpr int sliceBlocks = 32; ///< 17 to 26 KiB
  static constexpr int valuesAtOnce = 4;
  static constexpr bool unsignedOperands = false;
  static constexpr int registerBytes = 64;

  template <class Layout, int Groups, int Tokens, bool Prefetch>
  static void run(const BlockTile &tile) {
    for (int g = 0; g < Groups; ++g)
      for (int64_t block = 0; block < tile.blocks; ++block) {
        const uint8_t *unit = tile.panel + g * tile.groupStride +
                              block / Layout::unitBlocks * Layout::unitBytes;
        alignas(64) uint8_t operand[operandBytes], room[Layout::scaleBytes];
        const auto b = int(block % Layout::unitBlocks);
        for (int i = 0; i < 8; ++i)
          Layout::template operand<Bytes>(unit, b, i, 0)
              .store(operand + i * lineBytes);
        const uint8_t *scales = Layout::scales(unit, b, room);
        for (int t = 0; t < Tokens; ++t)
          addBlock<Layout>(operand, scales,
                           tile.values(t) + block * blockValues,
                           tile.scales(t)[block], tile.sums(t) + 2 * block,
                           tile.dots[g * maxTokens + t]);
      }
  }

  static void transpose(const uint8_t *source, int64_t rowBytes,
                        Bytes (&lines)[8]) {
    for (int64_t i = 0; i < 8; ++i) {
      uint8_t line[lineBytes];
      for (int64_t r = 0; r < groupRows; ++r)
        memcpy(line + 4 * r, source + r * rowBytes + 4 * i, 4);
      lines[i] = Bytes::load(line);
    }
  }

  static Bytes lookUpIQ4(Bytes codes) {
    uint8_t bytes[lineBytes];
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
      for (int64_t i = 0; i < blockValues; ++i)
        sum += row[i] * x[i];
      return float(sum);
    });
  }

private:
  template <class Layout>
  static void addBlock(const uint8_t *operand, const uint8_t *lines,
                       const int8_t *x, float xScale, const int16_t *xSums,
                       float *dots) {
    const auto *values = reinterpret_cast<const int8_t *>(operand);
    const F32x16 scales = F32x16::load(
        reinterpret_cast<const typename Layout::Scale *>(lines));
    int32_t sums[2][groupRows] = {};
    for (int64_t i = 0; i < blockValues; i += 4, values += 4 * groupRows)
      for (int64_t r = 0; r < groupRows; ++r)
        for (int64_t l = 0; l < 4; ++l)
          sums[i / 16][r] += values[4 * r + l] * x[i + l];
    auto at = [&](int64_t place, int64_t r) {
      float value;
      memcpy(&value, lines + place + 4 * r, sizeof value);
      return value;
    };
    for (int64_t r = 0; r < groupRows; ++r) {
      float products;
      if constexpr (Layout::hasHalves)
        products = at(Layout::halfScalesAt, r) * float(sums[0][r]) +
                   at(Layout::halfScalesAt + lineBytes, r) *
                       float(sums[0][r] + sums[1][r]);
      else
        products = float(sums[0][r] + sums[1][r]);
      dots[r] = __builtin_fmaf(scales.lane[r] * xScale, products, dots[r]);
      if constexpr (Layout::hasMins) {
        int32_t xSum = xSums[0] + xSums[1];
        if constexpr (Layout::hasHalves) {
          int16_t mins[2];
          memcpy(mins, lines + Layout::halfMinsAt + 4 * r, sizeof mins);
          xSum = mins[0] * xSums[0] + mins[1] * xSums[1];
        }
        dots[r] =
            __builtin_fmaf(at(Layout::minAt, r) * xScale, float(xSum), dots[r]);
      }
    }
  }
};

using IntLanes = int32_t __attribute__((vector_size(16)));

/// Multiply-adds in 32 bits, the least that the compiler vectorises.
int64_t multiplyLimit(int64_t rounds) {
  return multiplyBytes<4, IntLanes>(
      rounds, [](IntLanes sum, IntLanes a, IntLanes b) { return sum + a * b; });
}

} // namespace

constinit const Kernels ignis::runtime::kernelsScalar =
    kernelSet<ScalarTile, uint64_t,
              {.floatTokens = 4,
               .floatChains = 4,
               .attentionRows = 4,
               .attentionColumns = 1}>(
        "scalar", [](const CpuFeatures &cpu) { return cpu.baseline; },
        multiplyLimit);

extern "C" float ignis_rt_exp(float x) {
  return exponential(FloatLanes<1>::broadcast(x)).lane[0];
}
