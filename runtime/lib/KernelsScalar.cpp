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
#include "Dequantize.h"
#include "FloatProductKernel.h"
#include "Limits.h"
#include "Platform.h"
#include "Q8ProductKernel.h"
#include "ignis/Runtime/WeightFormats.h"

namespace {

struct ScalarTile {
  static constexpr int maxTokens = 4;
  static constexpr int maxGroups = 1;
  static constexpr int sliceBlocks = 32; ///< 17 KiB
  static constexpr PackedOrder order = PackedOrder::Groups4;

  template <int Groups, int Tokens, bool Prefetch>
  static void run(const Q8Tile &tile) {
    for (int g = 0; g < Groups; ++g)
      for (int t = 0; t < Tokens; ++t)
        for (int64_t b = 0; b < tile.blocks; ++b)
          addBlock(tile.panel + g * tile.groupStride + b / 2 * PairBytes, b % 2,
                   tile.values(t) + b * BlockValues, tile.scales(t)[b],
                   tile.dots[g * maxTokens + t]);
  }

  static void transpose(const uint8_t *source, int64_t rowBytes,
                        uint8_t *values) {
    for (int64_t r = 0; r < GroupRows; ++r)
      for (int64_t i = 0; i < BlockValues; i += 4)
        memcpy(values + placeOf<order>(i, r), source + r * rowBytes + i, 4);
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
  static void addBlock(const uint8_t *pair, int64_t half, const int8_t *x,
                       float xScale, float *dots) {
    const auto *scales =
        reinterpret_cast<const uint16_t *>(pair) + half * GroupRows;
    const auto *values = reinterpret_cast<const int8_t *>(pair) +
                         PairScaleBytes + half * PairValueBytes;
    int32_t sum[GroupRows] = {};
    for (int64_t i = 0; i < BlockValues; i += 4, values += 4 * GroupRows)
      for (int64_t r = 0; r < GroupRows; ++r)
        for (int64_t l = 0; l < 4; ++l)
          sum[r] += values[4 * r + l] * x[i + l];
    for (int64_t r = 0; r < GroupRows; ++r)
      dots[r] = __builtin_fmaf(floatOfHalf(scales[r]) * xScale, float(sum[r]),
                               dots[r]);
  }
};

constexpr int FloatTileTokens = 4;

using IntLanes = int32_t __attribute__((vector_size(16)));

/// Multiply-adds in 32 bits, the least that the compiler vectorises.
int64_t multiplyLimit(int64_t rounds) {
  return multiplyBytes<4, IntLanes>(
      rounds, [](IntLanes sum, IntLanes a, IntLanes b) { return sum + a * b; });
}

/// acc plus the products of a block of weights and one of activations, whose
/// scale is `d`.
float addBlock(const WeightBlock &block, const int8_t *q, float d, float acc) {
  int32_t products = 0, sums = 0;
  for (int h = 0; h < 2; ++h) {
    int32_t product = 0, sum = 0;
    for (int i = 16 * h; i < 16 * h + 16; ++i) {
      product += block.values[i] * q[i];
      sum += q[i];
    }
    products += block.scales[h] * product;
    sums += block.mins[h] * sum;
  }
  acc = __builtin_fmaf(block.scale * d, float(products), acc);
  return block.hasMins ? __builtin_fmaf(block.min * d, float(sums), acc) : acc;
}

} // namespace

void ignis::runtime::multiplyBlocks(const BlockProduct &product) {
  const int64_t rowBytes =
      findWeightFormat(product.type)->rowBytes(product.cols);
  constexpr int64_t slice = 64; // tokens that share a block's reading
  for (int64_t row = 0; row < product.rows; ++row)
    for (int64_t first = 0; first < product.tokens; first += slice) {
      int64_t tokens =
          product.tokens - first < slice ? product.tokens - first : slice;
      float dots[slice][16] = {};
      for (int64_t b = 0; b < product.cols / BlockValues; ++b) {
        WeightBlock block;
        readBlock(product.type, product.source + row * rowBytes, b, block);
        for (int64_t t = 0; t < tokens; ++t) {
          const uint8_t *x =
              product.x + (first + t) * ignis_q8_row_bytes(product.cols);
          float d;
          memcpy(&d, x + product.cols + 4 * b, sizeof d);
          dots[t][0] = addBlock(
              block, reinterpret_cast<const int8_t *>(x) + b * BlockValues, d,
              dots[t][0]);
        }
      }
      finishProduct(product.output, row, 1, first, tokens, dots);
    }
}

constinit const Kernels ignis::runtime::kernelsScalar = {
    "scalar",
    [](const CpuFeatures &cpu) { return cpu.baseline; },
    ScalarTile::order,
    packQ8<ScalarTile>,
    multiplyQ8<ScalarTile>,
    multiplyFloat<FloatTileTokens>,
    append,
    attend<FloatTileTokens, 1>,
    readStreams<uint64_t>,
    multiplyLimit,
    multiplyFloats<4>,
};

extern "C" float ignis_rt_exp(float x) {
  return exponential(FloatLanes<1>::broadcast(x)).lane[0];
}
