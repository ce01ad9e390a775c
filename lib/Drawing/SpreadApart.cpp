//===- SpreadApart.cpp - Numbers that keep their distance -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "SpreadApart.h"

using namespace ignis;
using llvm::SmallVector;

// Measured from where each would be if all were pushed together, places must
// not descend. The nearest such sequence comes from pooling adjacent violators:
// two neighbours that are the wrong way round go to their common mean, and from
// then on are one.
SmallVector<double> ignis::spreadApart(llvm::ArrayRef<Wanted> things) {
  struct Pool {
    double weight, mean;
    size_t count;
  };
  SmallVector<Pool> pools;
  double pushed = 0;
  for (const Wanted &thing : things) {
    pushed += thing.distance;
    pools.push_back({thing.weight, thing.place - pushed, 1});
    while (pools.size() > 1 &&
           pools[pools.size() - 2].mean > pools.back().mean) {
      Pool last = pools.pop_back_val();
      Pool &merged = pools.back();
      double weight = merged.weight + last.weight;
      merged.mean =
          (merged.mean * merged.weight + last.mean * last.weight) / weight;
      merged.weight = weight;
      merged.count += last.count;
    }
  }
  SmallVector<double> places;
  pushed = 0;
  for (const Pool &pool : pools)
    for (size_t i = 0; i < pool.count; ++i) {
      pushed += things[places.size()].distance;
      places.push_back(pool.mean + pushed);
    }
  return places;
}
