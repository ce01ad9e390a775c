//===- OpOrder.h - The order that keeps least alive -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_OPORDER_H
#define IGNIS_ANALYSIS_OPORDER_H

#include "ignis/Analysis/Liveness.h"

namespace ignis {

/// An order of operations and the bytes that are alive at its worst moment.
struct OpOrder {
  llvm::SmallVector<size_t> order; ///< numbers of operations in program order
  int64_t peak = 0;
  int64_t steps = 0; ///< sets of operations that were looked at
};

/// The order with the least peak among all that keep the dependences, for this
/// number of tokens, each operation being a phase of its own; nothing if it is
/// not found within `budget` steps.
///
/// What is alive depends on the set of operations that have run, not on their
/// order. So this is a search for a path through those sets whose worst edge is
/// the least: Dijkstra's, the least peak first, and of equals the one that got
/// farthest. In a transformer few sets keep the dependences: there is little to
/// choose from at any time. O(n) sets where program order is best already.
std::optional<OpOrder> findBestOrder(const Liveness &liveness, int64_t tokens,
                                     int64_t budget = 20000);

/// The peak of program order.
int64_t getPeak(const Liveness &liveness, int64_t tokens);

} // namespace ignis

#endif // IGNIS_ANALYSIS_OPORDER_H
