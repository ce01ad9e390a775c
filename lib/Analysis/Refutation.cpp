//===- Refutation.cpp - Why blocks do not fit -----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The checker. It shares nothing with the search, and does each step from the
// definitions: it is to be read and believed.
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/Refutation.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/ADT/StringExtras.h"

#include <cinttypes>
#include <limits>

using namespace ignis;
using llvm::ArrayRef;
using llvm::Error;
using llvm::SmallVector;
using Kind = RefutationStep::Kind;

namespace {
class Checker {
public:
  Checker(ArrayRef<Block> blocks, const Refutation &refutation);
  /// The proof may end before or after the steps do.
  Error check();

private:
  /// Blocks by position in the order.
  using Positions = SmallVector<size_t, 0>;
  struct Placed {
    size_t position;
    int64_t offset;
  };
  /// A branch whose cases are being proven, or the whole.
  struct Case {
    Positions open;
    size_t placedCount;
    SmallVector<Placed, 0> next; // cases left, the last one first
  };

  Error fail(const char *rule) const;
  /// What a block can still lie on: everything placed that it meets.
  int64_t getFloor(size_t position) const;
  /// Whether the block would be before the last one placed.
  bool isBefore(int64_t offset, size_t position) const;
  /// The lowest place of each open block, parallel.
  SmallVector<int64_t, 0> getLowest(const Positions &open) const;
  int64_t getOpenBytes(const Positions &open, int64_t time) const;
  Error checkCut(const Positions &open, int64_t time) const;
  Error checkTop(const Positions &open, size_t position) const;
  Error takePart(Positions &open, size_t position) const;
  SmallVector<Placed, 0> getNext(const Positions &open, int64_t time) const;

  const Refutation &refutation;
  SmallVector<Block, 0> blocks; // by position
  SmallVector<Placed, 0> placed;
  size_t step = 0;
};
} // namespace

Checker::Checker(ArrayRef<Block> blocks, const Refutation &refutation)
    : refutation(refutation) {
  for (size_t index : refutation.order)
    this->blocks.push_back(blocks[index]);
}

Error Checker::fail(const char *rule) const {
  return llvm::createStringError("step %zu of the refutation: %s", step, rule);
}

int64_t Checker::getFloor(size_t position) const {
  int64_t floor = 0;
  for (const Placed &below : placed)
    if (blocks[below.position].meets(blocks[position]))
      floor = std::max(floor, below.offset + blocks[below.position].size);
  return floor;
}

bool Checker::isBefore(int64_t offset, size_t position) const {
  return !placed.empty() &&
         std::pair(offset, position) <
             std::pair(placed.back().offset, placed.back().position);
}

SmallVector<int64_t, 0> Checker::getLowest(const Positions &open) const {
  // A block that would be before the last one cannot lie on its floor, so it
  // lies on an open one, which is not below the last one either.
  int64_t level = placed.empty() ? 0 : placed.back().offset;
  int64_t raised = std::numeric_limits<int64_t>::max();
  for (size_t position : open)
    raised = std::min(raised, std::max(level, getFloor(position)) +
                                  blocks[position].size);
  return llvm::map_to_vector<0>(open, [&](size_t position) {
    int64_t floor = getFloor(position);
    return isBefore(floor, position) ? raised : floor;
  });
}

int64_t Checker::getOpenBytes(const Positions &open, int64_t time) const {
  int64_t bytes = 0;
  for (size_t position : open)
    if (blocks[position].first <= time && time <= blocks[position].last)
      bytes += blocks[position].size;
  return bytes;
}

Error Checker::checkCut(const Positions &open, int64_t time) const {
  int64_t lowest = std::numeric_limits<int64_t>::max();
  for (auto [position, offset] : llvm::zip(open, getLowest(open)))
    if (blocks[position].first <= time && time <= blocks[position].last)
      lowest = std::min(lowest, offset);
  int64_t bytes = getOpenBytes(open, time);
  if (bytes == 0)
    return fail("expects an open block at the time of the cut");
  // None lies below the last one placed.
  if (!placed.empty())
    lowest = std::max(lowest, placed.back().offset);
  if (lowest + bytes <= refutation.height)
    return fail("what is open at the cut fits under the height");
  return Error::success();
}

Error Checker::checkTop(const Positions &open, size_t position) const {
  auto found = llvm::find(open, position);
  if (found == open.end())
    return fail("expects an open block");
  int64_t offset = getLowest(open)[found - open.begin()];
  if (offset + blocks[position].size <= refutation.height)
    return fail("the block fits under the height");
  return Error::success();
}

Error Checker::takePart(Positions &open, size_t position) const {
  if (!llvm::is_contained(open, position))
    return fail("expects an open block");
  Positions part{position}, rest;
  llvm::copy_if(open, std::back_inserter(rest),
                [&](size_t other) { return other != position; });
  for (size_t known = 0; known < part.size(); ++known)
    llvm::erase_if(rest, [&](size_t other) {
      bool meets = blocks[other].meets(blocks[part[known]]);
      if (meets)
        part.push_back(other);
      return meets;
    });
  open = std::move(part);
  return Error::success();
}

SmallVector<Checker::Placed, 0> Checker::getNext(const Positions &open,
                                                 int64_t time) const {
  int64_t limit = refutation.height - getOpenBytes(open, time);
  int64_t lowestTop = std::numeric_limits<int64_t>::max();
  for (size_t position : open)
    lowestTop = std::min(lowestTop, getFloor(position) + blocks[position].size);
  SmallVector<Placed, 0> next;
  for (size_t position : open) {
    int64_t floor = getFloor(position);
    if (!isBefore(floor, position) && floor < lowestTop && floor <= limit)
      next.push_back({position, floor});
  }
  llvm::sort(next, [](const Placed &a, const Placed &b) {
    return std::pair(b.offset, b.position) < std::pair(a.offset, a.position);
  });
  return next;
}

Error Checker::check() {
  SmallVector<Case, 0> cases;
  Positions open;
  for (size_t position = 0; position < blocks.size(); ++position)
    open.push_back(position);

  for (;; ++step) {
    if (step == refutation.steps.size())
      return fail("expects another one, there is none");
    RefutationStep now = refutation.steps[step];
    if (now.kind == Kind::Part) {
      if (Error error = takePart(open, now.at))
        return error;
      continue;
    }
    if (now.kind == Kind::Branch) {
      cases.push_back({open, placed.size(), getNext(open, now.at)});
    } else if (Error error = now.kind == Kind::Cut ? checkCut(open, now.at)
                                                   : checkTop(open, now.at)) {
      return error;
    }

    // On to the next case that is left.
    while (!cases.empty() && cases.back().next.empty())
      cases.pop_back();
    if (cases.empty())
      break;
    Case &current = cases.back();
    placed.truncate(current.placedCount);
    placed.push_back(current.next.pop_back_val());
    open = current.open;
    llvm::erase(open, placed.back().position);
  }
  if (step + 1 != refutation.steps.size())
    return fail("expects to be the last one");
  return Error::success();
}

Error ignis::checkRefutation(ArrayRef<Block> blocks,
                             const Refutation &refutation) {
  if (refutation.height < 0 || refutation.height > maxTotalBytes)
    return llvm::createStringError(
        "the refutation expects a height from 0 to 2^60, got %" PRId64,
        refutation.height);
  SmallVector<bool> seen(blocks.size(), false);
  for (size_t index : refutation.order) {
    if (index >= blocks.size() || std::exchange(seen[index], true))
      return llvm::createStringError(
          "the refutation's order expects each block once, got %zu", index);
    if (blocks[index].size == 0)
      return llvm::createStringError(
          "the refutation's order expects blocks that have a size, got %zu",
          index);
  }
  return Checker(blocks, refutation).check();
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

static constexpr char letters[] = {'c', 't', 'p', 'b'};

std::string ignis::printSteps(ArrayRef<RefutationStep> steps) {
  std::string text;
  for (RefutationStep step : steps) {
    if (!text.empty())
      text += ' ';
    text += letters[size_t(step.kind)];
    text += std::to_string(step.at);
  }
  return text;
}

llvm::Expected<std::vector<RefutationStep>>
ignis::parseSteps(llvm::StringRef text) {
  std::vector<RefutationStep> steps;
  for (llvm::StringRef word : llvm::split(text, ' ')) {
    if (word.empty())
      continue;
    const char *letter = llvm::find(letters, word.front());
    int64_t at;
    if (letter == std::end(letters) || word.drop_front().getAsInteger(10, at))
      return llvm::createStringError(
          "expects steps such as c7, t7, p7 and b7, got '" + word + "'");
    steps.push_back({Kind(letter - letters), at});
  }
  return steps;
}
