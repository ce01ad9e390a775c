//===- Patience.h - How a thread waits for other ranks ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_MPI_LIB_PATIENCE_H
#define IGNIS_RUNTIME_MPI_LIB_PATIENCE_H

#include <algorithm>
#include <chrono>
#include <thread>

#include <sched.h>

namespace ignis::mpi {

using Clock = std::chrono::steady_clock;

/// Between two looks at whether something has arrived. What arrives soon is
/// seen at once; the longer it takes, the more of the CPU is left to others:
/// a rank that waits for a request takes next to nothing.
class Patience {
public:
  /// `crowded`: there are more threads at work than CPUs, so that whoever is
  /// waited for may be waiting for this CPU.
  explicit Patience(bool crowded) : crowded(crowded) {}

  void rest() {
    using namespace std::chrono_literals;
    Clock::duration waited = Clock::now() - begin;
    if (waited < 200us && !crowded)
      return; // looking takes a fraction of a microsecond itself
    if (waited < (crowded ? 50us : 500us)) {
      sched_yield();
      return;
    }
    // A fiftieth of the time that it took anyway.
    std::this_thread::sleep_for(
        std::clamp<Clock::duration>(waited / 50, 10us, 1ms));
  }

private:
  bool crowded;
  Clock::time_point begin = Clock::now();
};

} // namespace ignis::mpi

#endif // IGNIS_RUNTIME_MPI_LIB_PATIENCE_H
