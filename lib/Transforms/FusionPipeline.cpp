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

PassList ignis::listFusions() {
  PassList passes;
  passes.push_back(createFuseRMSNorm());
  passes.push_back(createFuseSwiGLU());
  passes.push_back(createShareQuantization());
  passes.push_back(createFuseQuantize());
  passes.push_back(createGroupQKV());
  passes.push_back(createFuseRopeAppend());
  passes.push_back(createFuseGateUp());
  passes.push_back(createFuseResidual());
  passes.push_back(createFuseArgmax());
  return passes;
}

void ignis::addPass(OpPassManager &manager, std::unique_ptr<Pass> pass) {
  if (pass->getOpName() == func::FuncOp::getOperationName())
    manager.addNestedPass<func::FuncOp>(std::move(pass));
  else
    manager.addPass(std::move(pass));
}

void ignis::registerFusionPipeline() {
  PassPipelineRegistration<>("ignis-fuse", "All fusions, in order",
                             [](OpPassManager &manager) {
                               for (std::unique_ptr<Pass> &pass : listFusions())
                                 addPass(manager, std::move(pass));
                             });
}
