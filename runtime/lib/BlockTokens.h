//===- BlockTokens.h - Products of many tokens ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKTOKENS_H
#define IGNIS_RUNTIME_LIB_BLOCKTOKENS_H

#include "BlockTile.h"
#include "ProductOutput.h"

#include <cstring>

namespace {

/// The weights that are needed next, requested a little with every tile.
class Ahead {
public:
  Ahead(const uint8_t *next, int64_t bytes, int64_t tiles)
      : next(next), end(next + bytes),
        step((bytes / tiles + lineBytes) / lineBytes * lineBytes) {}

  void request() {
    const uint8_t *stop = end - next < step ? end : next + step;
    for (; next < stop; next += lineBytes)
      __builtin_prefetch(next, 0, 2); // into L2: L1 holds what is used now
  }

private:
  const uint8_t *next;
  const uint8_t *end;
  int64_t step;
};

/// A product of many tokens. They stay in L2 while all weights pass by; of
/// those, a slice of a few groups stays in L1, as tiles read it, while the
/// tokens pass by.
template <class Tile, class Layout>
class BlockTokens {
public:
  explicit BlockTokens(const BlockGeometry &geometry)
      : geometry(geometry), product(geometry.product), ops(geometry.ops),
        blocks(geometry.blocks),
        slice(evenShare(blocks, Tile::sliceBlocks, ops.unitBlocks)) {}

  /// Either may be without rows.
  void run(const BlockRows &a, const BlockRows &b) {
    int64_t most = residentBytes / ignis_q8_row_bytes(product.cols);
    most = most < Tile::maxTokens  ? Tile::maxTokens
           : most < residentTokens ? most / Tile::maxTokens * Tile::maxTokens
                                   : residentTokens;
    int64_t share = evenShare(product.tokens, most, Tile::maxTokens);
    for (first = 0; first < product.tokens; first += share) {
      count = product.tokens - first < share ? product.tokens - first : share;
      part = &a;
      multiplyFrom<sliceGroups>(0);
      part = &b;
      multiplyFrom<sliceGroups>(0);
    }
  }

private:
  static constexpr int sliceGroups = Tile::template maxGroups<Layout>;
  /// Of quantised activations: half an L2 of 1 MiB.
  static constexpr int64_t residentBytes = 512 << 10;
  static constexpr int64_t residentTokens =
      256 / Tile::maxTokens * Tile::maxTokens;

  template <int Groups>
  void multiplyFrom(int64_t group) {
    for (; group + Groups <= part->groups(); group += Groups)
      multiplyGroups<Groups>(group);
    if constexpr (Groups > 1)
      multiplyFrom<Groups / 2>(group);
  }

  template <int Groups>
  void multiplyGroups(int64_t group) {
    // Past the last rows stand those of the next call, if any; to request what
    // is not there does no harm.
    const uint8_t *weights = part->panels ? part->panels : part->source;
    int64_t bytes =
        part->panels ? geometry.groupBytes : groupRows * geometry.rowBytes;
    Ahead ahead(weights + (group + Groups) * bytes, bytes * Groups,
                ceilDiv(blocks, slice) * ceilDiv(count, Tile::maxTokens));
    for (int64_t block = 0; block < blocks; block += slice)
      multiplySlice<Groups>(group, block, ahead);
  }

  /// Adds the products of a slice to `dots`, where they wait for the next one.
  template <int Groups>
  void multiplySlice(int64_t group, int64_t block, Ahead &ahead) {
    constexpr int tileDots = Groups * Tile::maxTokens;
    bool isLast = block + slice >= blocks;
    BlockTile tile =
        geometry.tile(transient, bytesOf<Layout>(slice), dots);
    tile.x += first * tile.rowBytes();
    tile.firstBlock = block;
    tile.blocks = isLast ? blocks - block : slice;
    if (Layout::isPacked && part->panels) {
      tile.groupStride = geometry.groupBytes;
      tile.panel = panelOf(group) + geometry.unitAt(block);
      tile.third = tile.panel + 2 * tile.groupStride;
    } else {
      for (int64_t g = 0; g < Groups; ++g)
        expand(group + g, block, tile.blocks, transient + g * tile.groupStride);
    }
    for (int64_t t = 0; t < count; t += Tile::maxTokens) {
      int64_t tokens =
          count - t < Tile::maxTokens ? count - t : Tile::maxTokens;
      if (block == 0)
        memset(tile.dots, 0, sizeof *dots * tileDots);
      ahead.request();
      if (isLast)
        prefetchOutput(part->output, group * groupRows, Groups,
                       first + t + tokens, tokens);
      runBlockTile<Tile, Layout, Groups, Tile::maxTokens, false>(tokens, tile);
      for (int64_t g = 0; isLast && g < Groups; ++g)
        finishProduct(part->output, (group + g) * groupRows,
                      part->rowsOf(group + g), first + t, tokens,
                      tile.dots + g * Tile::maxTokens);
      tile.x += Tile::maxTokens * tile.rowBytes();
      tile.dots += tileDots;
    }
  }

  const uint8_t *panelOf(int64_t group) const {
    return part->panels + group * geometry.groupBytes;
  }

  void expand(int64_t group, int64_t block, int64_t count, uint8_t *to) const {
    if (!part->panels) {
      const uint8_t *rows =
          part->source + group * groupRows * geometry.rowBytes;
      return ops.expandSource(rows + geometry.sourceAt(block),
                              geometry.rowBytes, part->rowsOf(group), count,
                              to);
    }
    const uint8_t *unit = panelOf(group) + geometry.unitAt(block);
    for (; count > 0; count -= ops.unitBlocks) {
      ops.expandUnit(unit, count < ops.unitBlocks ? count : ops.unitBlocks, to);
      unit += ops.unitBytes;
      to += bytesOf<Layout>(ops.unitBlocks);
    }
  }

  const BlockGeometry &geometry;
  const BlockProduct &product;
  const BlockOps &ops;
  int64_t blocks;
  const BlockRows *part = nullptr;
  int64_t slice;     ///< blocks
  int64_t first = 0; ///< of the tokens that are in L2
  int64_t count = 0;
  alignas(64) float dots[sliceGroups * residentTokens][16];
  alignas(
      64) uint8_t transient[sliceGroups * bytesOf<Layout>(Tile::sliceBlocks)];
};

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKTOKENS_H
