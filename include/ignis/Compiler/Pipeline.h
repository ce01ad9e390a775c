//===- Pipeline.h - The stages of compilation ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The one place that says which passes there are, in which order.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILER_PIPELINE_H
#define IGNIS_COMPILER_PIPELINE_H

#include "ignis/Compiler/Stage.h"
#include "ignis/Transforms/Passes.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/DialectRegistry.h"
#include "mlir/Pass/PassManager.h"

namespace ignis {

struct PipelineOptions {
  /// Optimising passes after this stage are left out; where something must be
  /// there in their place, it is naive and always right.
  Stage stopAfter = Stage::Object;
  /// Largest number of tokens a call takes: memory is planned for it.
  int64_t maxTokens = 512;
  /// Check memory plan and schedule, as for a module someone may have edited.
  bool verify = false;
  /// Order operations by what is alive at once, which program order does well.
  bool reorder = false;
  /// Divide the work among ranks, how many there may be.
  bool distribute = false;
};

/// The passes that take a module at stage `from` to stage `to`, at most
/// Stage::Scheduled, one by one.
PassList listPasses(Stage from, Stage to, const PipelineOptions &options = {});

/// Adds the passes that take a module at stage `from` to stage `to`, at most
/// Stage::LLVMDialect.
void buildPipeline(mlir::OpPassManager &manager, Stage from, Stage to,
                   const PipelineOptions &options = {});

/// From scheduled programs to the LLVM dialect: ignis-to-llvm.
void buildToLLVMPipeline(mlir::OpPassManager &manager);

/// The stage that `module` is at, found from the operations it has.
Stage detectStage(mlir::ModuleOp module);

/// Every pass and pipeline of the project, for mlir-opt's driver.
void registerAllPasses();

/// The dialects that compiling goes through, and how they are lowered.
void registerAllDialects(mlir::DialectRegistry &registry);

} // namespace ignis

#endif // IGNIS_COMPILER_PIPELINE_H
