//===- Passes.h - Passes over the ignis dialect ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TRANSFORMS_PASSES_H
#define IGNIS_TRANSFORMS_PASSES_H

#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"

namespace ignis {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "ignis/Transforms/Passes.h.inc"

/// All fusions, in the order that python-free-docs/fusion-order.md explains.
void buildFusionPipeline(mlir::OpPassManager &manager);
void registerFusionPipeline(); ///< as ignis-fuse

} // namespace ignis

#endif // IGNIS_TRANSFORMS_PASSES_H
