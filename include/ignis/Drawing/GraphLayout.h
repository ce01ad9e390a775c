//===- GraphLayout.h - Where the boxes of a graph go ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Layered drawing in the manner of Sugiyama, Tagawa and Toda (1981): ranks by
// longest path, few crossings by barycentres, places by least squares. The same
// graph always gives the same drawing.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_DRAWING_GRAPHLAYOUT_H
#define IGNIS_DRAWING_GRAPHLAYOUT_H

#include "llvm/ADT/SmallVector.h"

#include <cstddef>
#include <vector>

namespace ignis {

/// Boxes and the wires between them. What the caller fills in comes first, what
/// `layOut` finds second.
struct GraphLayout {
  struct Box {
    double width, height;

    size_t rank = 0;
    double left = 0, top = 0;

    double getMiddle() const { return left + width / 2; }
  };
  /// A wire leaves one box and runs down, as one trunk, past the ranks between,
  /// to all boxes that it enters.
  struct Wire {
    size_t from;                  ///< less than every `to`
    llvm::SmallVector<size_t> to; ///< ascending, each box once

    double start = 0;                     ///< x where it leaves
    llvm::SmallVector<double> bends = {}; ///< x in each rank that it passes
    llvm::SmallVector<double> ends = {};  ///< x where it enters each of `to`
  };
  struct Rank {
    double top, height;
  };

  std::vector<Box> boxes;
  std::vector<Wire> wires; ///< ascending by `from`

  std::vector<Rank> ranks;
  double width = 0, height = 0;

  /// Places everything, or returns false if there are more than `maxPoints`
  /// boxes and bends.
  bool layOut(size_t maxPoints);
};

} // namespace ignis

#endif // IGNIS_DRAWING_GRAPHLAYOUT_H
