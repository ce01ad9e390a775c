//===- GraphLayoutTest.cpp - Where the boxes of a graph go ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Drawing/GraphLayout.h"

#include "llvm/ADT/STLExtras.h"
#include "gtest/gtest.h"

#include <map>
#include <random>

using namespace ignis;

namespace {
constexpr size_t enough = 20000;
/// For what was computed in two ways.
constexpr double rounding = 1e-6;

GraphLayout makeBoxes(size_t count) {
  GraphLayout graph;
  graph.boxes.assign(count, {100, 30});
  return graph;
}

/// Any graph whose wires run from lower to higher numbers.
GraphLayout makeGraph(std::mt19937 &random, size_t count) {
  GraphLayout graph;
  for (size_t i = 0; i < count; ++i) {
    graph.boxes.push_back({50.0 + random() % 150, 20.0 + random() % 40});
    GraphLayout::Wire wire{.from = i, .to = {}};
    for (size_t to = i + 1; to < count; ++to)
      if (random() % count < 2)
        wire.to.push_back(to);
    graph.wires.push_back(wire);
  }
  return graph;
}

/// What takes room in a rank: its boxes and the wires that pass.
std::map<size_t, std::vector<std::pair<double, double>>>
getOccupied(const GraphLayout &graph) {
  std::map<size_t, std::vector<std::pair<double, double>>> occupied;
  for (const GraphLayout::Box &box : graph.boxes)
    occupied[box.rank].emplace_back(box.left, box.left + box.width);
  for (const GraphLayout::Wire &wire : graph.wires)
    for (size_t i = 0; i < wire.bends.size(); ++i)
      occupied[graph.boxes[wire.from].rank + 1 + i].emplace_back(wire.bends[i],
                                                                 wire.bends[i]);
  return occupied;
}
} // namespace

TEST(GraphLayoutTest, AnyGraph) {
  std::mt19937 random(1);
  for (int round = 0; round < 100; ++round) {
    GraphLayout graph = makeGraph(random, 1 + random() % 40);
    ASSERT_TRUE(graph.layOut(enough));
    for (auto &[rank, spans] : getOccupied(graph)) {
      llvm::sort(spans);
      for (size_t i = 1; i < spans.size(); ++i)
        EXPECT_LT(spans[i - 1].second, spans[i].first) << "in rank " << rank;
    }
    for (const GraphLayout::Box &box : graph.boxes) {
      EXPECT_GE(box.left, -rounding);
      EXPECT_LE(box.left + box.width, graph.width + rounding);
      EXPECT_GE(box.top, graph.ranks[box.rank].top - rounding);
      EXPECT_LE(box.top + box.height, graph.height + rounding);
    }
    for (const GraphLayout::Wire &wire : graph.wires) {
      const GraphLayout::Box &from = graph.boxes[wire.from];
      EXPECT_GE(wire.start, from.left);
      EXPECT_LE(wire.start, from.left + from.width);
      ASSERT_EQ(wire.to.size(), wire.ends.size());
      for (size_t i = 0; i < wire.to.size(); ++i) {
        const GraphLayout::Box &to = graph.boxes[wire.to[i]];
        ASSERT_LT(from.rank, to.rank);
        EXPECT_GE(wire.bends.size(), to.rank - from.rank - 1);
        EXPECT_GE(wire.ends[i], to.left);
        EXPECT_LE(wire.ends[i], to.left + to.width);
      }
    }
  }
}

TEST(GraphLayoutTest, TheSameEveryTime) {
  std::mt19937 random(2);
  GraphLayout graph = makeGraph(random, 40), again = graph;
  ASSERT_TRUE(graph.layOut(enough));
  ASSERT_TRUE(again.layOut(enough));
  for (size_t i = 0; i < graph.boxes.size(); ++i)
    EXPECT_EQ(graph.boxes[i].left, again.boxes[i].left);
}

TEST(GraphLayoutTest, AChainIsStraight) {
  GraphLayout graph = makeBoxes(4);
  for (size_t i = 0; i < 3; ++i)
    graph.wires.push_back({.from = i, .to = {i + 1}});
  ASSERT_TRUE(graph.layOut(enough));
  for (size_t i = 0; i < 3; ++i)
    EXPECT_NEAR(graph.wires[i].start, graph.wires[i].ends[0], rounding);
}

TEST(GraphLayoutTest, UncrossesWhatNeedNotCross) {
  GraphLayout graph = makeBoxes(4);
  graph.wires = {{.from = 0, .to = {3}}, {.from = 1, .to = {2}}};
  ASSERT_TRUE(graph.layOut(enough));
  EXPECT_EQ(graph.boxes[0].left < graph.boxes[1].left,
            graph.boxes[3].left < graph.boxes[2].left);
}

TEST(GraphLayoutTest, AWireThatPassesIsOneColumn) {
  GraphLayout graph = makeBoxes(6); // a chain, and a residual around it
  for (size_t i = 0; i < 5; ++i)
    graph.wires.push_back({.from = i, .to = {i + 1}});
  graph.wires[0].to.push_back(5);
  ASSERT_TRUE(graph.layOut(enough));
  ASSERT_EQ(graph.wires[0].bends.size(), 4u);
  for (double bend : graph.wires[0].bends)
    EXPECT_EQ(bend, graph.wires[0].bends[0]);
}

TEST(GraphLayoutTest, NothingAndTooMuch) {
  EXPECT_TRUE(GraphLayout().layOut(0));
  GraphLayout graph = makeBoxes(3);
  graph.wires = {{.from = 0, .to = {1, 2}}, {.from = 1, .to = {2}}};
  GraphLayout same = graph;
  EXPECT_FALSE(graph.layOut(3)); // three boxes and a bend
  EXPECT_TRUE(same.layOut(4));
}
