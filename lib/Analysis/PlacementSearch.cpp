//===- PlacementSearch.cpp - Exact search for a placement -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/MemoryPlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/Support/ErrorHandling.h"

#include <limits>
#include <utility>

using namespace ignis;
using llvm::ArrayRef;
using llvm::SmallVector;

namespace {
/// Depth-first over the canonical placements: blocks by ascending (offset,
/// rank), each on top of those before it. The skyline is what they reach at
/// each moment; a moment is a time at which a block starts.
class PlacementSearch {
public:
  /// What makes a block come early. Any order is complete; which one comes
  /// upon a solution soon depends on the instance.
  enum class Rank { Area, Size, Duration };

  PlacementSearch(ArrayRef<Block> blocks, Rank rank, int64_t height,
                  int64_t target, int64_t budget);
  SearchResult run() &&;

private:
  struct Item {
    size_t index; // of the block
    int64_t size;
    size_t first, last; // moments
    bool placed = false;
    int64_t offset = 0;
  };

  /// Returns whether the search is over: target met or budget spent.
  bool descend(size_t placedCount, int64_t lastOffset, size_t lastRank);
  /// As low as the skyline lets the item lie.
  int64_t getFloor(const Item &item) const;
  /// Whether what is left could end below the limit.
  bool canStayBelow(ArrayRef<int64_t> floors, int64_t lastOffset);
  void record();

  SmallVector<Item> items; // by rank
  SmallVector<int64_t> skyline;
  SmallVector<int64_t> remaining; // bytes left to place, by moment
  SmallVector<int64_t> lowest;    // floor of what is left, by moment
  int64_t height;                 // to stay below
  int64_t target;
  int64_t budget;
  SearchResult result;
};
} // namespace

PlacementSearch::PlacementSearch(ArrayRef<Block> blocks, Rank rank,
                                 int64_t height, int64_t target, int64_t budget)
    : height(height), target(target), budget(budget) {
  SmallVector<int64_t> moments;
  for (const Block &block : blocks)
    moments.push_back(block.first);
  llvm::sort(moments);
  moments.erase(llvm::unique(moments), moments.end());

  skyline.assign(moments.size(), 0);
  remaining.assign(moments.size(), 0);
  lowest.resize(moments.size());
  for (auto [index, block] : llvm::enumerate(blocks)) {
    if (block.size == 0)
      continue; // lies anywhere
    Item item;
    item.index = index;
    item.size = block.size;
    item.first = llvm::lower_bound(moments, block.first) - moments.begin();
    item.last = llvm::upper_bound(moments, block.last) - moments.begin() - 1;
    items.push_back(item);
    for (size_t moment = item.first; moment <= item.last; ++moment)
      remaining[moment] += item.size;
  }
  auto weight = [rank](const Item &item) {
    double size = item.size, duration = item.last - item.first + 1;
    switch (rank) {
    case Rank::Area:
      return std::pair(size * duration, size);
    case Rank::Size:
      return std::pair(size, duration);
    case Rank::Duration:
      return std::pair(duration, size);
    }
    llvm_unreachable("unknown rank");
  };
  llvm::sort(items, [&](const Item &a, const Item &b) {
    return std::pair(weight(b), a.index) < std::pair(weight(a), b.index);
  });
  result.offsets.emplace(blocks.size(), 0);
}

int64_t PlacementSearch::getFloor(const Item &item) const {
  return *std::max_element(skyline.begin() + item.first,
                           skyline.begin() + item.last + 1);
}

bool PlacementSearch::canStayBelow(ArrayRef<int64_t> floors,
                                   int64_t lastOffset) {
  lowest.assign(lowest.size(), std::numeric_limits<int64_t>::max());
  for (auto [item, floor] : llvm::zip(items, floors)) {
    if (item.placed)
      continue;
    for (size_t moment = item.first; moment <= item.last; ++moment)
      lowest[moment] = std::min(lowest[moment], std::max(floor, lastOffset));
  }
  for (auto [left, floor] : llvm::zip(remaining, lowest))
    if (left != 0 && floor + left >= height)
      return false;
  return true;
}

void PlacementSearch::record() {
  height = *llvm::max_element(skyline);
  for (const Item &item : items)
    (*result.offsets)[item.index] = item.offset;
}

bool PlacementSearch::descend(size_t placedCount, int64_t lastOffset,
                              size_t lastRank) {
  if (placedCount == items.size()) {
    record();
    return height <= target;
  }
  if (++result.steps > budget)
    return true;

  // A block whose top would not rise above another's floor belongs below it.
  SmallVector<int64_t> floors;
  int64_t ceiling = std::numeric_limits<int64_t>::max();
  for (const Item &item : items) {
    floors.push_back(item.placed ? 0 : getFloor(item));
    if (!item.placed)
      ceiling = std::min(ceiling, floors.back() + item.size);
  }
  if (!canStayBelow(floors, lastOffset))
    return false;

  SmallVector<size_t> candidates;
  for (auto [rank, item] : llvm::enumerate(items))
    if (!item.placed && floors[rank] < ceiling &&
        std::pair(floors[rank], rank) >= std::pair(lastOffset, lastRank))
      candidates.push_back(rank);
  llvm::sort(candidates, [&](size_t a, size_t b) {
    return std::pair(floors[a], a) < std::pair(floors[b], b);
  });

  for (size_t rank : candidates) {
    Item &item = items[rank];
    if (floors[rank] + item.size >= height)
      continue;
    item.placed = true;
    item.offset = floors[rank];
    SmallVector<int64_t> covered(skyline.begin() + item.first,
                                 skyline.begin() + item.last + 1);
    for (size_t moment = item.first; moment <= item.last; ++moment) {
      skyline[moment] = item.offset + item.size;
      remaining[moment] -= item.size;
    }
    bool over = descend(placedCount + 1, item.offset, rank);
    for (size_t moment = item.first; moment <= item.last; ++moment)
      remaining[moment] += item.size;
    llvm::copy(covered, skyline.begin() + item.first);
    item.placed = false;
    if (over)
      return true;
  }
  return false;
}

SearchResult PlacementSearch::run() && {
  int64_t initial = height;
  bool stopped = !items.empty() && descend(0, 0, 0);
  result.finished = !stopped || height <= target;
  if (height >= initial)
    result.offsets.reset();
  return std::move(result);
}

SearchResult ignis::searchPlacement(ArrayRef<Block> blocks, int64_t height,
                                    int64_t target, int64_t budget) {
  using Rank = PlacementSearch::Rank;
  SearchResult best;
  for (Rank rank : {Rank::Size, Rank::Area, Rank::Duration}) {
    SearchResult result =
        PlacementSearch(blocks, rank, height, target, budget / 3).run();
    best.steps += result.steps;
    best.finished = result.finished;
    if (result.offsets) {
      best.offsets = std::move(result.offsets);
      height = getHeight(blocks, *best.offsets);
    }
    if (best.finished)
      break;
  }
  return best;
}
