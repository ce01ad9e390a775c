//===- ForwardGraph.h - The forward pass as a graph ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILER_FORWARDGRAPH_H
#define IGNIS_COMPILER_FORWARDGRAPH_H

#include "ignis/Model/ModelDescription.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/OwningOpRef.h"

namespace ignis {

/// What becomes of the logits.
enum class Logits {
  Caller, ///< those of the rows asked for, into the caller's memory
  Local,  ///< those of all rows, returned as a value even once bufferized
  Argmax, ///< of the rows asked for, the candidates for the likeliest token
};

struct GraphOptions {
  int64_t tokens = 0; ///< per call, or 0 for any number
  Logits logits = Logits::Caller;
  ignis_type cacheType = IGNIS_TYPE_F16; ///< of the cache, or IGNIS_TYPE_F32
  /// Also @embed, the same as far as the final norm, whose rows it returns.
  bool embeddings = false;
};

/// The unfused forward pass of `model` in value form, one operation for each of
/// the paper:
///
///   func.func @forward(%tokens: tensor<?xi32>, %position: index,
///                      %first_logit_row: index, %cache: !ignis.kv_cache<...>)
///       -> tensor<?xVxf32>
///
/// or tensor<?xPxi64> of candidates, as ignis.argmax gives them.
mlir::OwningOpRef<mlir::ModuleOp> buildForward(mlir::MLIRContext *context,
                                               const ModelDescription &model,
                                               const GraphOptions &options);

} // namespace ignis

#endif // IGNIS_COMPILER_FORWARDGRAPH_H
