//===- Baton.h - One thread at a time ---------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Between two barriers threads must not depend on each other's order, so any
// order has to give the same result. A team with a baton runs each phase thread
// after thread, one's whole phase before the next one's.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BATON_H
#define IGNIS_RUNTIME_LIB_BATON_H

#include "ignis/Runtime/Runtime.h"

#include <algorithm>
#include <atomic>
#include <numeric>
#include <random>
#include <vector>

namespace ignis::runtime {

class Baton {
public:
  explicit Baton(int threads) : turns(size_t(threads)) {}

  /// While no thread runs.
  void setOrder(ignis_order newOrder, uint64_t seed) {
    order = newOrder;
    random.seed(seed);
    std::iota(turns.begin(), turns.end(), 0);
    if (order == IGNIS_ORDER_DESCENDING)
      std::reverse(turns.begin(), turns.end());
    shuffle();
  }

  bool isFree() const { return order == IGNIS_ORDER_FREE; }

  /// Returns when it is the thread's turn in this phase.
  void take(int thread) {
    if (isFree())
      return;
    int own = turns[size_t(thread)];
    for (int now; (now = turn.load(std::memory_order_acquire)) != own;)
      turn.wait(now, std::memory_order_acquire);
  }

  /// Ends the thread's part of the phase; a barrier follows.
  void pass() {
    if (isFree())
      return;
    int next = turn.load(std::memory_order_relaxed) + 1;
    if (size_t(next) == turns.size()) {
      // All others are at the barrier, which lets them see what is new.
      shuffle();
      next = 0;
    }
    turn.store(next, std::memory_order_release);
    turn.notify_all();
  }

private:
  void shuffle() {
    if (order == IGNIS_ORDER_SHUFFLED)
      std::shuffle(turns.begin(), turns.end(), random);
  }

  ignis_order order = IGNIS_ORDER_FREE;
  std::mt19937_64 random;
  std::vector<int> turns; ///< by thread
  std::atomic<int> turn = 0;
};

} // namespace ignis::runtime

#endif // IGNIS_RUNTIME_LIB_BATON_H
