//===- FitSearch.h - Blocks under a height, in one order --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_FITSEARCH_H
#define IGNIS_ANALYSIS_FITSEARCH_H

#include "ignis/Analysis/PlacementSearch.h"

namespace ignis {

/// Depth first over the canonical placements (see fitUnder), with one order of
/// the blocks.
///
/// A moment is a time at which a block starts: blocks that meet meet at one. A
/// block's floor is as low as it can lie on those that are placed. What is open
/// is always connected by lifetimes, and so a range of moments.
class FitSearch {
public:
  using Answer = FitResult::Answer;

  /// The blocks of `order`, by rank.
  FitSearch(llvm::ArrayRef<Block> blocks, llvm::ArrayRef<size_t> order,
            int64_t height, int64_t budget);

  /// Appends the proof to `steps` if the blocks do not fit. To be called once.
  Answer run(std::vector<RefutationStep> *steps = nullptr);

  /// If they fit, of the block with this rank.
  int64_t getOffset(size_t rank) const { return items[rank].offset; }
  int64_t getSteps() const { return steps; }
  /// How often a branch was left for lack of room at a moment of the lifetime
  /// of the block with this rank: the largest such count.
  int64_t getFailures(size_t rank) const;

private:
  struct Item {
    int64_t size;
    uint32_t first, last; // moments
    int64_t floor = 0;
    int64_t offset = 0;
  };
  using Ranks = llvm::SmallVector<uint32_t, 0>;
  /// Blocks that are not placed, in two orders. Placing a block moves few of
  /// them, so both are kept up to date rather than sorted in each step.
  struct Open {
    Ranks byRank;
    Ranks byFloor; // and of one floor by rank
  };
  /// What is open, and the range of its moments.
  struct Part {
    Open open;
    uint32_t first, last;
  };
  /// The last block placed: what comes is later in the list.
  struct Level {
    int64_t offset = 0;
    uint32_t rank = 0;
  };
  /// What a look at the open blocks tells.
  struct Look {
    bool hopeless = false;
    uint32_t fullest; // moment
    Ranks next;       // what can be the next in the list, by (floor, rank)
  };

  Answer search(const Part &part, Level level);
  Answer searchParts(const Open &open, uint32_t first, uint32_t last,
                     Level level);
  llvm::SmallVector<Part> split(const Open &open, uint32_t first,
                                uint32_t last);
  Look look(const Part &part, Level level);
  bool isBelow(uint32_t a, uint32_t b) const {
    return std::pair(items[a].floor, a) < std::pair(items[b].floor, b);
  }
  bool hasRoom(const Part &part,
               llvm::ArrayRef<std::pair<int64_t, uint32_t>> lowest);
  Answer place(const Part &part, uint32_t rank);

  void prove(RefutationStep::Kind kind, int64_t at) {
    if (proof)
      proof->push_back({kind, at});
  }

  int64_t height;
  int64_t budget;
  int64_t steps = 0;
  std::vector<Item> items; // by rank
  llvm::SmallVector<int64_t> moments;
  llvm::SmallVector<int64_t> remaining; // open bytes, by moment
  llvm::SmallVector<int64_t> failures;  // by moment
  llvm::SmallVector<uint32_t> scratch;  // by moment
  std::vector<RefutationStep> *proof = nullptr;
};

} // namespace ignis

#endif // IGNIS_ANALYSIS_FITSEARCH_H
