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

#include <memory>
#include <vector>

namespace ignis {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "ignis/Transforms/Passes.h.inc"

using PassList = std::vector<std::unique_ptr<mlir::Pass>>;

/// All fusions, in the order that python-free-docs/fusion-order.md explains.
PassList listFusions();
void registerFusionPipeline(); ///< as ignis-fuse

/// Adds `pass` where it runs: on the module, or on each function.
void addPass(mlir::OpPassManager &manager, std::unique_ptr<mlir::Pass> pass);

} // namespace ignis

#endif // IGNIS_TRANSFORMS_PASSES_H
