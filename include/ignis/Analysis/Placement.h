//===- Placement.h - Blocks of known size in one space ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Dynamic storage allocation at fixed sizes: blocks of bytes with lifetimes get
// offsets so that no two that meet in time meet in space. NP-hard (Stockmeyer;
// Garey and Johnson's SR2). Here are the problem, its bound, the placements
// that take one look at each block, and the check of a placement; searching is
// in PlacementSearch.h. Nothing here knows the IR.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_PLACEMENT_H
#define IGNIS_ANALYSIS_PLACEMENT_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <cstdint>
#include <optional>
#include <utility>

namespace ignis {

/// The sizes of all blocks together are at most this, so that no sum overflows.
inline constexpr int64_t maxTotalBytes = int64_t(1) << 60;

/// Bytes that are taken from the time `first` to the time `last`, both
/// included. A size is at least 0, and first <= last.
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

/// The largest sum of sizes at one time, which no placement is below, and the
/// first time it is reached; {0, 0} for no blocks. O(n log n).
struct PeakLoad {
  int64_t bytes = 0;
  int64_t time = 0;
};
PeakLoad getPeakLoad(llvm::ArrayRef<Block> blocks);

/// Two blocks that meet in time and have a byte in common, if there are any; a
/// block below 0 is paired with itself. O(n log n + pairs that meet).
std::optional<std::pair<size_t, size_t>>
findOverlap(llvm::ArrayRef<Block> blocks, llvm::ArrayRef<int64_t> offsets);

//===----------------------------------------------------------------------===//
// One look at each block, O(n^2 log n). All return offsets.
//===----------------------------------------------------------------------===//

/// Largest first, each into the lowest gap that holds it; the first try of
/// planArena, and TFLite's "greedy by size".
llvm::SmallVector<int64_t> placeLargestFirst(llvm::ArrayRef<Block> blocks);

/// By time of birth, the larger of two first, each into the lowest gap.
llvm::SmallVector<int64_t> placeFirstFit(llvm::ArrayRef<Block> blocks);

/// By time of birth, each into the smallest gap that holds it among the blocks
/// alive then, else on top of everything so far: MLIR's static memory planner
/// (llvm-project#207403).
llvm::SmallVector<int64_t> placeBestFit(llvm::ArrayRef<Block> blocks);

/// The interval graph coloured with as few colours as blocks meet at once, each
/// by time of birth in the smallest free slot that holds it; a slot is as large
/// as its largest block.
llvm::SmallVector<int64_t> placeByColor(llvm::ArrayRef<Block> blocks);

} // namespace ignis

#endif // IGNIS_ANALYSIS_PLACEMENT_H
