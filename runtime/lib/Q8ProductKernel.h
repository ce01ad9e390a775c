//===- Q8ProductKernel.h - Products with Q8_0 weights -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The loops around an ISA's tile, a class with
//   maxTokens, maxGroups   the largest tile
//   sliceBlocks            blocks of maxGroups groups that L1 holds, even
//   order                  of the packed values
//   run<Groups, Tokens, Prefetch>(tile)
//   transpose(source, rowBytes, values)   packs the values of 16 rows' blocks
//   dotRows(source, rowBytes, x, compensation)   integer products of the same
//                          with a token's block, lane r those of row r
// Included once per kernel file, after its Vector*.h.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_Q8PRODUCTKERNEL_H
#define IGNIS_RUNTIME_LIB_Q8PRODUCTKERNEL_H

#include "ProductOutput.h"

#include <cstring>

namespace {

using namespace ignis::runtime;

/// dots[g * maxTokens + t][r] += the products of `blocks` blocks of group g's
/// row r and token t.
struct Q8Tile {
  const uint8_t *panel; ///< the first block's pair
  int64_t groupStride;  ///< bytes, of either sign
  const uint8_t *x;     ///< the first token's row
  int64_t cols;
  int64_t firstBlock; ///< even
  int64_t blocks;
  float (*dots)[16];

  int64_t rowBytes() const { return ignis_q8_row_bytes(cols); }
  /// Where the first block's parts stand in a row of x.
  int64_t valueOffset() const { return firstBlock * BlockValues; }
  int64_t scaleOffset() const { return cols + firstBlock * 4; }
  int64_t compensationOffset() const {
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
};

/// Where value i of row r stands in a packed block.
template <PackedOrder Order>
inline int64_t placeOf(int64_t i, int64_t r) {
  constexpr int64_t n = Order == PackedOrder::Groups8 ? 8 : 4;
  return i / n * n * GroupRows + n * r + i % n;
}

/// Kernels::packQ8.
template <class Tile>
void packQ8(const uint8_t *source, int64_t rowBytes, int64_t rows,
            int64_t blocks, uint8_t *panel) {
  constexpr uint8_t flip = Tile::order == PackedOrder::Groups4Biased ? 0x80 : 0;
  for (int64_t b = 0; b < blocks; ++b, source += BlockBytes) {
    uint8_t *pair = panel + b / 2 * PairBytes;
    uint8_t *scales = pair + b % 2 * 2 * GroupRows;
    uint8_t *values = pair + PairScaleBytes + b % 2 * PairValueBytes;
    if (rows == GroupRows) {
      // A line holds two blocks of a row. The next rows' are requested.
      for (int64_t r = 0; b % 2 == 0 && r < GroupRows; ++r)
        __builtin_prefetch(source + (GroupRows + r) * rowBytes, 0, 2);
      for (int64_t r = 0; r < GroupRows; ++r)
        memcpy(scales + 2 * r, source + r * rowBytes, 2);
      Tile::transpose(source + 2, rowBytes, values);
      continue;
    }
    memset(scales, 0, 2 * GroupRows);
    memset(values, flip, size_t(PairValueBytes));
    for (int64_t r = 0; r < rows; ++r) {
      const uint8_t *block = source + r * rowBytes;
      memcpy(scales + 2 * r, block, 2);
      for (int64_t i = 0; i < BlockValues; ++i)
        values[placeOf<Tile::order>(i, r)] = block[2 + i] ^ flip;
    }
  }
}

/// Requests a pair's bytes that far ahead of it. `Locality` is
/// __builtin_prefetch's: 2 for L2, 3 for L1. On a Zen 4 core a request into L1
/// holds a fill buffer until the data arrive, and streams were 0.87 times as
/// fast as with requests into L2; twice as far ahead they were 0.7 times as
/// fast.
template <int Locality>
void prefetchPair(const uint8_t *pair) {
  constexpr int64_t distance = 25 * 64;
  for (int64_t line = 0; line < PairBytes; line += 64)
    __builtin_prefetch(pair + distance + line, 0, Locality);
}

/// Tile::run for 1 to Tokens tokens.
template <class Tile, int Groups, int Tokens>
void runQ8Tile(int64_t tokens, const Q8Tile &tile) {
  if constexpr (Tokens > 1)
    if (tokens < Tokens)
      return runQ8Tile<Tile, Groups, Tokens - 1>(tokens, tile);
  Tile::template run<Groups, Tokens, false>(tile);
}

template <class Tile>
void streamQ8(const Q8Product &product, const Q8Rows &rows);

/// One token and packed weights in two places: two streams of groups,
/// prefetched, so that memory always has requests of both under way.
template <class Tile>
void streamQ8(const Q8Product &product, const Q8Rows &a, const Q8Rows &b) {
  alignas(64) float dots[Tile::maxTokens + 1][16] = {};
  auto finish = [&](const Q8Rows &part, int64_t group, float(*dot)[16]) {
    finishProduct(part.output, group * GroupRows, part.rowsOf(group), 0, 1,
                  dot);
    memset(dot, 0, sizeof *dot);
  };
  Q8Tile tile = {a.panels, b.panels - a.panels,        product.x, product.cols,
                 0,        product.cols / BlockValues, dots};
  const Q8Rows &longer = a.groups() < b.groups() ? b : a;
  const int64_t both = a.groups() < b.groups() ? a.groups() : b.groups();
  for (int64_t group = 0; group < both; ++group) {
    Tile::template run<2, 1, true>(tile);
    finish(a, group, dots);
    finish(b, group, dots + Tile::maxTokens);
    tile.panel += groupBytes(product.cols);
  }
  if (longer.groups() == both + 1) {
    tile.panel = longer.panels + both * groupBytes(product.cols);
    Tile::template run<1, 1, true>(tile);
    finish(longer, both, dots);
  } else if (longer.groups() > both) {
    streamQ8<Tile>(product, longer.fromGroup(both, product.cols));
  }
}

/// The same in one place: its halves are two.
template <class Tile>
void streamQ8(const Q8Product &product, const Q8Rows &rows) {
  int64_t half = (rows.groups() + 1) / 2;
  Q8Rows first = rows;
  if (rows.groups() > half)
    first.rows = half * GroupRows;
  streamQ8<Tile>(product, first, rows.fromGroup(half, product.cols));
}

/// One token and weights in the file: 16 rows at a time, each block's products
/// summed within its row. Packing them for a single token would take more time
/// than reading them. Of the rows only whole groups; returns how many.
template <class Tile>
int64_t multiplySource(const Q8Product &product, const Q8Rows &part) {
  const int64_t blocks = product.cols / BlockValues;
  const int64_t rowBytes = blocks * BlockBytes;
  const auto *values = reinterpret_cast<const int8_t *>(product.x);
  const auto *scales =
      reinterpret_cast<const float *>(product.x + product.cols);
  const auto *compensations =
      reinterpret_cast<const int32_t *>(scales + blocks);
  const int64_t groups = part.rows / GroupRows;
  for (int64_t group = 0; group < groups; ++group) {
    const uint8_t *block = part.source + group * GroupRows * rowBytes;
    const uint8_t *next = block + GroupRows * rowBytes;
    F32x16 sum = F32x16::broadcast(0);
    for (int64_t b = 0; b < blocks; ++b, block += BlockBytes) {
      // The next rows stand in one piece; requested nearer to their use, their
      // lines came half as fast.
      for (int64_t line = 0; line < GroupRows * BlockBytes; line += 64)
        __builtin_prefetch(next + b * GroupRows * BlockBytes + line, 0, 2);
      uint16_t weightScales[GroupRows];
      for (int64_t r = 0; r < GroupRows; ++r)
        memcpy(&weightScales[r], block + r * rowBytes, 2);
      F32x16 dots = Tile::dotRows(block + 2, rowBytes, values + b * BlockValues,
                                  compensations[b]);
      sum = F32x16::fma(
          F32x16::load(weightScales) * F32x16::broadcast(scales[b]), dots, sum);
    }
    alignas(64) float dots[16];
    sum.store(dots);
    finishProduct(part.output, group * GroupRows, GroupRows, 0, 1, &dots);
  }
  return groups;
}

/// The weights that are needed next, requested a little with every tile.
class Ahead {
public:
  Ahead(const uint8_t *next, int64_t bytes, int64_t tiles)
      : next(next), end(next + bytes),
        step((bytes / tiles + CacheLine) / CacheLine * CacheLine) {}

  void request() {
    const uint8_t *stop = end - next < step ? end : next + step;
    for (; next < stop; next += CacheLine)
      __builtin_prefetch(next, 0, 2); // into L2: L1 holds what is used now
  }

private:
  static constexpr int64_t CacheLine = 64;
  const uint8_t *next;
  const uint8_t *end;
  int64_t step;
};

/// A product of many tokens. They stay in L2 while all weights pass by; of
/// those, a slice of a few groups stays in L1 while the tokens pass by.
template <class Tile>
class Q8Tokens {
public:
  explicit Q8Tokens(const Q8Product &product)
      : product(product), blocks(product.cols / BlockValues),
        slice(evenShare(blocks, Tile::sliceBlocks, 2)) {}

  void run() {
    int64_t most = ResidentBytes / ignis_q8_row_bytes(product.cols);
    most = most < Tile::maxTokens ? Tile::maxTokens
           : most < MaxTokens     ? most / Tile::maxTokens * Tile::maxTokens
                                  : MaxTokens;
    int64_t share = evenShare(product.tokens, most, Tile::maxTokens);
    for (first = 0; first < product.tokens; first += share) {
      count = product.tokens - first < share ? product.tokens - first : share;
      for (const Q8Rows &each : product.parts) {
        part = &each;
        multiplyFrom<Tile::maxGroups>(0);
      }
    }
  }

private:
  /// Of quantised activations: half an L2 of 1 MiB.
  static constexpr int64_t ResidentBytes = 512 << 10;
  static constexpr int64_t MaxTokens = 256 / Tile::maxTokens * Tile::maxTokens;

  static int64_t ceilDiv(int64_t a, int64_t b) { return (a + b - 1) / b; }
  /// Divides n into the fewest parts of at most `most`, nearly equal ones that
  /// are multiples of `unit`.
  static int64_t evenShare(int64_t n, int64_t most, int64_t unit) {
    return ceilDiv(ceilDiv(n, ceilDiv(n, most)), unit) * unit;
  }

  int64_t sourceRowBytes() const { return blocks * BlockBytes; }
  const uint8_t *source(int64_t group) const {
    return part->source + group * GroupRows * sourceRowBytes();
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
        part->panels ? groupBytes(product.cols) : GroupRows * sourceRowBytes();
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
    Q8Tile tile = {transient,
                   slice / 2 * PairBytes,
                   product.x + first * ignis_q8_row_bytes(product.cols),
                   product.cols,
                   block,
                   isLast ? blocks - block : slice,
                   dots};
    if (part->panels) {
      tile.groupStride = groupBytes(product.cols);
      tile.panel =
          part->panels + group * tile.groupStride + block / 2 * PairBytes;
    } else {
      for (int64_t g = 0; g < Groups; ++g)
        packQ8<Tile>(source(group + g) + block * BlockBytes, sourceRowBytes(),
                     part->rowsOf(group + g), tile.blocks,
                     transient + g * tile.groupStride);
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
      runQ8Tile<Tile, Groups, Tile::maxTokens>(tokens, tile);
      for (int64_t g = 0; isLast && g < Groups; ++g)
        finishProduct(part->output, (group + g) * GroupRows,
                      part->rowsOf(group + g), first + t, tokens,
                      tile.dots + g * Tile::maxTokens);
      tile.x += Tile::maxTokens * tile.rowBytes();
      tile.dots += TileDots;
    }
  }

  const Q8Product &product;
  int64_t blocks;
  const Q8Rows *part = nullptr;
  int64_t slice;     ///< blocks
  int64_t first = 0; ///< of the tokens that are in L2
  int64_t count = 0;
  alignas(64) float dots[Tile::maxGroups * MaxTokens][16];
  alignas(64)
      uint8_t transient[Tile::maxGroups * Tile::sliceBlocks / 2 * PairBytes];
};

/// Kernels::multiplyQ8.
template <class Tile>
void multiplyQ8(const Q8Product &product) {
  if (product.tokens == 0)
    return;
  if (product.tokens > 1)
    return Q8Tokens<Tile>(product).run();
  const auto &[a, b] = product.parts;
  if (a.panels && b.panels)
    return streamQ8<Tile>(product, a, b);
  for (const Q8Rows &part : product.parts) {
    if (part.panels) {
      streamQ8<Tile>(product, part);
      continue;
    }
    int64_t done = multiplySource<Tile>(product, part);
    if (done < part.groups())
      Q8Tokens<Tile>({{part.fromGroup(done, product.cols), {}},
                      product.cols,
                      product.x,
                      product.tokens})
          .run();
  }
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_Q8PRODUCTKERNEL_H
