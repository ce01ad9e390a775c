//===- PlacementSearch.cpp - The lowest placement -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/PlacementSearch.h"

#include "FitSearch.h"

#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SmallVectorExtras.h"
#include "llvm/Support/ErrorHandling.h"
#include "llvm/Support/MathExtras.h"

#include <numeric>

using namespace ignis;
using llvm::ArrayRef;
using llvm::SmallVector;
using llvm::StringRef;
using Answer = FitResult::Answer;

/// What ranks the blocks, the first letter first, each descending: the largest
/// Total at a moment of the lifetime, Width (duration), Area, siZe, Failures.
static constexpr StringRef firstOrders[] = {"TWA", "TAW", "WAT"};
static constexpr StringRef orders[] = {"FTA", "FWA", "FTW", "FTZ"};
/// Steps for each of the first orders, and the unit of those for the others.
static constexpr int64_t firstSlice = 20000;
static constexpr int64_t laterSlice = 2000;
/// The search recurs once for each block.
static constexpr size_t maxPartSize = 2048;

//===----------------------------------------------------------------------===//
// One connected part
//===----------------------------------------------------------------------===//

namespace {
/// A block of the part and what ranks it.
struct Candidate {
  size_t index;
  double total = 0, width = 0, area = 0, size = 0, failures = 0;

  double get(char letter) const {
    switch (letter) {
    case 'T':
      return total;
    case 'W':
      return width;
    case 'A':
      return area;
    case 'Z':
      return size;
    case 'F':
      return failures;
    }
    llvm_unreachable("unknown letter");
  }
};
} // namespace

/// The largest sum of sizes at one time of each block's lifetime. The blocks
/// are given by ascending start.
static void setTotals(ArrayRef<Block> blocks,
                      llvm::MutableArrayRef<Candidate> candidates) {
  for (const Candidate &starting : candidates) {
    int64_t time = blocks[starting.index].first;
    auto isAlive = [&](const Candidate &candidate) {
      return blocks[candidate.index].first <= time &&
             time <= blocks[candidate.index].last;
    };
    double total = 0;
    for (const Candidate &candidate : candidates)
      if (isAlive(candidate))
        total += candidate.size;
    for (Candidate &candidate : candidates)
      if (isAlive(candidate))
        candidate.total = std::max(candidate.total, total);
  }
}

static SmallVector<size_t> rank(ArrayRef<Candidate> candidates,
                                StringRef order) {
  SmallVector<const Candidate *> ranked;
  for (const Candidate &candidate : candidates)
    ranked.push_back(&candidate);
  llvm::sort(ranked, [&](const Candidate *a, const Candidate *b) {
    for (char letter : order)
      if (a->get(letter) != b->get(letter))
        return a->get(letter) > b->get(letter);
    return a->index < b->index;
  });
  return llvm::map_to_vector(
      ranked, [](const Candidate *candidate) { return candidate->index; });
}

/// Adds what failed in a run to the candidates; runs long ago count for less.
static void weigh(llvm::MutableArrayRef<Candidate> candidates,
                  ArrayRef<size_t> order, const FitSearch &search) {
  llvm::DenseMap<size_t, double> failures;
  double most = 1;
  for (auto [rank, index] : llvm::enumerate(order)) {
    failures[index] = search.getFailures(rank);
    most = std::max(most, failures[index]);
  }
  for (Candidate &candidate : candidates)
    candidate.failures =
        candidate.failures * 0.65 + failures[candidate.index] / most;
}

/// 1, 1, 2, 1, 1, 2, 4, ...: within a logarithm of the best way to cut the
/// steps of a search with unknown luck into runs (Luby, Sinclair and Zuckerman,
/// 1993). `run` counts from 1.
static int64_t getLuby(int64_t run) {
  while (!llvm::isPowerOf2_64(run + 1))
    run -= llvm::bit_floor(uint64_t(run)) - 1;
  return (run + 1) / 2;
}

/// Asks for the blocks of `part`, indices by ascending start, and adds to
/// `result`, whose answer is then that for the part.
static void fitPart(ArrayRef<Block> blocks, ArrayRef<size_t> part,
                    int64_t height, int64_t budget, FitResult &result) {
  result.answer = Answer::Unknown;
  if (part.size() > maxPartSize)
    return;
  SmallVector<Candidate, 0> candidates;
  for (size_t index : part) {
    const Block &block = blocks[index];
    double size = block.size, width = double(block.last) - block.first + 1;
    candidates.push_back({index, 0, width, size * width, size, 0});
  }
  setTotals(blocks, candidates);

  int64_t end = result.steps + budget;
  for (size_t run = 0; result.steps < end; ++run) {
    bool isFirst = run < std::size(firstOrders);
    size_t later = run - std::size(firstOrders);
    SmallVector<size_t> order =
        rank(candidates,
             isFirst ? firstOrders[run] : orders[later % std::size(orders)]);
    int64_t slice = isFirst ? firstSlice : laterSlice * getLuby(later + 1);
    FitSearch search(blocks, order, height,
                     std::min(slice, end - result.steps));
    result.answer = search.run();
    result.steps += search.getSteps();
    if (result.answer == Answer::Fits)
      for (auto [rank, index] : llvm::enumerate(order))
        result.offsets[index] = search.getOffset(rank);
    if (result.answer == Answer::Impossible)
      result.order = order;
    if (result.answer != Answer::Unknown)
      return;
    if (!isFirst)
      weigh(candidates, order, search);
  }
}

//===----------------------------------------------------------------------===//
// All of it
//===----------------------------------------------------------------------===//

/// Indices of the blocks that have a size, in parts that no lifetime connects,
/// each by ascending start.
static SmallVector<SmallVector<size_t>> getParts(ArrayRef<Block> blocks) {
  SmallVector<size_t> order;
  for (size_t index = 0; index < blocks.size(); ++index)
    if (blocks[index].size != 0)
      order.push_back(index);
  llvm::sort(order, [&](size_t a, size_t b) {
    return std::pair(blocks[a].first, a) < std::pair(blocks[b].first, b);
  });
  SmallVector<SmallVector<size_t>> parts;
  int64_t end = 0;
  for (size_t index : order) {
    if (parts.empty() || blocks[index].first > end)
      parts.emplace_back();
    end = parts.back().empty() ? blocks[index].last
                               : std::max(end, blocks[index].last);
    parts.back().push_back(index);
  }
  return parts;
}

FitResult ignis::fitUnder(ArrayRef<Block> blocks, int64_t height,
                          int64_t budget) {
  FitResult result;
  result.offsets.assign(blocks.size(), 0);
  bool unknown = false;
  for (ArrayRef<size_t> part : getParts(blocks)) {
    fitPart(blocks, part, height, budget - result.steps, result);
    // A part that cannot fit decides, whatever is known of the others.
    if (result.answer == Answer::Impossible) {
      result.offsets.clear();
      return result;
    }
    unknown |= result.answer == Answer::Unknown;
  }
  result.answer = unknown ? Answer::Unknown : Answer::Fits;
  if (unknown)
    result.offsets.clear();
  return result;
}

std::optional<Refutation> ignis::refute(ArrayRef<Block> blocks,
                                        ArrayRef<size_t> order, int64_t height,
                                        size_t maxSteps) {
  Refutation refutation;
  refutation.height = height;
  refutation.order.assign(order.begin(), order.end());
  // A step of the search writes one of the proof, and one for each part.
  FitSearch search(blocks, order, height, maxSteps);
  if (search.run(&refutation.steps) != Answer::Impossible ||
      refutation.steps.size() > maxSteps)
    return std::nullopt;
  return refutation;
}

Placed ignis::findPlacement(ArrayRef<Block> blocks, int64_t budget,
                            int64_t enough) {
  Placed placed;
  placed.offsets = placeLargestFirst(blocks);
  placed.proven = getPeakLoad(blocks).bytes;
  int64_t height = getHeight(blocks, placed.offsets);
  placed.searched = height > std::max(placed.proven, enough);
  if (!placed.searched)
    return placed;

  int64_t unit = 0;
  for (const Block &block : blocks)
    unit = std::gcd(unit, block.size);
  int64_t asked = std::max(placed.proven, enough / unit * unit);
  for (int64_t question = asked; asked < height;
       question = asked + (height - unit - asked) / unit / 2 * unit) {
    int64_t left = budget - placed.steps;
    FitResult result =
        fitUnder(blocks, question, enough > 0 ? left : (left + 1) / 2);
    placed.steps += result.steps;
    if (result.answer == Answer::Fits) {
      placed.offsets = std::move(result.offsets);
      height = getHeight(blocks, placed.offsets);
      continue;
    }
    asked = question + unit; // what is below was asked for
    if (result.answer == Answer::Impossible) {
      placed.proven = asked;
      placed.order = std::move(result.order);
    }
    if (enough > 0) // nobody wants more
      break;
  }
  return placed;
}

PlanCertificate ignis::certify(ArrayRef<Block> blocks, const Placed &placed,
                               size_t maxSteps) {
  using Minimal = PlanCertificate::Minimal;
  PlanCertificate certificate;
  certificate.height = getHeight(blocks, placed.offsets);
  certificate.lowerBound = placed.proven;
  certificate.peak = getPeakLoad(blocks);
  if (placed.proven > certificate.peak.bytes)
    certificate.refutation =
        refute(blocks, placed.order, placed.proven - 1, maxSteps);
  bool isMet = placed.proven == certificate.height;
  bool isChecked =
      placed.proven == certificate.peak.bytes || certificate.refutation;
  // What cannot be shown is said of a minimum, but does not raise a bound.
  if (!isMet && !isChecked)
    certificate.lowerBound = certificate.peak.bytes;
  certificate.minimal = !isMet      ? Minimal::Open
                        : isChecked ? Minimal::Proven
                                    : Minimal::Claimed;
  return certificate;
}
