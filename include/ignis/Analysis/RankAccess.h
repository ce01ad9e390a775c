//===- RankAccess.h - What ranks have of a buffer ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A distributed function is run by every rank of a group, each with memory of
// its own. An operation whose share has units computes the columns that cover
// the rank's; until a gather, others have no more of it. What has no units, all
// ranks compute alike.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_RANKACCESS_H
#define IGNIS_ANALYSIS_RANKACCESS_H

#include "ignis/IR/Ignis.h"

namespace ignis {

/// What a rank has of a buffer: of `parts` parts of the columns those that
/// cover its `units`, or everything.
struct RankPart {
  int64_t parts = 0;
  int64_t units = 0; ///< 0: everything

  bool isWhole() const { return units == 0; }
};

/// What a rank has of what `op` writes by this access.
RankPart getRankPart(ComputeOpInterface op, const Access &write);

/// Whether a rank that has `part` of what `op` reads by this access has all
/// that it reads.
bool sufficesFor(RankPart part, ComputeOpInterface op, const Access &read);

/// Columns of a unit if ranks have `part` of `columns` columns of `type`;
/// nothing if some would be left empty, a block of 32 be cut, or parts begin
/// elsewhere than units do.
std::optional<int64_t> getUnitWidth(mlir::MemRefType type, int64_t columns,
                                    RankPart part);

/// The columns that `op` writes by this access, which of quantised rows the
/// type does not say.
int64_t getWrittenColumns(ComputeOpInterface op, const Access &write);

/// Whether a rank whose query heads are its units has the key/value heads that
/// `op`, which reads or writes a cache by this share, needs, and no other.
bool keepsHeadsTogether(ComputeOpInterface op, ShareAttr share);

} // namespace ignis

#endif // IGNIS_ANALYSIS_RANKACCESS_H
