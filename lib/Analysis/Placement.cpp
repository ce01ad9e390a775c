//===- Placement.cpp - Blocks of known size in one space ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/Placement.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"

#include <limits>
#include <numeric>

using namespace ignis;
using llvm::ArrayRef;
using llvm::SmallVector;

int64_t ignis::getHeight(ArrayRef<Block> blocks, ArrayRef<int64_t> offsets) {
  int64_t height = 0;
  for (auto [block, offset] : llvm::zip(blocks, offsets))
    height = std::max(height, offset + block.size);
  return height;
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

/// By time of birth, the larger of two first.
static SmallVector<size_t> orderByBirth(ArrayRef<Block> blocks) {
  return orderBy(blocks.size(), [&](size_t i) {
    return std::pair(blocks[i].first, -blocks[i].size);
  });
}

PeakLoad ignis::getPeakLoad(ArrayRef<Block> blocks) {
  auto births =
      orderBy(blocks.size(), [&](size_t i) { return blocks[i].first; });
  auto deaths =
      orderBy(blocks.size(), [&](size_t i) { return blocks[i].last; });
  PeakLoad peak;
  int64_t alive = 0;
  const size_t *dead = deaths.begin();
  for (size_t born : births) {
    for (; blocks[*dead].last < blocks[born].first; ++dead)
      alive -= blocks[*dead].size;
    alive += blocks[born].size;
    if (alive > peak.bytes)
      peak = {alive, blocks[born].first};
  }
  return peak;
}

std::optional<std::pair<size_t, size_t>>
ignis::findOverlap(ArrayRef<Block> blocks, ArrayRef<int64_t> offsets) {
  SmallVector<size_t> alive;
  for (size_t born : orderByBirth(blocks)) {
    if (offsets[born] < 0)
      return std::pair(born, born);
    llvm::erase_if(
        alive, [&](size_t i) { return blocks[i].last < blocks[born].first; });
    for (size_t i : alive)
      if (std::max(offsets[i], offsets[born]) <
          std::min(offsets[i] + blocks[i].size,
                   offsets[born] + blocks[born].size))
        return std::pair(i, born);
    alive.push_back(born);
  }
  return std::nullopt;
}

//===----------------------------------------------------------------------===//
// One look at each block
//===----------------------------------------------------------------------===//

/// Each block of `order` into the lowest gap that holds it.
static SmallVector<int64_t> placeLowest(ArrayRef<Block> blocks,
                                        ArrayRef<size_t> order) {
  SmallVector<int64_t> offsets(blocks.size());
  SmallVector<size_t> placed; // by ascending offset
  for (size_t i : order) {
    int64_t offset = 0;
    for (size_t other : placed) {
      if (!blocks[other].meets(blocks[i]))
        continue;
      if (offset + blocks[i].size <= offsets[other])
        break;
      offset = std::max(offset, offsets[other] + blocks[other].size);
    }
    offsets[i] = offset;
    placed.insert(llvm::upper_bound(placed, offset,
                                    [&](int64_t value, size_t other) {
                                      return value < offsets[other];
                                    }),
                  i);
  }
  return offsets;
}

SmallVector<int64_t> ignis::placeLargestFirst(ArrayRef<Block> blocks) {
  return placeLowest(blocks, orderBy(blocks.size(), [&](size_t i) {
                       return std::pair(-blocks[i].size,
                                        blocks[i].first - blocks[i].last);
                     }));
}

SmallVector<int64_t> ignis::placeFirstFit(ArrayRef<Block> blocks) {
  return placeLowest(blocks, orderByBirth(blocks));
}

SmallVector<int64_t> ignis::placeBestFit(ArrayRef<Block> blocks) {
  SmallVector<int64_t> offsets(blocks.size());
  SmallVector<size_t> alive; // by ascending offset
  int64_t end = 0;           // of everything so far
  for (size_t born : orderByBirth(blocks)) {
    llvm::erase_if(
        alive, [&](size_t i) { return blocks[i].last < blocks[born].first; });
    int64_t best = end, bestGap = std::numeric_limits<int64_t>::max();
    int64_t begin = 0; // of the gap below the next one alive
    auto offer = [&](int64_t gapEnd) {
      int64_t gap = gapEnd - begin;
      if (gap < blocks[born].size || gap >= bestGap)
        return;
      best = begin;
      bestGap = gap;
    };
    for (size_t i : alive) {
      offer(offsets[i]);
      begin = std::max(begin, offsets[i] + blocks[i].size);
    }
    offer(end);
    offsets[born] = best;
    end = std::max(end, best + blocks[born].size);
    alive.insert(llvm::upper_bound(alive, best,
                                   [&](int64_t value, size_t i) {
                                     return value < offsets[i];
                                   }),
                 born);
  }
  return offsets;
}

SmallVector<int64_t> ignis::placeByColor(ArrayRef<Block> blocks) {
  struct Slot {
    int64_t size;
    std::optional<int64_t> busyUntil; // last time
  };
  SmallVector<Slot> slots;
  SmallVector<size_t> slotOf(blocks.size());
  for (size_t born : orderByBirth(blocks)) {
    const Block &block = blocks[born];
    // The smallest free slot that holds it, else the largest free one, which
    // then grows.
    Slot *chosen = nullptr;
    auto isBetter = [&](const Slot &slot) {
      bool holds = slot.size >= block.size;
      bool chosenHolds = chosen->size >= block.size;
      if (holds != chosenHolds)
        return holds;
      return holds ? slot.size < chosen->size : slot.size > chosen->size;
    };
    for (Slot &slot : slots)
      if ((!slot.busyUntil || *slot.busyUntil < block.first) &&
          (!chosen || isBetter(slot)))
        chosen = &slot;
    if (!chosen)
      chosen = &slots.emplace_back(Slot{0, std::nullopt});
    chosen->size = std::max(chosen->size, block.size);
    chosen->busyUntil = block.last;
    slotOf[born] = chosen - slots.begin();
  }
  SmallVector<int64_t> starts;
  int64_t end = 0;
  for (const Slot &slot : slots) {
    starts.push_back(end);
    end += slot.size;
  }
  return llvm::map_to_vector(slotOf, [&](size_t slot) { return starts[slot]; });
}
