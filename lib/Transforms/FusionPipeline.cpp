//===- FusionPipeline.cpp - All fusions, in order -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Transforms/Passes.h"
#include "mlir/Pass/PassManager.h"
#include "mlir/Pass/PassRegistry.h"

using namespace mlir;
using namespace ignis;

void ignis::buildFusionPipeline(OpPassManager &manager) {
  OpPassManager &functions = manager.nest<func::FuncOp>();
  functions.addPass(createFuseRMSNorm());
  functions.addPass(createFuseSwiGLU());
  functions.addPass(createShareQuantization());
  functions.addPass(createFuseQuantize());
  functions.addPass(createGroupQKV());
  functions.addPass(createFuseRopeAppend());
  functions.addPass(createFuseGateUp());
  functions.addPass(createFuseResidual());
}

void ignis::registerFusionPipeline() {
  PassPipelineRegistration<>("ignis-fuse", "All fusions, in order",
                             buildFusionPipeline);
}
