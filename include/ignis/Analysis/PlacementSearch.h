//===- PlacementSearch.h - The lowest placement -----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whether blocks fit under a height, answered by exhaustive search, and the
// lowest height at which they do. Budgets are counted in steps, never in time:
// the same blocks give the same offsets on every machine.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_PLACEMENTSEARCH_H
#define IGNIS_ANALYSIS_PLACEMENTSEARCH_H

#include "ignis/Analysis/Placement.h"
#include "ignis/Analysis/PlanCertificate.h"

namespace ignis {

/// An answer to "do they fit?".
struct FitResult {
  enum class Answer { Fits, Impossible, Unknown };
  Answer answer = Answer::Unknown;
  /// If they fit: offsets, none ending above the height.
  llvm::SmallVector<int64_t> offsets;
  /// If it is impossible: the order in which the blocks of one connected part
  /// were tried when the search space was exhausted. Part of the proof.
  llvm::SmallVector<size_t> order;
  int64_t steps = 0;
};

/// Asks whether the blocks fit under `height`, for at most `budget` steps.
///
/// The canonical search of MiniMalloc (Moffitt, ASPLOS 2023): of the placements
/// under a height the one with the least sum of offsets puts every block on the
/// ground or on top of another, so blocks are placed by ascending (offset,
/// rank), each as low as those before it allow.
///
/// - Dominance: no block is placed where a different one would fit below.
/// - A branch is left where what remains at one moment cannot end under the
///   height from the lowest place that any of it can have.
/// - A block that is passed over rests on one that is placed later.
/// - Decomposition: where no block that is left crosses a border, what is left
///   falls into parts that are searched one by one; a part that fits is not
///   looked at again. A block that no other one left meets is such a part, so
///   placing it is never a choice (MiniMalloc's "hatless" blocks).
///
/// A block's rank is by the largest sum of sizes that it is part of, duration
/// and area in turn (TWA, TAW, WAT), once each; then first by how often
/// branches failed in its lifetime in the runs before, as constraint solvers
/// weigh variables by failures, in runs of lengths by Luby's sequence. O(blocks
/// * log(blocks)) a step in what is left.
FitResult fitUnder(llvm::ArrayRef<Block> blocks, int64_t height,
                   int64_t budget);

/// The proof that the blocks in `order` do not fit under `height`, as fitUnder
/// found it; nothing if it takes more than `maxSteps` steps.
std::optional<Refutation> refute(llvm::ArrayRef<Block> blocks,
                                 llvm::ArrayRef<size_t> order, int64_t height,
                                 size_t maxSteps);

/// A placement and what is known of lower ones.
struct Placed {
  llvm::SmallVector<int64_t> offsets;
  /// No placement is lower than this: the peak load or, where the search space
  /// was exhausted, more.
  int64_t proven = 0;
  /// The order of the exhausted search; empty if `proven` is the peak load.
  llvm::SmallVector<size_t> order;
  bool searched = false; ///< largest first was not enough
  int64_t steps = 0;
};

/// Largest first; where that stays above the peak load, and above `enough`, a
/// search of at most `budget` steps: it asks for the peak load first, with half
/// the budget, then between the two by bisection, each question with half of
/// what is left; or only for `enough`, unless that is 0. Heights are multiples
/// of the sizes' greatest common divisor, as offsets are.
Placed findPlacement(llvm::ArrayRef<Block> blocks, int64_t budget,
                     int64_t enough = 0);

/// The certificate of a placement that was found. A refutation of more than
/// `maxSteps` is left out.
PlanCertificate certify(llvm::ArrayRef<Block> blocks, const Placed &placed,
                        size_t maxSteps);

} // namespace ignis

#endif // IGNIS_ANALYSIS_PLACEMENTSEARCH_H
