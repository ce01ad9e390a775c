//===- BlockTile.h - What tiles multiply ------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the loops around an ISA's tile share. A tile is a class with
//   maxTokens              of the largest tile
//   maxGroups<Layout>      of 16 rows; Layout is one of BlockLayout.h
//   sliceBlocks            blocks of so many groups that L1 holds, eights
//   valuesAtOnce           values of a row that stand together in an operand
//   unsignedOperands       whether operands are u plus an offset, or u itself
//   registerBytes          of a register
//   run<Layout, Groups, Tokens, Prefetch>(tile)
//   transpose(source, rowBytes, lines)   32 bytes of 16 rows as operand lines
//   lookUpIQ4(codes)       of the table of IQ4, a register
//   dotRows(source, rowBytes, x, sum)    integer products of 32 signed bytes of
//                          16 rows with a token's block, lane r those of row r
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKTILE_H
#define IGNIS_RUNTIME_LIB_BLOCKTILE_H

#include "BlockLayout.h"

namespace {

/// dots[g * maxTokens + t][r] += the products of `blocks` blocks of group g's
/// row r and token t.
struct BlockTile {
  const uint8_t *panel; ///< the first block's unit
  int64_t groupStride;  ///< bytes, of either sign
  const uint8_t *third; ///< the third group's panel; the fourth's follows
  const uint8_t *x;     ///< the first token's row
  int64_t cols;
  int64_t firstBlock; ///< of a unit
  int64_t blocks;
  int offset; ///< operands are weights plus this
  float (*dots)[16];

  int64_t rowBytes() const { return ignis_q8_row_bytes(cols); }
  /// Where the first block's parts stand in a row of x.
  int64_t valueOffset() const { return firstBlock * blockValues; }
  int64_t scaleOffset() const { return cols + firstBlock * 4; }
  int64_t sumsOffset() const {
    return cols + cols / blockValues * 4 + firstBlock * 4;
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

inline int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }

/// Divides n into the fewest parts of at most `most`, nearly equal ones that
/// are multiples of `unit`.
inline int64_t evenShare(int64_t n, int64_t most, int64_t unit) {
  return ceilDiv(ceilDiv(n, ceilDiv(n, most)), unit) * unit;
}

/// Tile::run for 1 to Tokens tokens.
template <class Tile, class Layout, int Groups, int Tokens, bool Prefetch>
void runBlockTile(int64_t tokens, const BlockTile &tile) {
  if constexpr (Tokens > 1)
    if (tokens < Tokens)
      return runBlockTile<Tile, Layout, Groups, Tokens - 1, Prefetch>(tokens,
                                                                      tile);
  Tile::template run<Layout, Groups, Tokens, Prefetch>(tile);
}

/// What is the same for all groups of a product.
class BlockGeometry {
public:
  BlockGeometry(const BlockProduct &product, const BlockOps &ops)
      : product(product), ops(ops), blocks(product.cols / blockValues),
        groupBytes((blocks + ops.unitBlocks - 1) / ops.unitBlocks *
                   ops.unitBytes),
        rowBytes(blocks / ops.sourceBlocks * ops.sourceBytes) {}

  /// Where a block whose unit begins with it stands in a packed group.
  int64_t unitAt(int64_t block) const {
    return block / ops.unitBlocks * ops.unitBytes;
  }
  int64_t sourceAt(int64_t block) const {
    return block / ops.sourceBlocks * ops.sourceBytes;
  }
  /// What is left of rows from a group on.
  BlockRows fromGroup(const BlockRows &rows, int64_t group) const {
    int64_t row = group * groupRows;
    return {rows.source + row * rowBytes,
            rows.panels ? rows.panels + group * groupBytes : nullptr,
            rows.rows - row, rows.output.fromRow(row)};
  }
  BlockTile tile(const uint8_t *panel, int64_t groupStride,
                 float (*dots)[16]) const {
    return {panel,        groupStride, panel + 2 * groupStride,
            product.x,    product.cols, 0,
            blocks,       ops.offset,   dots};
  }

  const BlockProduct &product;
  const BlockOps &ops;
  const int64_t blocks;
  const int64_t groupBytes; ///< packed
  const int64_t rowBytes;   ///< in the file
};

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKTILE_H
