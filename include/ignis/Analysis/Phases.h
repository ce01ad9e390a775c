//===- Phases.h - What runs between two barriers ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_PHASES_H
#define IGNIS_ANALYSIS_PHASES_H

#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"

namespace ignis {

/// Operations that run without a barrier between them, in program order.
using Phase = llvm::SmallVector<ComputeOpInterface, 8>;

/// Whether barriers, or exchanges among ranks, say what is a phase: exchanges
/// stand between `ignis.phase`s as well.
bool isScheduled(mlir::func::FuncOp function);

/// The phases of a function in buffer form: the `ignis.phase`s, or what stands
/// between two `ignis.barrier`s or exchanges; without either, every operation is a phase of
/// its own. Emits a diagnostic for anything that is not one block of operations
/// in buffer form and what has no effect on buffers.
mlir::FailureOr<llvm::SmallVector<Phase>>
getPhases(mlir::func::FuncOp function);

/// Whether `function` is one that passes over buffers have work in: it has a
/// body, and compute operations in it.
bool computesActivations(mlir::func::FuncOp function);

/// Refuses a module that is not scheduled yet, and says what is left to do.
llvm::LogicalResult checkScheduled(mlir::ModuleOp module);

} // namespace ignis

#endif // IGNIS_ANALYSIS_PHASES_H
