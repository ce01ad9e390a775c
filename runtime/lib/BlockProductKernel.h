//===- BlockProductKernel.h - Products with weights in blocks ---*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Chooses between the loops, and makes a set's table of formats from a tile.
// Included once per kernel file, after its Vector*.h.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKPRODUCTKERNEL_H
#define IGNIS_RUNTIME_LIB_BLOCKPRODUCTKERNEL_H

#include "BlockStreams.h"
#include "BlockTokens.h"

namespace {

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
