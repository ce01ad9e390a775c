//===- GraphBuilder.h - The forward pass as a graph ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILER_GRAPHBUILDER_H
#define IGNIS_COMPILER_GRAPHBUILDER_H

#include "ignis/Model/Qwen2.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace ignis {

struct GraphOptions {
  int64_t tokens = 0; ///< per call, or 0 for any number
  /// The logits of all rows stay inside: they are returned as a value even once
  /// bufferized, instead of being written to the caller's memory.
  bool localLogits = false;
  ignis_type kvType = IGNIS_TYPE_F16; ///< of the cache, or IGNIS_TYPE_F32
};

/// The unfused forward pass of `model` in value form, one operation for each of
/// the paper:
///
///   func.func @forward(%tokens: tensor<?xi32>, %position: index,
///                      %first_logit_row: index, %cache: !ignis.kv_cache<...>)
///       -> tensor<?xVxf32>
mlir::OwningOpRef<mlir::ModuleOp> buildForward(mlir::MLIRContext *context,
                                               const Qwen2Model &model,
                                               const GraphOptions &options);

} // namespace ignis

#endif // IGNIS_COMPILER_GRAPHBUILDER_H
