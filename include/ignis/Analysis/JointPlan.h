//===- JointPlan.h - Order, choices and offsets together --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_JOINTPLAN_H
#define IGNIS_ANALYSIS_JOINTPLAN_H

#include "ignis/Analysis/Liveness.h"
#include "ignis/Analysis/PlacementSearch.h"

namespace ignis {

/// An order of operations, which results take over which operands, and where
/// all buffers lie.
struct JointPlan {
  llvm::SmallVector<size_t> order; ///< numbers of operations in program order
  /// Pairs of buffers, the second in the place of the first.
  llvm::SmallVector<std::pair<size_t, size_t>> inPlace;
  llvm::SmallVector<int64_t> offsets; ///< by buffer
  int64_t height = 0;
  /// No order has a plan lower than this, whatever is in place.
  int64_t proven = 0;
};

/// An arena for the best order with the best choices of what is in place, for
/// one number of tokens, each operation being a phase of its own; nothing if no
/// order was found within `budget` steps.
///
/// While an operation runs, what is alive takes up at least its bytes, less
/// what is taken over in place, one to one. That depends on which operations
/// have run, so findBestOrder has the least peak of any order with the best
/// choice, and no plan of any order and choice is lower. Where the plan is as
/// high as that, and not more, this proves that nothing is lower.
std::optional<JointPlan> planJointly(const Liveness &liveness, int64_t tokens,
                                     int64_t budget = 1'000'000);

} // namespace ignis

#endif // IGNIS_ANALYSIS_JOINTPLAN_H
