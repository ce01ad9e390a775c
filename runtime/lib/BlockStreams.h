//===- BlockStreams.h - Products of one token -------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKSTREAMS_H
#define IGNIS_RUNTIME_LIB_BLOCKSTREAMS_H

#include "BlockTile.h"
#include "ProductOutput.h"

#include <cstring>
#include <utility>

namespace {

/// One token and packed weights: two streams of groups, requested ahead, so
/// that memory always has requests of both under way.
template <class Tile, class Layout>
class BlockStreams {
public:
  explicit BlockStreams(const BlockGeometry<Layout> &geometry)
      : geometry(geometry) {}

  /// Rows in two places, the second perhaps without rows.
  void run(BlockRows a, BlockRows b) {
    for (;;) {
      if (a.groups() < b.groups())
        std::swap(a, b);
      // What one has more than the other is two streams again.
      int64_t both = b.groups();
      if (both == 0 && a.groups() > 1) {
        int64_t half = (a.groups() + 1) / 2;
        b = geometry.fromGroup(a, half);
        a.rows = half * GroupRows;
        continue;
      }
      for (int64_t group = 0; group < both; ++group) {
        multiply<2>(a, b, group);
        finish(a, group, dots);
        finish(b, group, dots + Tile::maxTokens);
      }
      if (a.groups() == both)
        return;
      a = geometry.fromGroup(a, both);
      b.rows = 0;
      if (a.groups() == 1) {
        multiply<1>(a, a, 0);
        return finish(a, 0, dots);
      }
    }
  }

private:
  /// Blocks that are expanded before they are multiplied.
  static constexpr int64_t ChunkBlocks = 8;

  template <int Groups>
  void multiply(const BlockRows &a, const BlockRows &b, int64_t group) {
    const uint8_t *panels[] = {a.panels + group * geometry.groupBytes,
                               b.panels + group * geometry.groupBytes};
    if constexpr (BlockGeometry<Layout>::isDirect) {
      Tile::template run<Layout, Groups, 1, true>(
          geometry.tile(panels[0], panels[1] - panels[0], dots));
    } else {
      constexpr int64_t chunkBytes = ChunkBlocks * Layout::BlockBytes;
      alignas(64) uint8_t operands[Groups][chunkBytes];
      BlockTile tile = geometry.tile(operands[0], chunkBytes, dots);
      const BlockOps &ops = geometry.ops;
      for (int64_t block = 0; block < geometry.blocks; block += ChunkBlocks) {
        int64_t left = geometry.blocks - block;
        tile.firstBlock = block;
        tile.blocks = left < ChunkBlocks ? left : ChunkBlocks;
        // In turn, so that both streams go on at the same pace.
        for (int64_t b = 0; b < tile.blocks; b += ops.unitBlocks)
          for (int g = 0; g < Groups; ++g)
            ops.expandUnit(panels[g] + geometry.unitAt(block + b),
                           left - b < ops.unitBlocks ? left - b
                                                     : ops.unitBlocks,
                           operands[g] + b / 2 * Layout::PairBytes);
        Tile::template run<Layout, Groups, 1, false>(tile);
      }
    }
  }

  void finish(const BlockRows &rows, int64_t group, float (*dot)[16]) {
    finishProduct(rows.output, group * GroupRows, rows.rowsOf(group), 0, 1,
                  dot);
    memset(dot, 0, sizeof *dot);
  }

  const BlockGeometry<Layout> &geometry;
  alignas(64) float dots[Tile::maxTokens + 1][16] = {};
};

/// One token and Q8_0 in the file: 16 rows at a time, each block's products
/// summed within its row. Packing them for a single token would take more time
/// than reading them. Of the rows only whole groups; returns how many.
template <class Tile>
int64_t multiplySourceQ8_0(const BlockProduct &product, const BlockRows &part) {
  constexpr int64_t blockBytes = 34;
  const int64_t blocks = product.cols / BlockValues;
  const int64_t rowBytes = blocks * blockBytes;
  const auto *values = reinterpret_cast<const int8_t *>(product.x);
  const auto *scales =
      reinterpret_cast<const float *>(product.x + product.cols);
  const auto *sums = reinterpret_cast<const int16_t *>(scales + blocks);
  const int64_t groups = part.rows / GroupRows;
  for (int64_t group = 0; group < groups; ++group) {
    const uint8_t *block = part.source + group * GroupRows * rowBytes;
    const uint8_t *next = block + GroupRows * rowBytes;
    F32x16 sum = F32x16::broadcast(0);
    for (int64_t b = 0; b < blocks; ++b, block += blockBytes) {
      // The next rows stand in one piece; requested nearer to their use, their
      // lines came half as fast.
      for (int64_t line = 0; line < GroupRows * blockBytes; line += Line)
        __builtin_prefetch(next + b * GroupRows * blockBytes + line, 0, 2);
      uint16_t weightScales[GroupRows];
      for (int64_t r = 0; r < GroupRows; ++r)
        memcpy(&weightScales[r], block + r * rowBytes, 2);
      F32x16 dots = Tile::dotRows(block + 2, rowBytes, values + b * BlockValues,
                                  sums[2 * b] + sums[2 * b + 1]);
      sum = F32x16::fma(
          F32x16::load(weightScales) * F32x16::broadcast(scales[b]), dots, sum);
    }
    alignas(64) float dots[16];
    sum.store(dots);
    finishProduct(part.output, group * GroupRows, GroupRows, 0, 1, &dots);
  }
  return groups;
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKSTREAMS_H
