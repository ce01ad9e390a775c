//===- BlockProductKernel.h - Products with weights in blocks ---*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loops around an ISA's tile, a class with
//   maxTokens              of the largest tile
//   maxGroups<Layout>      of 16 rows; Layout is one of BlockPanel.h
//   sliceBlocks            blocks of so many groups that L1 holds, eights
//   valuesAtOnce           values of a row that stand together in an operand
//   unsignedOperands       whether operands are u plus an offset, or u itself
//   run<Layout, Groups, Tokens, Prefetch>(tile)
//   transpose(source, rowBytes, lines)   32 bytes of 16 rows as operand lines
//   lookUpIQ4(codes)       of the table of IQ4
//   dotRows(source, rowBytes, x, sums)   integer products of 32 signed bytes of
//                          16 rows with a token's block, lane r those of row r
// A format comes as its BlockOps. Included once per kernel file, after its
// Vector*.h.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKPRODUCTKERNEL_H
#define IGNIS_RUNTIME_LIB_BLOCKPRODUCTKERNEL_H

#include "BlockPanel.h"
#include "ProductOutput.h"

#include <cstring>
#include <type_traits>

namespace {

/// dots[g * maxTokens + t][r] += the products of `blocks` blocks of group g's
/// row r and token t.
struct BlockTile {
  const uint8_t *panel; ///< the first block's pair
  int64_t groupStride;  ///< bytes, of either sign
  const uint8_t *x;     ///< the first token's row
  int64_t cols;
  int64_t firstBlock; ///< even
  int64_t blocks;
  int offset; ///< operands are weights plus this
  float (*dots)[16];

  int64_t rowBytes() const { return ignis_q8_row_bytes(cols); }
  /// Where the first block's parts stand in a row of x.
  int64_t valueOffset() const { return firstBlock * BlockValues; }
  int64_t scaleOffset() const { return cols + firstBlock * 4; }
  int64_t sumsOffset() const {
    return cols + cols / BlockValues * 4 + firstBlock * 4;
  }
  const int8_t *values(int64_t token) const {
    return reinterpret_cast<const int8_t *>(x + token * rowBytes() +
                                            valueOffset());
  }
  const float *scales(int64_t token) const {
    return reinterpret_cast<const float *>(x + token * rowBytes() +
                                           scaleOffset());
  }
  /// Of each block, the sums of its halves.
  const int16_t *sums(int64_t token) const {
    return reinterpret_cast<const int16_t *>(x + token * rowBytes() +
                                             sumsOffset());
  }
};

/// What the loops need of a format; blocks of 32.
struct BlockOps {
  int64_t unitBlocks, unitBytes;     ///< of the packed form
  int64_t sourceBlocks, sourceBytes; ///< of a block of the file
  int offset;                        ///< of the operands
  /// The first `blocks` blocks of a packed unit, as a tile reads them.
  void (*expandUnit)(const uint8_t *unit, int64_t blocks, uint8_t *to);
  /// The same for up to 16 rows of the file.
  void (*expandSource)(const uint8_t *source, int64_t rowBytes, int64_t rows,
                       int64_t blocks, uint8_t *to);
};

/// Requests `bytes` bytes that far ahead of `p`. `Locality` is
/// __builtin_prefetch's: 2 for L2, 3 for L1. On a Zen 4 core a request into L1
/// holds a fill buffer until the data arrive, and streams were 0.87 times as
/// fast as with requests into L2; twice as far ahead they were 0.7 times as
/// fast.
template <int Locality>
inline void requestAhead(const uint8_t *p, int64_t bytes) {
  constexpr int64_t distance = 25 * 64;
  for (int64_t line = 0; line < bytes; line += Line)
    __builtin_prefetch(p + distance + line, 0, Locality);
}

/// Tile::run for 1 to Tokens tokens.
template <class Tile, class Layout, int Groups, int Tokens>
void runBlockTile(int64_t tokens, const BlockTile &tile) {
  if constexpr (Tokens > 1)
    if (tokens < Tokens)
      return runBlockTile<Tile, Layout, Groups, Tokens - 1>(tokens, tile);
  Tile::template run<Layout, Groups, Tokens, false>(tile);
}

/// What is the same for all groups of a product.
template <class Layout>
class BlockGeometry {
public:
  BlockGeometry(const BlockProduct &product, const BlockOps &ops)
      : product(product), ops(ops), blocks(product.cols / BlockValues),
        groupBytes((blocks + ops.unitBlocks - 1) / ops.unitBlocks *
                   ops.unitBytes),
        rowBytes(blocks / ops.sourceBlocks * ops.sourceBytes) {}

  /// Whether tiles read the packed form.
  static constexpr bool isDirect = std::is_same_v<Layout, PackedLayoutQ8_0>;

  /// Where a block whose unit begins with it stands in a packed group.
  int64_t unitAt(int64_t block) const {
    return block / ops.unitBlocks * ops.unitBytes;
  }
  int64_t sourceAt(int64_t block) const {
    return block / ops.sourceBlocks * ops.sourceBytes;
  }
  /// What is left of rows from a group on.
  BlockRows fromGroup(const BlockRows &rows, int64_t group) const {
    int64_t row = group * GroupRows;
    return {rows.source + row * rowBytes,
            rows.panels ? rows.panels + group * groupBytes : nullptr,
            rows.rows - row, rows.output.fromRow(row)};
  }
  BlockTile tile(const uint8_t *panel, int64_t groupStride,
                 float (*dots)[16]) const {
    return {panel, groupStride, product.x,  product.cols,
            0,     blocks,      ops.offset, dots};
  }

  const BlockProduct &product;
  const BlockOps &ops;
  const int64_t blocks;
  const int64_t groupBytes; ///< packed
  const int64_t rowBytes;   ///< in the file
};

//===----------------------------------------------------------------------===//
// One token
//===----------------------------------------------------------------------===//

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
      for (int64_t block = 0; block < geometry.blocks; block += ChunkBlocks) {
        int64_t left = geometry.blocks - block;
        tile.firstBlock = block;
        tile.blocks = left < ChunkBlocks ? left : ChunkBlocks;
        for (int g = 0; g < Groups; ++g)
          expand(panels[g] + geometry.unitAt(block), tile.blocks, operands[g]);
        Tile::template run<Layout, Groups, 1, false>(tile);
      }
    }
  }

  void expand(const uint8_t *unit, int64_t blocks, uint8_t *to) {
    const BlockOps &ops = geometry.ops;
    for (int64_t b = 0; b < blocks; b += ops.unitBlocks) {
      requestAhead<2>(unit, ops.unitBytes);
      int64_t left = blocks - b;
      ops.expandUnit(unit, left < ops.unitBlocks ? left : ops.unitBlocks, to);
      unit += ops.unitBytes;
      to += ops.unitBlocks / 2 * Layout::PairBytes;
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

//===----------------------------------------------------------------------===//
// Many tokens
//===----------------------------------------------------------------------===//

/// The weights that are needed next, requested a little with every tile.
class Ahead {
public:
  Ahead(const uint8_t *next, int64_t bytes, int64_t tiles)
      : next(next), end(next + bytes),
        step((bytes / tiles + Line) / Line * Line) {}

  void request() {
    const uint8_t *stop = end - next < step ? end : next + step;
    for (; next < stop; next += Line)
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
  explicit BlockTokens(const BlockGeometry<Layout> &geometry)
      : geometry(geometry), product(geometry.product), ops(geometry.ops),
        blocks(geometry.blocks),
        slice(evenShare(blocks, Tile::sliceBlocks, ops.unitBlocks)) {}

  /// Either may be without rows.
  void run(const BlockRows &a, const BlockRows &b) {
    int64_t most = ResidentBytes / ignis_q8_row_bytes(product.cols);
    most = most < Tile::maxTokens ? Tile::maxTokens
           : most < MaxTokens     ? most / Tile::maxTokens * Tile::maxTokens
                                  : MaxTokens;
    int64_t share = evenShare(product.tokens, most, Tile::maxTokens);
    for (first = 0; first < product.tokens; first += share) {
      count = product.tokens - first < share ? product.tokens - first : share;
      part = &a;
      multiplyFrom<MaxGroups>(0);
      part = &b;
      multiplyFrom<MaxGroups>(0);
    }
  }

private:
  static constexpr int MaxGroups = Tile::template maxGroups<Layout>;
  /// Of quantised activations: half an L2 of 1 MiB.
  static constexpr int64_t ResidentBytes = 512 << 10;
  static constexpr int64_t MaxTokens = 256 / Tile::maxTokens * Tile::maxTokens;

  static int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }
  /// Divides n into the fewest parts of at most `most`, nearly equal ones that
  /// are multiples of `unit`.
  static int64_t evenShare(int64_t n, int64_t most, int64_t unit) {
    return ceilDiv(ceilDiv(n, ceilDiv(n, most)), unit) * unit;
  }

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
        part->panels ? geometry.groupBytes : GroupRows * geometry.rowBytes;
    Ahead ahead(weights + (group + Groups) * bytes, bytes * Groups,
                ceilDiv(blocks, slice) * ceilDiv(count, Tile::maxTokens));
    for (int64_t block = 0; block < blocks; block += slice)
      multiplySlice<Groups>(group, block, ahead);
  }

  /// Adds the products of a slice to `dots`, where they wait for the next one.
  template <int Groups>
  void multiplySlice(int64_t group, int64_t block, Ahead &ahead) {
    constexpr int TileDots = Groups * Tile::maxTokens;
    bool isLast = block + slice >= blocks;
    BlockTile tile =
        geometry.tile(transient, slice / 2 * Layout::PairBytes, dots);
    tile.x += first * tile.rowBytes();
    tile.firstBlock = block;
    tile.blocks = isLast ? blocks - block : slice;
    if (BlockGeometry<Layout>::isDirect && part->panels) {
      tile.groupStride = geometry.groupBytes;
      tile.panel = panelOf(group) + geometry.unitAt(block);
    } else {
      for (int64_t g = 0; g < Groups; ++g)
        expand(group + g, block, tile.blocks, transient + g * tile.groupStride);
    }
    for (int64_t t = 0; t < count; t += Tile::maxTokens) {
      int64_t tokens =
          count - t < Tile::maxTokens ? count - t : Tile::maxTokens;
      if (block == 0)
        memset(tile.dots, 0, sizeof *dots * TileDots);
      ahead.request();
      if (isLast)
        prefetchOutput(part->output, group * GroupRows, Groups,
                       first + t + tokens, tokens);
      runBlockTile<Tile, Layout, Groups, Tile::maxTokens>(tokens, tile);
      for (int64_t g = 0; isLast && g < Groups; ++g)
        finishProduct(part->output, (group + g) * GroupRows,
                      part->rowsOf(group + g), first + t, tokens,
                      tile.dots + g * Tile::maxTokens);
      tile.x += Tile::maxTokens * tile.rowBytes();
      tile.dots += TileDots;
    }
  }

  const uint8_t *panelOf(int64_t group) const {
    return part->panels + group * geometry.groupBytes;
  }

  void expand(int64_t group, int64_t block, int64_t count, uint8_t *to) const {
    if (!part->panels) {
      const uint8_t *rows =
          part->source + group * GroupRows * geometry.rowBytes;
      return ops.expandSource(rows + geometry.sourceAt(block),
                              geometry.rowBytes, part->rowsOf(group), count,
                              to);
    }
    const uint8_t *unit = panelOf(group) + geometry.unitAt(block);
    for (; count > 0; count -= ops.unitBlocks) {
      ops.expandUnit(unit, count < ops.unitBlocks ? count : ops.unitBlocks, to);
      unit += ops.unitBytes;
      to += ops.unitBlocks / 2 * Layout::PairBytes;
    }
  }

  const BlockGeometry<Layout> &geometry;
  const BlockProduct &product;
  const BlockOps &ops;
  int64_t blocks;
  const BlockRows *part = nullptr;
  int64_t slice;     ///< blocks
  int64_t first = 0; ///< of the tokens that are in L2
  int64_t count = 0;
  alignas(64) float dots[MaxGroups * MaxTokens][16];
  alignas(64)
      uint8_t transient[MaxGroups * Tile::sliceBlocks / 2 * Layout::PairBytes];
};

//===----------------------------------------------------------------------===//
// Products
//===----------------------------------------------------------------------===//

template <class Tile, class Layout>
void multiplyBlocks(const BlockProduct &product, const BlockOps &ops) {
  if (product.tokens == 0)
    return;
  const BlockGeometry<Layout> geometry(product, ops);
  const auto &[a, b] = product.parts;
  if (product.tokens > 1)
    return BlockTokens<Tile, Layout>(geometry).run(a, b);
  if (a.panels && b.panels)
    return BlockStreams<Tile, Layout>(geometry).run(a, b);
  for (const BlockRows &part : product.parts) {
    if (part.panels) {
      BlockStreams<Tile, Layout>(geometry).run(part, {});
      continue;
    }
    int64_t done = 0;
    if constexpr (BlockGeometry<Layout>::isDirect)
      done = multiplySourceQ8_0<Tile>(product, part);
    if (done < part.groups())
      BlockTokens<Tile, Layout>(geometry).run(geometry.fromGroup(part, done),
                                              {});
  }
}

/// BlockKernels::multiply.
template <class Tile, class Format>
void multiplyFormat(const BlockProduct &product) {
  using Unit = PackedUnit<Format>;
  using Layout = LayoutOf<Format>;
  static constexpr BlockOps ops = {
      Unit::Blocks,
      Unit::Bytes,
      Format::FileBlocks,
      ignis::findWeightFormat(Format::Type)->blockBytes,
      operandOffset<Tile, Format>(),
      expandUnit<Tile, Format>,
      expandSource<Tile, Format>};
  multiplyBlocks<Tile, Layout>(product, ops);
}

template <class Tile, class Format>
constexpr BlockKernels kernelsOf() {
  using Unit = PackedUnit<Format>;
  return {Format::Type,
          Unit::Blocks,
          Unit::Bytes,
          packBlocks<Tile, Format>,
          readPackedRow<Tile, Format>,
          multiplyFormat<Tile, Format>};
}

/// Kernels::formats.
template <class Tile>
constexpr BlockKernels blockKernels[] = {
    kernelsOf<Tile, FormatQ4_0>(), kernelsOf<Tile, FormatQ4_1>(),
    kernelsOf<Tile, FormatQ5_0>(), kernelsOf<Tile, FormatQ5_1>(),
    kernelsOf<Tile, FormatQ8_0>(), kernelsOf<Tile, FormatIQ4_NL>(),
    kernelsOf<Tile, FormatQ2_K>(), kernelsOf<Tile, FormatQ3_K>(),
    kernelsOf<Tile, FormatQ4_K>(), kernelsOf<Tile, FormatQ5_K>(),
    kernelsOf<Tile, FormatQ6_K>(), kernelsOf<Tile, FormatIQ4_XS>(),
};

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKPRODUCTKERNEL_H
