//===- PhasePlan.h - Which operations need no barrier -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A choice of shares, and the fewest phases they allow. Two operations depend
// on each other if one writes what the other touches. A dependence costs a
// barrier unless the same thread is on both sides of it: both divide their work
// alike, or every thread computes the value for itself.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_PHASEPLAN_H
#define IGNIS_ANALYSIS_PHASEPLAN_H

#include "ignis/Analysis/ThreadAccess.h"

namespace ignis {

/// What was decided for one operation.
struct PlacedOp {
  ComputeOpInterface op;
  ShareAttr share;
  int64_t phase = 0;
};

/// Decides for each of `ops`, in program order: the share under which it can
/// run earliest, and the earliest phase that its dependences leave it. With
/// `oneToken`, small values that other threads need are computed by every
/// thread. O(n^2).
llvm::SmallVector<PlacedOp> planPhases(llvm::ArrayRef<ComputeOpInterface> ops,
                                       bool oneToken);

} // namespace ignis

#endif // IGNIS_ANALYSIS_PHASEPLAN_H
