//===- RowCost.cpp - What a row more costs in a call ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/RowCost.h"

#include <algorithm>

using namespace ignis;

void RowCost::learn(int64_t count, double time) {
  // A call that was interrupted by something else says little.
  if (calls > 4) {
    double single = seconds / (calls + share() * (rows - calls));
    time = std::min(time, 2 * single *
                              (1 + share() * static_cast<double>(count - 1)));
  }
  auto n = static_cast<double>(count);
  calls = calls * kept + 1;
  rows = rows * kept + n;
  seconds = seconds * kept + time;
  squares = squares * kept + n * n;
  products = products * kept + n * time;
}

/// The slope of a line through the calls' times, by least squares; where they
/// had about as many rows, it is drawn to the usual one.
double RowCost::share() const {
  constexpr double pull = 2;
  if (seconds <= 0)
    return usualPrice;
  double meanRows = rows / calls, meanSeconds = seconds / calls;
  double usual = usualPrice * meanSeconds / (1 + usualPrice * (meanRows - 1));
  double slope = (products - rows * meanSeconds + pull * usual) /
                 (squares - rows * meanRows + pull);
  double single = meanSeconds - slope * (meanRows - 1);
  constexpr double least = 0.02, most = 2;
  return single > 0 ? std::clamp(slope / single, least, most) : most;
}
