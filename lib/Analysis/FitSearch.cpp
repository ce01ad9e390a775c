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
  Ranks all;
  for (uint32_t rank = 0; rank < items.size(); ++rank)
    all.push_back(rank);
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

SmallVector<FitSearch::Part> FitSearch::split(const Ranks &open, uint32_t first,
                                              uint32_t last) {
  // How many go on from one moment to the next; where none does, a part ends.
  ArrayRef<uint32_t> crossing(scratch);
  std::fill(scratch.begin() + first, scratch.begin() + last + 1, 0);
  for (uint32_t rank : open) {
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
  for (uint32_t rank : open)
    parts[crossing[items[rank].first]].open.push_back(rank);
  llvm::erase_if(parts, [](const Part &part) { return part.open.empty(); });
  // What is small is done soon, and often fails as well as what is large.
  llvm::sort(parts, [](const Part &a, const Part &b) {
    return std::pair(a.open.size(), a.first) <
           std::pair(b.open.size(), b.first);
  });
  return parts;
}

FitSearch::Answer FitSearch::searchParts(const Ranks &open, uint32_t first,
                                         uint32_t last, Level level) {
  SmallVector<Part> parts = split(open, first, last);
  size_t proven = proof ? proof->size() : 0;
  for (const Part &part : parts) {
    if (proof)
      proof->resize(proven); // of the parts before, which fit
    if (parts.size() != 1)
      prove(Kind::Part, part.open.front());
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
  if (part.open.size() == 1) {
    Item &item = items[part.open.front()];
    item.offset = item.floor;
    if (item.floor + item.size <= height)
      return Answer::Fits;
    prove(Kind::Top, part.open.front());
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

  // The lowest top of what is open: of what could have lain there already, and
  // of what can still be placed.
  int64_t lowestTop = std::numeric_limits<int64_t>::max();
  int64_t nextTop = lowestTop;
  for (uint32_t rank : part.open) {
    const Item &item = items[rank];
    lowestTop = std::min(lowestTop, item.floor + item.size);
    nextTop = std::min(nextTop, std::max(item.floor, level.offset) + item.size);
  }

  SmallVector<std::pair<int64_t, uint32_t>, 0> lowest;
  lowest.reserve(part.open.size());
  for (uint32_t rank : part.open) {
    const Item &item = items[rank];
    bool passedOver =
        std::pair(item.floor, rank) < std::pair(level.offset, level.rank);
    // What was passed over rests on something that is still to be placed.
    int64_t offset = passedOver ? nextTop : item.floor;
    if (offset + item.size > height) {
      prove(Kind::Top, rank);
      found.hopeless = true;
      return found;
    }
    lowest.emplace_back(offset, rank);
    if (!passedOver && item.floor < lowestTop && item.floor <= limit)
      found.next.push_back(rank);
  }
  llvm::sort(lowest);
  found.hopeless = !hasRoom(part, lowest);
  llvm::sort(found.next, [&](uint32_t a, uint32_t b) {
    return std::pair(items[a].floor, a) < std::pair(items[b].floor, b);
  });
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

  Ranks open;
  open.reserve(part.open.size() - 1);
  SmallVector<std::pair<uint32_t, int64_t>, 0> raised; // and from where
  for (uint32_t other : part.open) {
    if (other == rank)
      continue;
    open.push_back(other);
    Item &above = items[other];
    if (above.first > item.last || item.first > above.last ||
        above.floor >= top)
      continue;
    raised.emplace_back(other, above.floor);
    above.floor = top;
  }
  for (uint32_t moment = item.first; moment <= item.last; ++moment)
    remaining[moment] -= item.size;
  Answer answer = searchParts(open, part.first, part.last, {item.offset, rank});
  for (uint32_t moment = item.first; moment <= item.last; ++moment)
    remaining[moment] += item.size;
  for (auto [other, floor] : raised)
    items[other].floor = floor;
  return answer;
}
