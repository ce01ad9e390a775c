//===- MemoryPlan.cpp - Placing intervals in one address space ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Bounds, and plans over linear forms. The arena is planned at the largest T;
// the forms follow from the order of the offsets found there, each buffer on
// top of those before it that it meets. So they hold for every T, and where all
// sizes are multiples of T (or none is) they are as good as at the largest.
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/MemoryPlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"

#include <numeric>

using namespace ignis;
using llvm::ArrayRef;
using llvm::SmallVector;

/// The times at which intervals start: whatever is alive together is alive
/// together at one of them.
template <typename T>
static SmallVector<int64_t> getStarts(ArrayRef<T> items) {
  SmallVector<int64_t> starts;
  for (const T &item : items)
    starts.push_back(item.first);
  llvm::sort(starts);
  starts.erase(llvm::unique(starts), starts.end());
  return starts;
}

/// Indices by ascending `key`, stable.
template <typename Key>
static SmallVector<size_t> orderBy(size_t count, Key key) {
  SmallVector<size_t> order(count);
  std::iota(order.begin(), order.end(), size_t(0));
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::pair(key(a), a) < std::pair(key(b), b);
  });
  return order;
}

//===----------------------------------------------------------------------===//
// Bounds
//===----------------------------------------------------------------------===//

SmallVector<LinearForm> ignis::getLowerBound(ArrayRef<Interval> intervals,
                                             int64_t maxTokens) {
  SmallVector<LinearForm> sums;
  for (int64_t time : getStarts(intervals)) {
    LinearForm sum;
    for (const Interval &interval : intervals)
      if (interval.first <= time && time <= interval.last)
        sum += interval.size;
    sums.push_back(sum);
  }
  return upperEnvelope(sums, maxTokens);
}

SmallVector<Block> ignis::getBlocks(ArrayRef<Interval> intervals,
                                    int64_t tokens) {
  return llvm::map_to_vector(intervals, [&](const Interval &interval) {
    return Block{interval.size.at(tokens), interval.first, interval.last};
  });
}

int64_t ignis::getMaxLive(ArrayRef<Interval> intervals) {
  int64_t maximum = 0;
  for (int64_t time : getStarts(intervals))
    maximum = std::max<int64_t>(
        maximum, llvm::count_if(intervals, [&](const Interval &interval) {
          return interval.first <= time && time <= interval.last;
        }));
  return maximum;
}

//===----------------------------------------------------------------------===//
// Plans
//===----------------------------------------------------------------------===//

static void setPieces(MemoryPlan &plan, ArrayRef<Interval> intervals,
                      int64_t maxTokens) {
  SmallVector<LinearForm> ends;
  for (auto [interval, offset] : llvm::zip(intervals, plan.offsets))
    ends.push_back(offset + interval.size);
  plan.pieces = upperEnvelope(ends, maxTokens);
}

MemoryPlan ignis::planSeparate(ArrayRef<Interval> intervals,
                               int64_t maxTokens) {
  MemoryPlan plan;
  LinearForm end;
  for (const Interval &interval : intervals) {
    plan.offsets.push_back(end);
    end += interval.size;
  }
  setPieces(plan, intervals, maxTokens);
  return plan;
}

/// How large each slot has to be at least: the i-th largest interval alive at
/// one time, for the time where that is largest. Descending.
static SmallVector<int64_t> getSlotSizes(ArrayRef<Interval> intervals,
                                         int64_t tokens) {
  SmallVector<int64_t> sizes(getMaxLive(intervals), 0);
  for (int64_t time : getStarts(intervals)) {
    SmallVector<int64_t> live;
    for (const Interval &interval : intervals)
      if (interval.first <= time && time <= interval.last)
        live.push_back(interval.size.at(tokens));
    llvm::sort(live, std::greater<>());
    for (auto [size, needed] : llvm::zip(sizes, live))
      size = std::max(size, needed);
  }
  return sizes;
}

MemoryPlan ignis::planSlots(ArrayRef<Interval> intervals, int64_t maxTokens) {
  struct Slot {
    int64_t size;           // expected, at maxTokens
    LinearForm form = {};   // needed by what it holds so far
    int64_t busyUntil = -1; // last time
  };
  SmallVector<Slot> slots;
  for (int64_t size : getSlotSizes(intervals, maxTokens))
    slots.push_back({size});

  SmallVector<size_t> slotOf(intervals.size());
  auto order = orderBy(intervals.size(), [&](size_t i) {
    return std::pair(intervals[i].first, -intervals[i].size.at(maxTokens));
  });
  for (size_t i : order) {
    const Interval &interval = intervals[i];
    int64_t size = interval.size.at(maxTokens);
    // Slots stand by descending size. Interval graphs are perfect, so one of
    // getMaxLive slots is free at every start.
    Slot *chosen = nullptr;
    for (Slot &slot : slots)
      if (slot.busyUntil < interval.first && (!chosen || slot.size >= size))
        chosen = &slot;
    chosen->size = std::max(chosen->size, size);
    chosen->form = join(chosen->form, interval.size, maxTokens);
    chosen->busyUntil = interval.last;
    slotOf[i] = chosen - slots.begin();
  }

  SmallVector<LinearForm> starts;
  LinearForm end;
  for (const Slot &slot : slots) {
    starts.push_back(end);
    end += slot.form;
  }
  MemoryPlan plan;
  plan.slots = slots.size();
  for (size_t slot : slotOf)
    plan.offsets.push_back(starts[slot]);
  plan.pieces = {end};
  return plan;
}

MemoryPlan ignis::planArena(ArrayRef<Interval> intervals, int64_t maxTokens,
                            int64_t searchBudget) {
  MemoryPlan plan;
  plan.placed = findPlacement(getBlocks(intervals, maxTokens), searchBudget);
  ArrayRef<int64_t> found = plan.placed.offsets;

  plan.offsets.resize(intervals.size());
  auto order = orderBy(intervals.size(), [&](size_t i) { return found[i]; });
  for (auto [position, i] : llvm::enumerate(order))
    for (size_t below : ArrayRef(order).take_front(position))
      if (intervals[below].meets(intervals[i]))
        plan.offsets[i] =
            join(plan.offsets[i], plan.offsets[below] + intervals[below].size,
                 maxTokens);
  setPieces(plan, intervals, maxTokens);
  return plan;
}
