//===- GraphWires.h - Where wires leave and enter boxes ---------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_DRAWING_GRAPHWIRES_H
#define IGNIS_LIB_DRAWING_GRAPHWIRES_H

#include "ignis/Drawing/GraphLayout.h"

namespace ignis {

// When boxes and bends are placed: `start` of every wire, then its `ends`.
void placeWireStarts(GraphLayout &graph);
void placeWireEnds(GraphLayout &graph);

} // namespace ignis

#endif // IGNIS_LIB_DRAWING_GRAPHWIRES_H
