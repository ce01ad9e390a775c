//===- SpreadApart.h - Numbers that keep their distance ---------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_DRAWING_SPREADAPART_H
#define IGNIS_LIB_DRAWING_SPREADAPART_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

namespace ignis {

/// A thing that wants to be at a place, the more so the greater its weight, but
/// has to keep a distance from the one before it.
struct Wanted {
  double place, weight, distance;
};

/// The places in the given order, distances kept, for which the weighted sum of
/// squares of how far they are from the wanted ones is the least.
llvm::SmallVector<double> spreadApart(llvm::ArrayRef<Wanted> things);

} // namespace ignis

#endif // IGNIS_LIB_DRAWING_SPREADAPART_H
