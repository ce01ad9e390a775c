//===- Pipeline.cpp - The stages of compilation ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Pipeline.h"

#include "ignis/Conversion/ElementwiseOpInterface.h"
#include "ignis/Conversion/Passes.h"
#include "ignis/Transforms/Passes.h"

#include "mlir/Conversion/ArithToLLVM/ArithToLLVM.h"
#include "mlir/Conversion/ControlFlowToLLVM/ControlFlowToLLVM.h"
#include "mlir/Conversion/ConvertToLLVM/ToLLVMPass.h"
#include "mlir/Conversion/FuncToLLVM/ConvertFuncToLLVM.h"
#include "mlir/Conversion/MathToLLVM/MathToLLVM.h"
#include "mlir/Conversion/ReconcileUnrealizedCasts/ReconcileUnrealizedCasts.h"
#include "mlir/Conversion/SCFToControlFlow/SCFToControlFlow.h"
#include "mlir/Conversion/VectorToLLVM/ConvertVectorToLLVM.h"
#include "mlir/Dialect/Arith/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/Bufferization/Transforms/FuncBufferizableOpInterfaceImpl.h"
#include "mlir/Dialect/ControlFlow/IR/ControlFlow.h"
#include "mlir/Dialect/Tensor/Transforms/BufferizableOpInterfaceImpl.h"
#include "mlir/Pass/PassRegistry.h"
#include "mlir/Target/LLVMIR/Dialect/Builtin/BuiltinToLLVMIRTranslation.h"
#include "mlir/Target/LLVMIR/Dialect/LLVMIR/LLVMToLLVMIRTranslation.h"

using namespace mlir;
using namespace ignis;

//===----------------------------------------------------------------------===//
// Pipelines
//===----------------------------------------------------------------------===//

void ignis::buildToLLVMPipeline(OpPassManager &manager) {
  manager.addPass(createOutlineKernels());
  manager.addPass(createBuffersToPointers());
  manager.addPass(createSCFToControlFlowPass());
  manager.addPass(createConvertToLLVMPass());
  manager.addPass(createReconcileUnrealizedCastsPass());
  manager.addPass(createExportProgram());
}

PassList ignis::listPasses(Stage from, Stage to,
                           const PipelineOptions &options) {
  PassList passes;
  auto add = [&](std::unique_ptr<Pass> pass) {
    passes.push_back(std::move(pass));
  };
  auto runs = [&](Stage stage) { return from < stage && stage <= to; };
  auto optimizes = [&](Stage stage) { return stage <= options.stopAfter; };

  if (runs(Stage::Fused) && optimizes(Stage::Fused)) {
    passes = listFusions();
    add(createSpecializeDecode());
  }
  if (runs(Stage::Bufferized)) {
    add(createBufferize());
    if (options.reorder)
      add(createReorder({options.maxTokens}));
  }
  if (runs(Stage::Phases) && optimizes(Stage::Phases))
    add(createFormPhases());
  if (runs(Stage::Phases) && options.distribute)
    add(createDistribute());
  if (runs(Stage::Planned)) {
    PlanMemoryOptions plan;
    plan.mode = optimizes(Stage::Planned) ? "arena" : "none";
    plan.maxTokens = options.maxTokens;
    add(createPlanMemory(plan));
  }
  if (from <= Stage::Scheduled && to >= Stage::Planned && options.verify)
    add(createVerifyMemoryPlan({options.maxTokens}));
  if (runs(Stage::Scheduled))
    add(createSchedule());
  if (from <= Stage::Scheduled && to >= Stage::Scheduled && options.verify)
    add(createVerifySchedule({options.maxTokens}));
  return passes;
}

void ignis::buildPipeline(OpPassManager &manager, Stage from, Stage to,
                          const PipelineOptions &options) {
  for (std::unique_ptr<Pass> &pass : listPasses(from, to, options))
    addPass(manager, std::move(pass));
  if (from < Stage::LLVMDialect && to >= Stage::LLVMDialect) {
    addPass(manager, createVerifyDistribution());
    addPass(manager, createVerifyContract());
    buildToLLVMPipeline(manager);
  }
}

//===----------------------------------------------------------------------===//
// Stages
//===----------------------------------------------------------------------===//

// A stage is told by what the one before it cannot have: values are gone once
// bufferized, allocations once planned, phases once scheduled. One phase alone
// needs no barrier, so a module without either may be planned or scheduled; it
// is taken for planned, and scheduling it changes nothing.
Stage ignis::detectStage(ModuleOp module) {
  bool hasValues = false, hasDecode = false, hasAllocs = false,
       hasPhases = false, hasBarriers = false, hasLLVM = false;
  hasDecode = module.lookupSymbol("decode") != nullptr;
  module.walk([&](Operation *op) {
    if (auto compute = dyn_cast<ComputeOpInterface>(op))
      hasValues |= !compute.isBufferForm();
    hasAllocs |= isa<memref::AllocOp>(op);
    hasPhases |= isa<PhaseOp>(op);
    hasBarriers |= isBarrier(op);
    hasLLVM |= isa<LLVM::LLVMFuncOp>(op);
  });
  if (hasLLVM)
    return Stage::LLVMDialect;
  if (hasValues)
    return hasDecode ? Stage::Fused : Stage::Ignis;
  if (hasAllocs)
    return hasPhases ? Stage::Phases : Stage::Bufferized;
  return hasBarriers && !hasPhases ? Stage::Scheduled : Stage::Planned;
}

//===----------------------------------------------------------------------===//
// Registration
//===----------------------------------------------------------------------===//

namespace {
llvm::cl::ValuesClass mlirStages() {
  return llvm::cl::values(clEnumValN(Stage::Ignis, "ignis", ""),
                          clEnumValN(Stage::Fused, "fused", ""),
                          clEnumValN(Stage::Bufferized, "bufferized", ""),
                          clEnumValN(Stage::Phases, "phases", ""),
                          clEnumValN(Stage::Planned, "planned", ""),
                          clEnumValN(Stage::Scheduled, "scheduled", ""),
                          clEnumValN(Stage::LLVMDialect, "llvm-dialect", ""));
}

struct WholePipelineOptions : public PassPipelineOptions<WholePipelineOptions> {
  Option<Stage> from{*this, "from",
                     llvm::cl::desc("The stage the module is at"), mlirStages(),
                     llvm::cl::init(Stage::Ignis)};
  Option<Stage> stopAfter{
      *this, "stop-after",
      llvm::cl::desc("Leave out the optimising passes after this stage"),
      mlirStages(), llvm::cl::init(Stage::LLVMDialect)};
  Option<int64_t> maxTokens{*this, "max-tokens",
                            llvm::cl::desc("Largest T memory is planned for"),
                            llvm::cl::init(512)};
};
} // namespace

void ignis::registerAllPasses() {
  registerIgnisPasses();
  registerIgnisConversionPasses();
  registerFusionPipeline();
  PassPipelineRegistration<>("ignis-to-llvm",
                             "From scheduled programs to the LLVM dialect",
                             buildToLLVMPipeline);
  PassPipelineRegistration<WholePipelineOptions>(
      "ignis-pipeline", "From the graph to the LLVM dialect",
      [](OpPassManager &manager, const WholePipelineOptions &options) {
        PipelineOptions pipeline;
        pipeline.stopAfter = options.stopAfter;
        pipeline.maxTokens = options.maxTokens;
        buildPipeline(manager, options.from, Stage::LLVMDialect, pipeline);
      });
}

void ignis::registerAllDialects(DialectRegistry &registry) {
  registry.insert<IgnisDialect, arith::ArithDialect, cf::ControlFlowDialect,
                  func::FuncDialect, LLVM::LLVMDialect, math::MathDialect,
                  memref::MemRefDialect, scf::SCFDialect, tensor::TensorDialect,
                  vector::VectorDialect>();
  arith::registerBufferizableOpInterfaceExternalModels(registry);
  tensor::registerBufferizableOpInterfaceExternalModels(registry);
  bufferization::func_ext::registerBufferizableOpInterfaceExternalModels(
      registry);
  arith::registerConvertArithToLLVMInterface(registry);
  cf::registerConvertControlFlowToLLVMInterface(registry);
  registerConvertFuncToLLVMInterface(registry);
  registerConvertMathToLLVMInterface(registry);
  vector::registerConvertVectorToLLVMInterface(registry);
  registerElementwiseOps(registry);
  registerBuiltinDialectTranslation(registry);
  registerLLVMDialectTranslation(registry);
}
