//===- EntrySignature.h - The arguments of an entry ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_ENTRYSIGNATURE_H
#define IGNIS_ANALYSIS_ENTRYSIGNATURE_H

#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace ignis {

/// The arguments of a function in buffer form that the runtime is to call, in
/// this order.
struct EntrySignature {
  mlir::Value tokens;   ///< memref<?xi32>
  mlir::Value callRows; ///< !ignis.rows
  mlir::Value cache;    ///< !ignis.kv_cache
  /// Logits, memref<?xVxf32>, or candidates, memref<?xPxi64>; may be null.
  mlir::Value output;
  mlir::Value arena; ///< memref<?xi8>; may be null
  /// Tokens per call; none: any number.
  std::optional<int64_t> tokenCount;
  /// Whether it is the entry that gives states: its output is memref<?xWxf32>
  /// for the model's width W, with a row for each token.
  bool givesStates = false;

  /// Of a function with a body. Emits an error if it has another signature.
  static mlir::FailureOr<EntrySignature> get(mlir::func::FuncOp function);

  mlir::MemRefType getOutputType() const {
    return mlir::cast<mlir::MemRefType>(output.getType());
  }
  /// Candidates per row, or 0 if the function gives logits or nothing.
  int64_t getCandidates() const;
};

} // namespace ignis

#endif // IGNIS_ANALYSIS_ENTRYSIGNATURE_H
