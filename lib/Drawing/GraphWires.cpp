//===- GraphWires.cpp - Where wires leave and enter boxes -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GraphWires.h"
#include "SpreadApart.h"

#include "llvm/ADT/STLExtras.h"

#include <algorithm>

using namespace ignis;
using llvm::SmallVector;

/// How far apart wires enter a box, and how far from its sides.
static constexpr double wireGap = 14;
/// The weight of a wire that may be moved aside.
static constexpr double little = 1e-6;

/// The wires of a box leave side by side, from left to right as they go on.
void ignis::placeWireStarts(GraphLayout &graph) {
  std::vector<SmallVector<std::pair<double, size_t>>> leaving(
      graph.boxes.size());
  for (auto [index, wire] : llvm::enumerate(graph.wires)) {
    double next = wire.bends.empty() ? 0 : wire.bends.front();
    if (wire.bends.empty())
      for (size_t to : wire.to)
        next += graph.boxes[to].getMiddle() / wire.to.size();
    leaving[wire.from].push_back({next, index});
  }
  for (auto [box, wires] : llvm::zip(graph.boxes, leaving)) {
    llvm::sort(wires);
    for (auto [position, wire] : llvm::enumerate(wires))
      graph.wires[wire.second].start =
          box.left + box.width * (position + 1) / (wires.size() + 1);
  }
}

/// A wire enters a box where it comes down on it, or else a quarter from the
/// side that it comes from.
void ignis::placeWireEnds(GraphLayout &graph) {
  struct End {
    double from;
    size_t wire;
    double *x;
  };
  std::vector<SmallVector<End>> entering(graph.boxes.size());
  for (auto [index, wire] : llvm::enumerate(graph.wires)) {
    wire.ends.resize(wire.to.size());
    for (auto [to, end] : llvm::zip(wire.to, wire.ends)) {
      size_t passed = graph.boxes[to].rank - graph.boxes[wire.from].rank - 1;
      double from = passed == 0 ? wire.start : wire.bends[passed - 1];
      entering[to].push_back({from, index, &end});
    }
  }
  for (auto [box, ends] : llvm::zip(graph.boxes, entering)) {
    llvm::sort(ends, [](const End &a, const End &b) {
      return std::pair(a.from, a.wire) < std::pair(b.from, b.wire);
    });
    double right = box.left + box.width, quarter = box.width / 4;
    SmallVector<Wanted> wanted;
    for (const End &end : ends) {
      double distance = wanted.empty() ? 0 : wireGap;
      if (box.left + wireGap <= end.from && end.from <= right - wireGap)
        wanted.push_back({end.from, 1, distance});
      else
        wanted.push_back(
            {std::clamp(end.from, box.left + quarter, right - quarter), little,
             distance});
    }
    for (auto [end, x] : llvm::zip(ends, spreadApart(wanted)))
      *end.x = std::clamp(x, box.left, right);
  }
}
