//===- Access.h - What an operation touches ---------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The vocabulary of ComputeOpInterface: how an operation's work can be divided,
// and what it reads and writes. Effects, phases, the memory plan and the
// verifiers all follow from what an operation says here.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_IR_ACCESS_H
#define IGNIS_IR_ACCESS_H

#include "mlir/IR/Value.h"

namespace ignis {

/// How the work of an operation can be divided among threads.
struct Division {
  /// Those of all destinations together; of an operation without one, those
  /// that it stores.
  int64_t columns;
  /// Columns that must stay with one thread, or 0 if columns cannot be divided.
  int64_t granularity;
  /// Whether it can be divided by tokens.
  bool tokens = false;
};

/// Which part of an operand a thread touches for its part of the result.
enum class Part {
  Own,   ///< the elements at the places that it computes
  Row,   ///< whole rows, those of the tokens that it computes
  Whole, ///< anything
};

/// What an operation does to one of its operands: an activation in any form, or
/// a cache. Weights and numbers, which nothing writes, are not accessed.
struct Access {
  /// The layer of what has none.
  static constexpr int64_t noLayer = -1;
  /// A cache as a whole: it meets every layer.
  static constexpr int64_t allLayers = -2;

  mlir::OpOperand *operand;
  bool writes;
  Part part;
  int64_t layer = noLayer;

  static Access read(mlir::OpOperand &operand, Part part) {
    return {&operand, false, part};
  }
  static Access write(mlir::OpOperand &operand, Part part) {
    return {&operand, true, part};
  }
  static Access readCache(mlir::OpOperand &cache, int64_t layer = allLayers) {
    return {&cache, false, Part::Whole, layer};
  }
  static Access writeCache(mlir::OpOperand &cache, int64_t layer = allLayers) {
    return {&cache, true, Part::Whole, layer};
  }

  mlir::Value getValue() const { return operand->get(); }
  bool isOfCache() const { return layer != noLayer; }
  /// Whether the two may touch the same element of one value.
  bool meets(const Access &other) const {
    return getValue() == other.getValue() &&
           (layer == other.layer || layer == allLayers ||
            other.layer == allLayers);
  }
};

} // namespace ignis

#endif // IGNIS_IR_ACCESS_H
