//===- RankAccess.cpp - What ranks have of a buffer -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/RankAccess.h"

#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace ignis;

RankPart ignis::getRankPart(ComputeOpInterface op, const Access &write) {
  ShareAttr share = op.getShareOrDefault();
  // Where columns do not lie where they are computed, units do.
  return {write.part == Part::Own ? share.getParts() : share.getUnits(),
          share.getUnits()};
}

/// Whether units and parts of `columns` columns begin at the same places, as
/// far as one count divides the other: where all are of one size.
static bool isEven(int64_t columns, RankPart part) {
  auto fits = [&](int64_t count) {
    return columns % count == 0 && columns / count % 16 == 0;
  };
  return part.parts == part.units || (fits(part.parts) && fits(part.units));
}

bool ignis::sufficesFor(RankPart part, ComputeOpInterface op,
                        const Access &read) {
  if (part.isWhole())
    return true;
  ShareAttr share = op.getShareOrDefault();
  if (read.part != Part::Own || share.getUnits() != part.units)
    return false;
  if (share.getParts() == part.parts)
    return true;
  // Whole units, which a rank has in any case.
  int64_t columns = op.getColumns();
  return share.getParts() % part.units == 0 && isEven(columns, part) &&
         isEven(columns, {share.getParts(), part.units});
}

std::optional<int64_t> ignis::getUnitWidth(MemRefType type, int64_t columns,
                                           RankPart part) {
  int64_t units = part.units;
  int64_t width = type.getElementType().isInteger(64)
                      ? llvm::divideCeil(columns, units)
                      : ShareAttr::getPartColumns(columns, units);
  bool cutsBlocks = type.getElementType().isInteger(8) && width % 32 != 0;
  if (!isEven(columns, part) || cutsBlocks ||
      llvm::divideCeil(columns, width) != uint64_t(units))
    return std::nullopt;
  return width;
}

int64_t ignis::getWrittenColumns(ComputeOpInterface op, const Access &write) {
  auto type = cast<MemRefType>(write.getValue().getType());
  return type.getElementType().isInteger(8) ? op.getColumns()
                                            : type.getDimSize(1);
}

bool ignis::keepsHeadsTogether(ComputeOpInterface op, ShareAttr share) {
  for (const Access &access : op.getAccesses())
    if (access.isOfCache()) {
      auto cache = cast<KVCacheType>(access.getValue().getType());
      if (share.getParts() != cache.getHeads() &&
          share.getParts() != op.getColumns() / cache.getHeadDim())
        return false;
    }
  return true;
}
