//===- GraphLayout.cpp - Where the boxes of a graph go --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Drawing/GraphLayout.h"
#include "GraphWires.h"
#include "SpreadApart.h"

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/DenseMap.h"
#include "llvm/ADT/STLExtras.h"

#include <algorithm>
#include <cmath>

using namespace ignis;
using llvm::ArrayRef;
using llvm::SmallVector;

namespace {
constexpr double boxGap = 26, rankGap = 36, bendWidth = 8;
/// Rounds in which neighbours look for a better order, and for a better place.
constexpr int orderRounds = 12, placeRounds = 200;
/// How much a wire wants to be straight where it only passes: more than where
/// it meets a box, so that its bends stay in one column.
constexpr double passing = 8;
/// How much a point wants to stay where it is: hardly.
constexpr double staying = 1e-6;

/// How much two boxes want to be one above the other if a wire between them
/// passes `ranks`: a chain should be straight, whatever goes around it.
constexpr double getPull(size_t ranks) { return 1.0 / (1 + ranks * ranks); }

/// A box, or the place where a wire passes a rank.
struct Point {
  size_t rank;
  double width;
  double x = 0;     // of its middle
  size_t index = 0; // among those of its rank
  struct Neighbour {
    size_t point;
    double weight;
  };
  SmallVector<Neighbour, 4> above = {}, below = {};
};

class Layouter {
public:
  explicit Layouter(GraphLayout &graph) : graph(graph) {}
  void rankBoxes();
  bool addPoints(size_t maxPoints);
  void order();
  void place();
  void fillIn();

private:
  using Order = std::vector<SmallVector<size_t>>; // points of each rank
  void connect(size_t upper, size_t lower, double weight);
  void number();
  void sortByNeighbours(bool downwards);
  size_t countCrossings() const;
  void placeRank(ArrayRef<size_t> rank);
  void straighten(ArrayRef<size_t> bends);

  GraphLayout &graph;
  std::vector<Point> points; // boxes first
  std::vector<SmallVector<size_t>> bendsOf;
  Order ranks;
};
} // namespace

//===----------------------------------------------------------------------===//
// Ranks
//===----------------------------------------------------------------------===//

/// Every box below all that it is entered from; those that nothing enters,
/// right above the first that they enter.
void Layouter::rankBoxes() {
  SmallVector<bool> isEntered(graph.boxes.size(), false);
  for (const GraphLayout::Wire &wire : graph.wires)
    for (size_t to : wire.to) {
      isEntered[to] = true;
      graph.boxes[to].rank =
          std::max(graph.boxes[to].rank, graph.boxes[wire.from].rank + 1);
    }
  SmallVector<size_t> floor(graph.boxes.size(), SIZE_MAX);
  for (const GraphLayout::Wire &wire : graph.wires)
    for (size_t to : wire.to)
      floor[wire.from] = std::min(floor[wire.from], graph.boxes[to].rank - 1);
  for (auto [index, box] : llvm::enumerate(graph.boxes))
    if (!isEntered[index] && floor[index] != SIZE_MAX)
      box.rank = floor[index];
}

void Layouter::connect(size_t upper, size_t lower, double weight) {
  points[upper].below.push_back({lower, weight});
  points[lower].above.push_back({upper, weight});
}

bool Layouter::addPoints(size_t maxPoints) {
  auto last = [&](const GraphLayout::Wire &wire) {
    size_t rank = graph.boxes[wire.from].rank + 1;
    for (size_t to : wire.to)
      rank = std::max(rank, graph.boxes[to].rank);
    return rank;
  };
  size_t count = graph.boxes.size();
  for (const GraphLayout::Wire &wire : graph.wires)
    count += last(wire) - graph.boxes[wire.from].rank - 1;
  if (count > maxPoints)
    return false;

  for (const GraphLayout::Box &box : graph.boxes)
    points.push_back({.rank = box.rank, .width = box.width});
  for (const GraphLayout::Wire &wire : graph.wires) {
    SmallVector<size_t> &bends = bendsOf.emplace_back();
    size_t first = graph.boxes[wire.from].rank + 1, end = last(wire);
    for (size_t rank = first; rank < end; ++rank) {
      bends.push_back(points.size());
      points.push_back({.rank = rank, .width = bendWidth});
      connect(rank == first ? wire.from : bends[bends.size() - 2], bends.back(),
              rank == first ? getPull(end - first) : passing);
    }
    for (size_t to : wire.to) {
      size_t rank = graph.boxes[to].rank;
      connect(rank == first ? wire.from : bends[rank - first - 1], to,
              getPull(rank - first));
    }
  }
  for (auto [index, point] : llvm::enumerate(points)) {
    ranks.resize(std::max(ranks.size(), point.rank + 1));
    ranks[point.rank].push_back(index);
  }
  number();
  return true;
}

//===----------------------------------------------------------------------===//
// Order within ranks
//===----------------------------------------------------------------------===//

void Layouter::number() {
  for (const SmallVector<size_t> &rank : ranks)
    for (auto [index, point] : llvm::enumerate(rank))
      points[point].index = index;
}

/// Each point to the mean of its neighbours' indices, in the rank before.
void Layouter::sortByNeighbours(bool downwards) {
  auto sortRank = [&](SmallVector<size_t> &rank) {
    llvm::DenseMap<size_t, double> mean;
    for (size_t index : rank) {
      auto &neighbours = downwards ? points[index].above : points[index].below;
      double sum = 0;
      for (const Point::Neighbour &neighbour : neighbours)
        sum += points[neighbour.point].index;
      mean[index] =
          neighbours.empty() ? points[index].index : sum / neighbours.size();
    }
    llvm::sort(rank, [&](size_t a, size_t b) {
      return std::pair(mean[a], points[a].index) <
             std::pair(mean[b], points[b].index);
    });
    for (auto [position, index] : llvm::enumerate(rank))
      points[index].index = position;
  };
  if (downwards)
    llvm::for_each(ranks, sortRank);
  else
    llvm::for_each(llvm::reverse(ranks), sortRank);
}

/// Pairs of wires that change sides between two ranks, by counting inversions
/// in a tree of sums.
size_t Layouter::countCrossings() const {
  size_t crossings = 0;
  for (size_t rank = 0; rank + 1 < ranks.size(); ++rank) {
    size_t size = ranks[rank + 1].size(), seen = 0;
    std::vector<size_t> tree(size + 1, 0);
    for (size_t upper : ranks[rank]) {
      SmallVector<size_t> lower;
      for (const Point::Neighbour &neighbour : points[upper].below)
        lower.push_back(points[neighbour.point].index);
      for (size_t index : lower) {
        crossings += seen;
        for (size_t i = index + 1; i > 0; i -= i & -i)
          crossings -= tree[i]; // those that end here or further left
      }
      for (size_t index : lower)
        for (size_t i = index + 1; i <= size; i += i & -i)
          ++tree[i];
      seen += lower.size();
    }
  }
  return crossings;
}

void Layouter::order() {
  Order best = ranks;
  size_t fewest = countCrossings();
  for (int round = 0; round < orderRounds && fewest > 0; ++round) {
    sortByNeighbours(/*downwards=*/round % 2 == 0);
    size_t crossings = countCrossings();
    if (crossings >= fewest)
      continue;
    fewest = crossings;
    best = ranks;
  }
  ranks = std::move(best);
  number();
}

//===----------------------------------------------------------------------===//
// Places
//===----------------------------------------------------------------------===//

/// How far apart the middles of two neighbours are at least.
static double getDistance(const Point &left, const Point &right) {
  return (left.width + right.width) / 2 + boxGap;
}

/// Moves the points of one rank as near as their order and widths allow to
/// where their neighbours want them.
void Layouter::placeRank(ArrayRef<size_t> rank) {
  SmallVector<Wanted> wanted;
  for (auto [position, index] : llvm::enumerate(rank)) {
    const Point &point = points[index];
    double weight = staying, sum = weight * point.x;
    for (auto *neighbours : {&point.above, &point.below})
      for (const Point::Neighbour &neighbour : *neighbours) {
        weight += neighbour.weight;
        sum += neighbour.weight * points[neighbour.point].x;
      }
    double distance =
        position ? getDistance(points[rank[position - 1]], point) : 0;
    wanted.push_back({sum / weight, weight, distance});
  }
  for (auto [index, x] : llvm::zip(rank, spreadApart(wanted)))
    points[index].x = x;
}

/// Puts the bends of a wire into one column, if there is room for one.
void Layouter::straighten(ArrayRef<size_t> bends) {
  double sum = 0, least = -HUGE_VAL, most = HUGE_VAL;
  for (size_t bend : bends) {
    const Point &point = points[bend];
    ArrayRef<size_t> rank = ranks[point.rank];
    sum += point.x;
    if (point.index > 0) {
      const Point &left = points[rank[point.index - 1]];
      least = std::max(least, left.x + getDistance(left, point));
    }
    if (point.index + 1 < rank.size()) {
      const Point &right = points[rank[point.index + 1]];
      most = std::min(most, right.x - getDistance(point, right));
    }
  }
  if (least > most)
    return;
  for (size_t bend : bends)
    points[bend].x = std::clamp(sum / bends.size(), least, most);
}

void Layouter::place() {
  for (int round = 0; round < placeRounds; ++round) {
    for (const SmallVector<size_t> &rank : ranks)
      placeRank(rank);
    for (const SmallVector<size_t> &rank : llvm::reverse(ranks))
      placeRank(rank);
  }
  for (const SmallVector<size_t> &bends : bendsOf)
    straighten(bends);
  double left = HUGE_VAL;
  for (const Point &point : points)
    left = std::min(left, point.x - point.width / 2);
  for (Point &point : points) {
    point.x -= left;
    graph.width = std::max(graph.width, point.x + point.width / 2);
  }
}

//===----------------------------------------------------------------------===//
// The result
//===----------------------------------------------------------------------===//

void Layouter::fillIn() {
  for (const SmallVector<size_t> &rank : ranks) {
    double height = 0;
    for (size_t index : rank)
      if (index < graph.boxes.size())
        height = std::max(height, graph.boxes[index].height);
    if (!graph.ranks.empty())
      graph.height += rankGap;
    graph.ranks.push_back({graph.height, height});
    graph.height += height;
  }
  for (auto [index, box] : llvm::enumerate(graph.boxes)) {
    const GraphLayout::Rank &rank = graph.ranks[box.rank];
    box.left = points[index].x - box.width / 2;
    box.top = rank.top + (rank.height - box.height) / 2;
  }
  for (auto [wire, bends] : llvm::zip(graph.wires, bendsOf))
    for (size_t bend : bends)
      wire.bends.push_back(points[bend].x);
}

bool GraphLayout::layOut(size_t maxPoints) {
  Layouter layouter(*this);
  layouter.rankBoxes();
  if (!layouter.addPoints(maxPoints))
    return false;
  layouter.order();
  layouter.place();
  layouter.fillIn();
  placeWireStarts(*this);
  placeWireEnds(*this);
  return true;
}
