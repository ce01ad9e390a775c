//===- RunningMean.h - A mean and how sure it is ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_RUNNINGMEAN_H
#define IGNIS_LIB_ENGINE_RUNNINGMEAN_H

#include <algorithm>
#include <cmath>
#include <cstdint>

namespace ignis {

class RunningMean {
public:
  void add(double value) {
    ++count_;
    sum += value;
    squares += value * value;
  }
  int64_t count() const { return count_; }
  double mean() const {
    return count_ == 0 ? 0 : sum / static_cast<double>(count_);
  }
  /// The standard error of the mean, as if the values were independent.
  double error() const {
    if (count_ < 2)
      return 0;
    auto n = static_cast<double>(count_);
    double variance = (squares - sum * mean()) / (n - 1);
    return std::sqrt(std::max(variance, 0.0) / n);
  }

private:
  int64_t count_ = 0;
  double sum = 0, squares = 0;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_RUNNINGMEAN_H
