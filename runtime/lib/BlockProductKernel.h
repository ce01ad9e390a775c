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

/// Several tokens, or rows from the file.
template <class Tile, class Layout>
void multiplyTokens(const BlockGeometry &geometry, const BlockRows &a,
                    const BlockRows &b) {
  if (a.panels &&
      geometry.product.tokens <= FewTokens<Tile, Layout>::mostTokens)
    return FewTokens<Tile, Layout>(geometry).run(a, b);
  BlockTokens<Tile, Layout>(geometry).run(a, b);
}

/// Rows that all are packed, or all stand in the file.
template <class Tile, class Format>
void multiplyAlike(const BlockGeometry &geometry, const BlockRows &a,
                   const BlockRows &b) {
  using Layout = LayoutOf<Tile, Format>;
  const bool isSingle = geometry.product.tokens == 1;
  if (isSingle && a.panels)
    return multiplyOneToken<Tile, Format>(geometry, a, b);
  if constexpr (Layout::isPacked)
    if (isSingle) {
      for (const BlockRows *part : {&a, &b}) {
        int64_t done = multiplySourceQ8_0<Tile>(geometry.product, *part);
        if (done < part->groups())
          multiplyTokens<Tile, Layout>(geometry,
                                       geometry.fromGroup(*part, done), {});
      }
      return;
    }
  multiplyTokens<Tile, Layout>(geometry, a, b);
}

/// BlockKernels::multiply.
template <class Tile, class Format>
void multiplyFormat(const BlockProduct &product) {
  using Unit = PackedUnit<Format>;
  static constexpr BlockOps ops = {
      Unit::blocks,
      Unit::bytes,
      Format::fileBlocks,
      ignis::findWeightFormat(Format::type)->blockBytes,
      operandOffset<Tile, Format>(),
      expandUnit<Tile, Format>,
      expandSource<Tile, Format>};
  if (product.tokens == 0)
    return;
  const BlockGeometry geometry(product, ops);
  const auto &[a, b] = product.parts;
  if (b.rows == 0 || !a.panels == !b.panels)
    return multiplyAlike<Tile, Format>(geometry, a, b);
  for (const BlockRows &part : product.parts)
    multiplyAlike<Tile, Format>(geometry, part, {});
}

template <class Tile, class Format>
constexpr BlockKernels kernelsOf() {
  using Unit = PackedUnit<Format>;
  return {Format::type,
          Unit::blocks,
          Unit::bytes,
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
