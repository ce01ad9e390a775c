//===- MemoryPlan.h - Placing intervals in one address space ---*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Placement.h's problem with sizes that are linear in the number of tokens:
// greedy first, and the exact search where greedy stays above the lower bound.
// Nothing here knows the IR.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_MEMORYPLAN_H
#define IGNIS_ANALYSIS_MEMORYPLAN_H

#include "ignis/Analysis/LinearForm.h"
#include "ignis/Analysis/PlacementSearch.h"

namespace ignis {

/// A buffer: its bytes, a multiple of the alignment, and the first and last
/// time at which it must hold its contents.
struct Interval {
  LinearForm size;
  int64_t first = 0;
  int64_t last = 0;

  bool meets(const Interval &other) const {
    return first <= other.last && other.first <= last;
  }
};

/// Where everything lies. Offsets are parallel to the intervals.
struct MemoryPlan {
  llvm::SmallVector<LinearForm> offsets;
  /// The size for T tokens is the maximum of these.
  llvm::SmallVector<LinearForm> pieces;
  /// In `slots` mode, how many there are; 0 otherwise.
  int64_t slots = 0;
  /// In `arena` mode, the placement at the largest T that the offsets follow.
  Placed placed;
};

/// The largest sum of sizes alive at one time, as an envelope over T: no plan
/// is smaller. O(n log n + times * n).
llvm::SmallVector<LinearForm> getLowerBound(llvm::ArrayRef<Interval> intervals,
                                            int64_t maxTokens);

/// The intervals with their sizes at one number of tokens.
llvm::SmallVector<Block> getBlocks(llvm::ArrayRef<Interval> intervals,
                                   int64_t tokens);

/// The largest number of intervals alive at one time: no set of slots is
/// smaller.
int64_t getMaxLive(llvm::ArrayRef<Interval> intervals);

/// A place of its own for each.
MemoryPlan planSeparate(llvm::ArrayRef<Interval> intervals, int64_t maxTokens);

/// As few slots as possible, getMaxLive of them, then few bytes: each interval,
/// by ascending start, takes the smallest free slot that is large enough.
/// O(n * slots).
MemoryPlan planSlots(llvm::ArrayRef<Interval> intervals, int64_t maxTokens);

/// Offsets: greedy by size, in O(n^2); where that misses the lower bound at the
/// largest T, an exact search of at most `searchBudget` steps.
MemoryPlan planArena(llvm::ArrayRef<Interval> intervals, int64_t maxTokens,
                     int64_t searchBudget = 1000000);

} // namespace ignis

#endif // IGNIS_ANALYSIS_MEMORYPLAN_H
