//===- Barrier.h - Where the threads of a team meet -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BARRIER_H
#define IGNIS_RUNTIME_LIB_BARRIER_H

#include "Platform.h"

#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdint>
#include <memory>

namespace ignis::runtime {

/// Threads arrive up a tree of counters, eight to a cache line, so that tens of
/// them do not queue for one; the last to arrive opens the next epoch for all.
/// Those who wait spin first, then sleep.
class Barrier {
public:
  Barrier(int threads, std::chrono::microseconds spin)
      : nodes(std::make_unique<Node[]>(size_t(threads))), spin(spin) {
    int first = 0, width = threads; // the level's first node, who arrives there
    do {
      int count = (width + fanIn - 1) / fanIn;
      for (int i = 0; i < count; ++i) {
        Node &node = nodes[size_t(first + i)];
        node.expected = uint32_t(std::min(fanIn, width - i * fanIn));
        node.parent = count == 1 ? -1 : first + count + i / fanIn;
      }
      first += count;
      width = count;
    } while (width > 1);
  }

  /// Returns once all threads have called it. What they wrote before is seen by
  /// all after. Who waits calls idle() now and then, which tells whether it
  /// found something to do.
  template <class Idle>
  void wait(int thread, Idle idle) {
    uint32_t seen = epoch.load(std::memory_order_relaxed);
    if (isLast(thread / fanIn)) {
      epoch.store(seen + 1, std::memory_order_release);
      epoch.notify_all();
      return;
    }
    if (!spinUntilChanged(seen, idle))
      epoch.wait(seen, std::memory_order_acquire);
  }

private:
  static constexpr int fanIn = 8;

  struct alignas(64) Node {
    std::atomic<uint32_t> arrived = 0;
    uint32_t expected = 0;
    int parent = -1;
  };

  bool isLast(int node) {
    for (int i = node; i >= 0; i = nodes[size_t(i)].parent) {
      Node &at = nodes[size_t(i)];
      if (at.arrived.fetch_add(1, std::memory_order_acq_rel) + 1 < at.expected)
        return false;
      // Nobody comes here again before the epoch opens.
      at.arrived.store(0, std::memory_order_relaxed);
    }
    return true;
  }

  template <class Idle>
  bool spinUntilChanged(uint32_t seen, Idle idle) const {
    using Clock = std::chrono::steady_clock;
    Clock::time_point end = Clock::now() + spin;
    do {
      if (idle())
        end = Clock::now() + spin;
      for (int i = 0; i < 64; ++i) {
        if (epoch.load(std::memory_order_acquire) != seen)
          return true;
        if (spin.count() == 0)
          return false;
        relaxCpu();
      }
    } while (Clock::now() < end);
    return false;
  }

  std::unique_ptr<Node[]> nodes;
  std::chrono::microseconds spin;
  alignas(64) std::atomic<uint32_t> epoch = 0;
};

} // namespace ignis::runtime

#endif // IGNIS_RUNTIME_LIB_BARRIER_H
