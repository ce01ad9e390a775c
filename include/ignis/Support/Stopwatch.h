//===- Stopwatch.h - Seconds since a moment --------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_STOPWATCH_H
#define IGNIS_SUPPORT_STOPWATCH_H

#include <chrono>

namespace ignis {

/// Of a clock that nobody sets.
class Stopwatch {
public:
  double seconds() const {
    return std::chrono::duration<double>(Clock::now() - start).count();
  }

private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start = Clock::now();
};

} // namespace ignis

#endif // IGNIS_SUPPORT_STOPWATCH_H
