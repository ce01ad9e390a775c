//===- RowCost.h - What a row more costs in a call -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The weights are read once for all rows of a call, so that a row more costs
// less than a call: a tenth where memory is the limit, nearly as much where
// arithmetic is. The times of calls tell.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_ROWCOST_H
#define IGNIS_ENGINE_ROWCOST_H

#include <cstdint>

namespace ignis {

class RowCost {
public:
  /// A call with so many rows, few of them, took so long.
  void learn(int64_t rows, double seconds);

  /// Of one row more, as a part of the time that a call with one row takes.
  double share() const;

private:
  /// Before anything is known: memory is the limit.
  static constexpr double usualPrice = 0.1;
  /// How much a call counts when the next one comes: what a thread more or a
  /// neighbour on the machine changes is forgotten after some 30.
  static constexpr double kept = 31.0 / 32;

  // Of the calls, the newer the more: their number and sums.
  double calls = 0;
  double rows = 0;
  double seconds = 0;
  double squares = 0;  ///< rows * rows
  double products = 0; ///< rows * seconds
};

} // namespace ignis

#endif // IGNIS_ENGINE_ROWCOST_H
