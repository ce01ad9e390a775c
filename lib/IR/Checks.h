//===- Checks.h - What verifiers check -------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Each check emits a diagnostic of its own, on `op`.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_IR_CHECKS_H
#define IGNIS_LIB_IR_CHECKS_H

#include "ignis/IR/Ignis.h"

namespace ignis {

/// Rows of an activation in any form, tokens of a token list.
int64_t rowsOf(mlir::Type type);

/// Whether `type` holds quantised activations, in any form.
bool isQuantized(mlir::Type type);

/// Checks that `type` holds rows of `columns` values, quantised or not.
llvm::LogicalResult checkFeatures(mlir::Operation *op, llvm::StringRef name,
                                  mlir::Type type, int64_t columns);

/// Checks that `value` is a vector of `length`.
llvm::LogicalResult checkVector(mlir::Operation *op, llvm::StringRef name,
                                mlir::Value value, int64_t length);

/// Checks the product of `input` and `weight`: matching columns, and a
/// quantised input only for weights that want it.
llvm::LogicalResult checkProduct(mlir::Operation *op, mlir::Value input,
                                 mlir::Value weight);

/// Checks that results and destinations have `columns` columns, and that there
/// are as many of either. That rows agree is verified for all operations.
llvm::LogicalResult checkResults(ComputeOpInterface op,
                                 llvm::ArrayRef<int64_t> columns);

/// Checks an operation whose operands and results all have the same shape.
llvm::LogicalResult checkElementwise(ComputeOpInterface op,
                                     llvm::ArrayRef<mlir::Value> inputs);

/// Checks an operation that compares its columns in parts, and has a result for
/// each.
llvm::LogicalResult checkParts(ComputeOpInterface op);

/// Checks heads of `headDim`, and that they divide the columns.
llvm::LogicalResult checkHeadDim(ComputeOpInterface op, int64_t headDim);

llvm::LogicalResult checkEps(mlir::Operation *op, const llvm::APFloat &eps);

/// Checks layer and query against the cache.
llvm::LogicalResult checkCache(mlir::Operation *op, KVCacheType cache,
                               uint64_t layer, int64_t queryColumns);

/// Checks rows of k or v against the cache.
llvm::LogicalResult checkKeys(mlir::Operation *op, llvm::StringRef name,
                              mlir::Value value, KVCacheType cache);

} // namespace ignis

#endif // IGNIS_LIB_IR_CHECKS_H
