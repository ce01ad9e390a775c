//===- MemoryPlanTest.cpp - Plans against exhaustive search ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/MemoryPlan.h"

#include <gtest/gtest.h>

#include <numeric>
#include <random>

using namespace ignis;
using llvm::ArrayRef;
using llvm::SmallVector;

/// Intervals of `count` buffers over about as many moments.
static SmallVector<Interval> makeIntervals(std::mt19937 &random, int64_t count,
                                           int64_t longest, bool linear) {
  SmallVector<Interval> intervals;
  for (int64_t i = 0; i < count; ++i) {
    int64_t first = random() % count;
    int64_t last = first + random() % longest;
    LinearForm size{0, 64 * int64_t(random() % 16 + 1)};
    if (linear)
      std::swap(size.perToken, size.constant);
    intervals.push_back({size, first, last});
  }
  return intervals;
}

/// The least height there is: blocks in every order, each on top of those
/// before it. Some order is that of an optimal placement's offsets.
static int64_t searchExhaustively(ArrayRef<Interval> intervals) {
  SmallVector<size_t> order(intervals.size());
  std::iota(order.begin(), order.end(), size_t(0));
  int64_t best = std::numeric_limits<int64_t>::max();
  do {
    SmallVector<int64_t> ends(intervals.size(), 0);
    int64_t height = 0;
    for (size_t i = 0; i < order.size() && height < best; ++i) {
      const Interval &interval = intervals[order[i]];
      int64_t offset = 0;
      for (size_t below : ArrayRef(order).take_front(i))
        if (interval.meets(intervals[below]))
          offset = std::max(offset, ends[below]);
      ends[order[i]] = offset + interval.size.at(1);
      height = std::max(height, ends[order[i]]);
    }
    best = std::min(best, height);
  } while (std::next_permutation(order.begin(), order.end()));
  return best;
}

/// No two that meet in time have a byte in common, for any T.
static void expectValid(ArrayRef<Interval> intervals, const MemoryPlan &plan,
                        int64_t maxTokens) {
  ASSERT_EQ(plan.offsets.size(), intervals.size());
  for (size_t i = 0; i < intervals.size(); ++i)
    for (int64_t tokens = 1; tokens <= maxTokens; ++tokens) {
      int64_t begin = plan.offsets[i].at(tokens);
      int64_t end = begin + intervals[i].size.at(tokens);
      EXPECT_GE(begin, 0);
      EXPECT_EQ(begin % 64, 0);
      EXPECT_LE(end, maximumAt(plan.pieces, tokens));
      for (size_t j = 0; j < i; ++j) {
        int64_t other = plan.offsets[j].at(tokens);
        if (intervals[i].meets(intervals[j]))
          EXPECT_TRUE(end <= other ||
                      other + intervals[j].size.at(tokens) <= begin);
      }
    }
}

static int64_t getBound(ArrayRef<Interval> intervals, int64_t tokens) {
  return maximumAt(getLowerBound(intervals, tokens), tokens);
}

TEST(LinearFormTest, Envelope) {
  // 10 leads up to T = 5, 2*T from there to 10, 3*T - 10 after.
  SmallVector<LinearForm> forms{{2, 0}, {0, 10}, {3, -10}, {1, 3}, {0, 4}};
  SmallVector<LinearForm> envelope = upperEnvelope(forms, 100);
  EXPECT_EQ(envelope, (SmallVector<LinearForm>{{0, 10}, {2, 0}, {3, -10}}));
  EXPECT_EQ(breakpoints(envelope, 100),
            (SmallVector<int64_t>{1, 5, 6, 10, 11, 100}));
  EXPECT_EQ(upperEnvelope(forms, 4), (SmallVector<LinearForm>{{0, 10}}));
  EXPECT_EQ(upperEnvelope({}, 4), (SmallVector<LinearForm>{{0, 0}}));
}

TEST(LinearFormTest, EnvelopeIsTheMaximum) {
  std::mt19937 random(7);
  for (int round = 0; round < 200; ++round) {
    SmallVector<LinearForm> forms;
    for (int i = 0; i < 8; ++i)
      forms.push_back({int64_t(random() % 10), int64_t(random() % 100)});
    SmallVector<LinearForm> envelope = upperEnvelope(forms, 20);
    for (int64_t tokens = 1; tokens <= 20; ++tokens)
      EXPECT_EQ(maximumAt(envelope, tokens), maximumAt(forms, tokens));
  }
}

TEST(MemoryPlanTest, NothingToPlace) {
  for (MemoryPlan plan :
       {planArena({}, 8), planSlots({}, 8), planSeparate({}, 8)})
    EXPECT_EQ(maximumAt(plan.pieces, 8), 0);
}

TEST(MemoryPlanTest, ArenaEqualsExhaustiveSearch) {
  std::mt19937 random(1);
  for (int64_t count : {1, 2, 3, 4, 5, 6, 7, 8, 9})
    for (int round = 0; round < (count < 8 ? 200 : 12); ++round) {
      bool linear = round % 2;
      auto intervals = makeIntervals(random, count, /*longest=*/5, linear);
      MemoryPlan plan = planArena(intervals, 4);
      expectValid(intervals, plan, 4);
      EXPECT_EQ(maximumAt(plan.pieces, 1), searchExhaustively(intervals));
    }
}

TEST(MemoryPlanTest, MixedFormsStayValid) {
  std::mt19937 random(2);
  for (int round = 0; round < 200; ++round) {
    auto intervals = makeIntervals(random, 10, 5, false);
    intervals.append(makeIntervals(random, 10, 5, true));
    MemoryPlan plan = planArena(intervals, 24);
    expectValid(intervals, plan, 24);
    expectValid(intervals, planSlots(intervals, 24), 24);
    expectValid(intervals, planSeparate(intervals, 24), 24);
  }
}

TEST(MemoryPlanTest, SlotsAreAsFewAsPossible) {
  std::mt19937 random(3);
  for (int round = 0; round < 200; ++round) {
    auto intervals = makeIntervals(random, 30, 6, round % 2);
    MemoryPlan plan = planSlots(intervals, 4);
    expectValid(intervals, plan, 4);
    EXPECT_EQ(plan.slots, getMaxLive(intervals));
  }
}

TEST(MemoryPlanTest, BudgetIsKept) {
  std::mt19937 random(4);
  for (int round = 0; round < 20; ++round) {
    auto intervals = makeIntervals(random, 200, 12, false);
    MemoryPlan plan = planArena(intervals, 1, /*searchBudget=*/50);
    EXPECT_LE(plan.placed.steps, 50);
    expectValid(intervals, plan, 1);
  }
}

/// How often the bound is met on larger sets, and how far off the rest is; the
/// figures of python-free-docs/memory.md.
TEST(MemoryPlanTest, LargerSets) {
  std::mt19937 random(5);
  for (int64_t count : {20, 50, 100, 200}) {
    constexpr int rounds = 50;
    int greedy = 0, met = 0, optimal = 0;
    double worst = 0;
    for (int round = 0; round < rounds; ++round) {
      auto intervals = makeIntervals(random, count, 8, false);
      MemoryPlan plan = planArena(intervals, 1, /*searchBudget=*/20000);
      int64_t bound = getBound(intervals, 1);
      int64_t size = maximumAt(plan.pieces, 1);
      EXPECT_GE(size, bound);
      greedy += !plan.placed.searched;
      met += size == bound;
      optimal += size > bound && size == plan.placed.proven;
      worst = std::max(worst, double(size - bound) / double(bound));
    }
    std::printf("%4lld buffers: greedy meets the bound %d of %d times, with "
                "search %d; above it and proven optimal %d; largest gap "
                "%.1f%%\n",
                static_cast<long long>(count), greedy, rounds, met, optimal,
                100 * worst);
    EXPECT_GE(met, rounds * 9 / 10);
    EXPECT_LE(worst, 0.15);
  }
}
