//===- FitSearch.cpp - Blocks under a height, in one order ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FitSearch.h"

#include "llvm/ADT/STLExtras.h"

#include <limits>

using namespace ignis;
using llvm::ArrayRef;
using llvm::SmallVector;
using Kind = RefutationStep::Kind;

FitSearch::FitSearch(ArrayRef<Block> blocks, ArrayRef<size_t> order,
                     int64_t height, int64_t budget)
    : height(height), budget(budget) {
  for (size_t index : order)
    moments.push_back(blocks[index].first);
  llvm::sort(moments);
  moments.erase(llvm::unique(moments), moments.end());
  remaining.assign(moments.size(), 0);
  failures.assign(moments.size(), 0);
  scratch.assign(moments.size() + 1, 0);

  for (size_t index : order) {
    const Block &block = blocks[index];
    Item item;
    item.size = block.size;
    item.first = llvm::lower_bound(moments, block.first) - moments.begin();
    item.last = llvm::upper_bound(moments, block.last) - moments.begin() - 1;
    items.push_back(item);
    for (uint32_t moment = item.first; moment <= item.last; ++moment)
      remaining[moment] += item.size;
  }
}

FitSearch::Answer FitSearch::run(std::vector<RefutationStep> *steps) {
  proof = steps;
  if (items.empty())
    return Answer::Fits;
  Open all;
  for (uint32_t rank = 0; rank < items.size(); ++rank)
    all.byRank.push_back(rank);
  all.byFloor = all.byRank; // the ground is everyone's floor
  return searchParts(all, 0, moments.size() - 1, {});
}

int64_t FitSearch::getFailures(size_t rank) const {
  const Item &item = items[rank];
  return *std::max_element(failures.begin() + item.first,
                           failures.begin() + item.last + 1);
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

SmallVector<FitSearch::Part> FitSearch::split(const Open &open, uint32_t first,
                                              uint32_t last) {
  // How many go on from one moment to the next; where none does, a part ends.
  ArrayRef<uint32_t> crossing(scratch);
  std::fill(scratch.begin() + first, scratch.begin() + last + 1, 0);
  for (uint32_t rank : open.byRank) {
    ++scratch[items[rank].first];
    --scratch[items[rank].last]; // wraps around, and back in the sum
  }
  SmallVector<Part> parts;
  uint32_t begin = first, count = 0;
  for (uint32_t moment = first; moment <= last; ++moment) {
    count += crossing[moment];
    scratch[moment] = parts.size();
    if (count != 0)
      continue;
    parts.push_back({{}, begin, moment});
    begin = moment + 1;
  }
  auto partOf = [&](uint32_t rank) -> Open & {
    return parts[crossing[items[rank].first]].open;
  };
  for (uint32_t rank : open.byRank)
    partOf(rank).byRank.push_back(rank);
  for (uint32_t rank : open.byFloor)
    partOf(rank).byFloor.push_back(rank);
  llvm::erase_if(parts,
                 [](const Part &part) { return part.open.byRank.empty(); });
  // What is small is done soon, and often fails as well as what is large.
  llvm::sort(parts, [](const Part &a, const Part &b) {
    return std::pair(a.open.byRank.size(), a.first) <
           std::pair(b.open.byRank.size(), b.first);
  });
  return parts;
}

FitSearch::Answer FitSearch::searchParts(const Open &open, uint32_t first,
                                         uint32_t last, Level level) {
  SmallVector<Part> parts = split(open, first, last);
  size_t proven = proof ? proof->size() : 0;
  for (const Part &part : parts) {
    if (proof)
      proof->resize(proven); // of the parts before, which fit
    if (parts.size() != 1)
      prove(Kind::Part, part.open.byRank.front());
    Answer answer = search(part, level);
    if (answer != Answer::Fits)
      return answer;
  }
  return Answer::Fits;
}

//===----------------------------------------------------------------------===//
// The search
//===----------------------------------------------------------------------===//

FitSearch::Answer FitSearch::search(const Part &part, Level level) {
  if (part.open.byRank.size() == 1) {
    uint32_t rank = part.open.byRank.front();
    Item &item = items[rank];
    item.offset = item.floor;
    if (item.floor + item.size <= height)
      return Answer::Fits;
    prove(Kind::Top, rank);
    return Answer::Impossible;
  }
  if (steps == budget)
    return Answer::Unknown;
  ++steps;

  Look found = look(part, level);
  if (found.hopeless)
    return Answer::Impossible;
  prove(Kind::Branch, moments[found.fullest]);
  for (uint32_t rank : found.next) {
    Answer answer = place(part, rank);
    if (answer != Answer::Impossible)
      return answer;
  }
  return Answer::Impossible;
}

FitSearch::Look FitSearch::look(const Part &part, Level level) {
  Look found;
  found.fullest = part.first;
  for (uint32_t moment = part.first; moment <= part.last; ++moment)
    if (remaining[moment] > remaining[found.fullest])
      found.fullest = moment;
  // Nothing may be placed higher, for all that is left comes to lie above.
  int64_t limit = height - remaining[found.fullest];
  if (level.offset > limit) {
    ++failures[found.fullest];
    prove(Kind::Cut, moments[found.fullest]);
    found.hopeless = true;
    return found;
  }

  // What was passed over comes before the last block placed in (floor, rank).
  auto isPassedOver = [&](uint32_t rank) {
    return std::pair(items[rank].floor, rank) <
           std::pair(level.offset, level.rank);
  };
  ArrayRef<uint32_t> ahead =
      ArrayRef(part.open.byFloor).drop_while(isPassedOver);

  // The lowest top of what is open: of what could have lain there already, and
  // of what can still be placed.
  int64_t lowestTop = std::numeric_limits<int64_t>::max();
  int64_t nextTop = lowestTop;
  for (uint32_t rank : part.open.byRank) {
    const Item &item = items[rank];
    lowestTop = std::min(lowestTop, item.floor + item.size);
    nextTop = std::min(nextTop, std::max(item.floor, level.offset) + item.size);
  }
  // What was passed over rests on something that is still to be placed.
  for (uint32_t rank : part.open.byRank)
    if ((isPassedOver(rank) ? nextTop : items[rank].floor) + items[rank].size >
        height) {
      prove(Kind::Top, rank);
      found.hopeless = true;
      return found;
    }
  auto isNext = [&](uint32_t rank) {
    return items[rank].floor < lowestTop && items[rank].floor <= limit;
  };
  ArrayRef<uint32_t> next = ahead.take_while(isNext);
  found.next.append(next.begin(), next.end());

  SmallVector<std::pair<int64_t, uint32_t>, 0> lowest;
  lowest.reserve(part.open.byRank.size());
  auto addAheadBelow = [&](std::pair<int64_t, uint32_t> end) {
    for (; !ahead.empty(); ahead = ahead.drop_front()) {
      std::pair place(items[ahead.front()].floor, ahead.front());
      if (place > end)
        break;
      lowest.push_back(place);
    }
  };
  for (uint32_t rank : part.open.byRank)
    if (isPassedOver(rank)) {
      addAheadBelow({nextTop, rank});
      lowest.emplace_back(nextTop, rank);
    }
  addAheadBelow({height, items.size()}); // the rest: all have room
  found.hopeless = !hasRoom(part, lowest);
  return found;
}

/// Whether at each moment what is left ends under the height, from the lowest
/// place that any of it can have: `lowest` has places and ranks, ascending.
bool FitSearch::hasRoom(const Part &part,
                        ArrayRef<std::pair<int64_t, uint32_t>> lowest) {
  // The first block to cover a moment is the lowest there. Moments that are
  // covered are skipped by links to the next, which are shortened on the way.
  SmallVector<uint32_t> &next = scratch;
  for (uint32_t moment = part.first; moment <= part.last + 1; ++moment)
    next[moment] = moment;
  for (auto [offset, rank] : lowest)
    for (uint32_t moment = items[rank].first;;) {
      while (next[moment] != moment) {
        next[moment] = next[next[moment]];
        moment = next[moment];
      }
      if (moment > items[rank].last)
        break;
      if (offset + remaining[moment] > height) {
        ++failures[moment];
        prove(Kind::Cut, moments[moment]);
        return false;
      }
      next[moment] = moment + 1;
    }
  return true;
}

FitSearch::Answer FitSearch::place(const Part &part, uint32_t rank) {
  Item &item = items[rank];
  item.offset = item.floor;
  int64_t top = item.offset + item.size;

  Open open;
  open.byRank.reserve(part.open.byRank.size() - 1);
  open.byFloor.reserve(part.open.byFloor.size() - 1);
  Ranks lifted;
  SmallVector<int64_t, 0> floors; // that they had
  auto isLifted = [&](uint32_t other) {
    const Item &above = items[other];
    return above.first <= item.last && item.first <= above.last &&
           above.floor < top;
  };
  for (uint32_t other : part.open.byRank) {
    if (other == rank)
      continue;
    open.byRank.push_back(other);
    if (!isLifted(other))
      continue;
    lifted.push_back(other);
    floors.push_back(items[other].floor);
  }
  Ranks still;
  llvm::copy_if(
      part.open.byFloor, std::back_inserter(still),
      [&](uint32_t other) { return other != rank && !isLifted(other); });
  for (uint32_t other : lifted)
    items[other].floor = top;
  std::merge(still.begin(), still.end(), lifted.begin(), lifted.end(),
             std::back_inserter(open.byFloor),
             [&](uint32_t a, uint32_t b) { return isBelow(a, b); });
  for (uint32_t moment = item.first; moment <= item.last; ++moment)
    remaining[moment] -= item.size;
  Answer answer = searchParts(open, part.first, part.last, {item.offset, rank});
  for (uint32_t moment = item.first; moment <= item.last; ++moment)
    remaining[moment] += item.size;
  for (auto [other, floor] : llvm::zip_equal(lifted, floors))
    items[other].floor = floor;
  return answer;
}
