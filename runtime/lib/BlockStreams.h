//===- BlockStreams.h - Products of one token and of a few ------*- C++ -*-===//
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

/// Groups of rows that are multiplied together, half of them in each of two
/// places; or one, which stands for both of two.
template <int Count>
class StreamGroups {
public:
  StreamGroups(const BlockGeometry &geometry, const BlockRows &a,
               const BlockRows &b, int64_t first)
      : geometry(geometry), parts{&a, &b}, first(first) {}

  const uint8_t *panel(int g) const {
    return parts[g / halfCount]->panels + group(g) * geometry.groupBytes;
  }
  /// As a tile finds packed groups from byte `at` of their panels on.
  void place(BlockTile &tile, int64_t at) const {
    tile.panel = panel(0) + at;
    tile.groupStride = panel(1) - panel(0);
    // A third that there is not is gone over, too, but never read.
    tile.third = Count > 2 ? panel(2) + at : tile.panel;
  }
  /// The sums of all groups and some tokens are complete.
  template <int MaxTokens>
  void finish(int64_t token, int64_t tokens, const float (*dots)[16]) const {
    const int count = parts[0] == parts[1] ? halfCount : Count;
    for (int g = 0; g < count; ++g)
      finishProduct(parts[g / halfCount]->output, group(g) * groupRows,
                    parts[g / halfCount]->rowsOf(group(g)), token, tokens,
                    dots + g * MaxTokens);
  }

private:
  static constexpr int halfCount = Count / 2;
  int64_t group(int g) const { return first + g % halfCount; }

  const BlockGeometry &geometry;
  const BlockRows *parts[2];
  int64_t first;
};

/// Goes along packed weights in two places, the second perhaps without rows:
/// two streams of groups, so that memory always has requests of both under way.
/// Calls body(groups) for `Most` groups, two or four, and for two.
template <int Most, class Body>
void alongStreams(const BlockGeometry &geometry, BlockRows a, BlockRows b,
                  Body body) {
  for (;;) {
    if (a.groups() < b.groups())
      std::swap(a, b);
    // What one has more than the other is two streams again.
    int64_t both = b.groups();
    if (both == 0 && a.groups() > 1) {
      int64_t half = (a.groups() + 1) / 2;
      b = geometry.fromGroup(a, half);
      a.rows = half * groupRows;
      continue;
    }
    int64_t group = 0;
    for (; group + Most / 2 <= both; group += Most / 2)
      body(StreamGroups<Most>(geometry, a, b, group));
    for (; group < both; ++group)
      body(StreamGroups<2>(geometry, a, b, group));
    if (a.groups() == both)
      return;
    a = geometry.fromGroup(a, both);
    b.rows = 0;
    if (a.groups() == 1)
      return body(StreamGroups<2>(geometry, a, a, 0));
  }
}

/// One token: weights are unpacked as they are multiplied.
template <class Tile, class Format>
void multiplyOneToken(const BlockGeometry &geometry, const BlockRows &a,
                      const BlockRows &b) {
  alongStreams<2>(geometry, a, b, [&]<int Count>(StreamGroups<Count> groups) {
    alignas(64) float dots[Tile::maxTokens + 1][16] = {};
    BlockTile tile = geometry.tile(nullptr, 0, dots);
    groups.place(tile, 0);
    Tile::template run<PackedLayout<Tile, Format>, Count, 1, true>(tile);
    groups.template finish<Tile::maxTokens>(0, 1, dots);
  });
}

/// A few tokens, for which memory still sets the pace: some blocks of both
/// streams at a time, requested ahead, are multiplied by all of them.
template <class Tile, class Layout>
class FewTokens {
public:
  static constexpr int64_t mostTokens = 16;

  explicit FewTokens(const BlockGeometry &geometry)
      : geometry(geometry), tokens(geometry.product.tokens),
        share(evenShare(tokens, Tile::maxTokens, 1)) {}

  void run(const BlockRows &a, const BlockRows &b) {
    alongStreams<mostGroups>(
        geometry, a, b, [&]<int Count>(StreamGroups<Count> groups) {
          memset(dots, 0, sizeof dots);
          for (int64_t block = 0; block < geometry.blocks; block += chunkBlocks)
            multiplyChunk(groups, block);
          for (int64_t t = 0, tile = 0; t < tokens; t += share, ++tile)
            groups.template finish<Tile::maxTokens>(
                t, tokens - t < share ? tokens - t : share,
                dots + tile * Count * Tile::maxTokens);
        });
  }

private:
  static constexpr int mostGroups =
      Tile::template maxGroups<Layout> >= 4 ? 4 : 2;
  /// Few enough for L1, where the second tile finds them.
  static constexpr int64_t chunkBlocks = Layout::isPacked ? 4 : 8;
  static constexpr int64_t chunkBytes = bytesOf<Layout>(chunkBlocks);
  static constexpr int64_t tiles =
      (mostTokens + Tile::maxTokens - 1) / Tile::maxTokens;

  template <int Count>
  void multiplyChunk(const StreamGroups<Count> &groups, int64_t block) {
    const int64_t left = geometry.blocks - block;
    const int64_t blocks = left < chunkBlocks ? left : chunkBlocks;
    BlockTile tile = geometry.tile(operands[0], chunkBytes, dots);
    if constexpr (Layout::isPacked)
      groups.place(tile, geometry.unitAt(block));
    else
      expand(groups, block, blocks);
    tile.firstBlock = block;
    tile.blocks = blocks;
    // The first tile brings packed weights, the others find them.
    runBlockTile<Tile, Layout, Count, Tile::maxTokens, Layout::isPacked>(
        tokens < share ? tokens : share, tile);
    for (int64_t t = share; t < tokens; t += share) {
      tile.x += share * tile.rowBytes();
      tile.dots += Count * Tile::maxTokens;
      runBlockTile<Tile, Layout, Count, Tile::maxTokens, false>(
          tokens - t < share ? tokens - t : share, tile);
    }
  }

  /// In turn, so that both streams go on at the same pace.
  template <int Count>
  void expand(const StreamGroups<Count> &groups, int64_t block,
              int64_t blocks) {
    const BlockOps &ops = geometry.ops;
    for (int64_t b = 0; b < blocks; b += ops.unitBlocks)
      for (int g = 0; g < Count; ++g)
        ops.expandUnit(groups.panel(g) + geometry.unitAt(block + b),
                       blocks - b < ops.unitBlocks ? blocks - b
                                                   : ops.unitBlocks,
                       operands[g] + bytesOf<Layout>(b));
  }

  const BlockGeometry &geometry;
  const int64_t tokens;
  const int64_t share; ///< tokens of a tile
  alignas(64) float dots[tiles * mostGroups * Tile::maxTokens][16];
  alignas(64) uint8_t operands[mostGroups][Layout::isPacked ? 1 : chunkBytes];
};

/// One token and Q8_0 in the file: 16 rows at a time, each block's products
/// summed within its row. Packing them for a single token would take more time
/// than reading them. Of the rows only whole groups; returns how many.
template <class Tile>
int64_t multiplySourceQ8_0(const BlockProduct &product, const BlockRows &part) {
  constexpr int64_t blockBytes = 34;
  const int64_t blocks = product.cols / blockValues;
  const int64_t rowBytes = blocks * blockBytes;
  const auto *values = reinterpret_cast<const int8_t *>(product.x);
  const auto *scales =
      reinterpret_cast<const float *>(product.x + product.cols);
  const auto *sums = reinterpret_cast<const int16_t *>(scales + blocks);
  const int64_t groups = part.rows / groupRows;
  for (int64_t group = 0; group < groups; ++group) {
    const uint8_t *block = part.source + group * groupRows * rowBytes;
    const uint8_t *next = block + groupRows * rowBytes;
    F32x16 sum = F32x16::broadcast(0);
    for (int64_t b = 0; b < blocks; ++b, block += blockBytes) {
      // The next rows stand in one piece; requested nearer to their use, their
      // lines came half as fast.
      for (int64_t line = 0; line < groupRows * blockBytes; line += lineBytes)
        __builtin_prefetch(next + b * groupRows * blockBytes + line, 0, 2);
      uint16_t weightScales[groupRows];
      for (int64_t r = 0; r < groupRows; ++r)
        memcpy(&weightScales[r], block + r * rowBytes, 2);
      F32x16 dots = Tile::dotRows(block + 2, rowBytes, values + b * blockValues,
                                  sums[2 * b] + sums[2 * b + 1]);
      sum = F32x16::fma(
          F32x16::load(weightScales) * F32x16::broadcast(scales[b]), dots, sum);
    }
    alignas(64) float dots[16];
    sum.store(dots);
    finishProduct(part.output, group * groupRows, groupRows, 0, 1, &dots);
  }
  return groups;
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKSTREAMS_H
