//===- MemoryPlan.h - Placing intervals in one address space ---*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Dynamic storage allocation: intervals of time with sizes get addresses so
// that no two that meet in time meet in space. NP-hard (Stockmeyer; Garey and
// Johnson's SR2), so greedy first, and an exact search where greedy stays above
// the lower bound. Nothing here knows the IR.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_MEMORYPLAN_H
#define IGNIS_ANALYSIS_MEMORYPLAN_H

#include "ignis/Analysis/LinearForm.h"

#include <optional>

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
  /// Whether greedy placement missed the bound, and what the search did then.
  bool searched = false;
  bool searchFinished = false;
  int64_t searchSteps = 0;
};

/// The largest sum of sizes alive at one time, as an envelope over T: no plan
/// is smaller. O(n log n + times * n).
llvm::SmallVector<LinearForm> getLowerBound(llvm::ArrayRef<Interval> intervals,
                                            int64_t maxTokens);

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

//===----------------------------------------------------------------------===//
// The parts of planArena, at one number of tokens
//===----------------------------------------------------------------------===//

/// An interval whose size is known.
struct Block {
  int64_t size = 0;
  int64_t first = 0;
  int64_t last = 0;

  bool meets(const Block &other) const {
    return first <= other.last && other.first <= last;
  }
};

/// The largest offset + size.
int64_t getHeight(llvm::ArrayRef<Block> blocks,
                  llvm::ArrayRef<int64_t> offsets);

/// Largest first, each into the lowest gap that holds it. O(n^2 log n).
llvm::SmallVector<int64_t> placeGreedily(llvm::ArrayRef<Block> blocks);

/// What searchPlacement found: offsets lower than asked for, if there are any,
/// and whether they are known to be the best.
struct SearchResult {
  std::optional<llvm::SmallVector<int64_t>> offsets;
  bool finished = false;
  int64_t steps = 0;
};

/// Looks for a placement lower than `height`, and stops at one of `target`, at
/// the end of the search space, or after `budget` steps.
///
/// The canonical search of MiniMalloc (Moffitt, ASPLOS 2023): among the best
/// placements, the one with the least sum of offsets puts every block on the
/// ground or on top of another, so blocks are placed by ascending offset, each
/// as low as those before it allow. A block is not placed where a different one
/// would fit below; a branch is left where some time's remaining blocks cannot
/// fit under the limit. A third of the budget each goes to trying large, large
/// and long, and long blocks first. O(blocks * times) a step.
SearchResult searchPlacement(llvm::ArrayRef<Block> blocks, int64_t height,
                             int64_t target, int64_t budget);

} // namespace ignis

#endif // IGNIS_ANALYSIS_MEMORYPLAN_H
