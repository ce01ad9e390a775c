//===- OutlineKernels.cpp - Operations become calls -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// First what all functions share is gathered and checked: hyper-parameters, the
// cache's type, the tensors that are read. Then each function becomes the
// program of one thread, its operations calls, in one walk.
//
//===----------------------------------------------------------------------===//

#include "CallEmitter.h"
#include "LowerOperation.h"
#include "ignis/Analysis/MinimalAttr.h"
#include "ignis/Analysis/Storage.h"
#include "ignis/Conversion/Passes.h"
#include "ignis/Runtime/ABI.h"

namespace ignis {
#define GEN_PASS_DEF_OUTLINEKERNELS
#include "ignis/Conversion/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

//===----------------------------------------------------------------------===//
// What the functions share
//===----------------------------------------------------------------------===//

static LogicalResult addWeight(ProgramModule &program, WeightOp op) {
  WeightType type = op.getType();
  auto [place, isNew] =
      program.weights.insert({op.getNameAttr().getAttr(), type});
  if (!isNew && place->second != type)
    return op.emitOpError("expects one type for all uses of the tensor, got ")
           << place->second << " and " << type;
  return success();
}

static FailureOr<ProgramModule> gather(ModuleOp module) {
  ProgramModule program;
  program.module = module;
  program.model =
      module->getAttrOfType<ModelAttr>(IgnisDialect::getModelAttrName());
  if (!program.model)
    return module.emitOpError("expects the attribute '")
           << IgnisDialect::getModelAttrName() << "'";
  if (program.model.getAbi() != IGNIS_ABI_VERSION)
    return module.emitOpError("expects version ")
           << IGNIS_ABI_VERSION << " of the runtime's interface, got "
           << program.model.getAbi();
  WalkResult result = module.walk(
      [&](WeightOp op) { return WalkResult(addWeight(program, op)); });
  if (result.wasInterrupted())
    return failure();
  return program;
}

static LogicalResult checkCache(ProgramModule &program, func::FuncOp function,
                                KVCacheType cache) {
  const ignis_hyperparameters &model = program.model.getValues();
  if (program.cache && program.cache != cache)
    return function.emitOpError("expects one type of cache, got ")
           << program.cache << " and " << cache;
  if (cache.getLayers() != model.layers || cache.getHeads() != model.kv_heads ||
      cache.getHeadDim() != model.head_dim)
    return function.emitOpError("expects a cache of the model's shape, got ")
           << cache;
  program.cache = cache;
  return success();
}

//===----------------------------------------------------------------------===//
// One function
//===----------------------------------------------------------------------===//

/// Lowers `op` or says that it has no place in a program. The operation is
/// erased later if it became something else.
static LogicalResult lower(Operation *op, ThreadProgram &thread,
                           ProgramModule &program, int64_t &barriers) {
  if (auto compute = dyn_cast<ComputeOpInterface>(op))
    return lowerOperation(compute, thread, program);
  if (isa<BarrierOp>(op)) {
    CallEmitter(op, thread, program)
        .runtime("ignis_rt_barrier", thread.getThread());
    ++barriers;
    return success();
  }
  if (isa<WeightOp, SelectedCountOp, memref::AllocaOp, memref::DimOp,
          memref::ViewOp, memref::CastOp, func::ReturnOp>(op) ||
      isa<arith::ArithDialect>(op->getDialect()))
    return success();
  return op->emitOpError("has no place in a scheduled program");
}

static bool isReplaced(Operation *op) {
  return isa<ComputeOpInterface, BarrierOp, WeightOp, SelectedCountOp,
             memref::AllocaOp, memref::DimOp>(op);
}

/// [[a, b], ...] of the function's arena; empty where there is none.
static FailureOr<ArrayAttr> getArena(func::FuncOp function) {
  if (!function->hasAttr(kArenaAttrName))
    return ArrayAttr::get(function.getContext(), {});
  if (failed(getArenaSize(function)))
    return failure();
  return cast<ArrayAttr>(function->getAttr(kArenaAttrName));
}

static LogicalResult outline(func::FuncOp function, ProgramModule &program) {
  // Operations stay in place until all are lowered: what is made once for all
  // stands before the first.
  SmallVector<Operation *> operations;
  for (Operation &op : function.getOps())
    operations.push_back(&op);

  FailureOr<ArrayAttr> arena = getArena(function);
  FailureOr<ThreadProgram> thread = ThreadProgram::create(function);
  if (failed(arena) || failed(thread) ||
      failed(checkCache(program, function, thread->getCacheType())) ||
      failed(thread->replaceCounts()) || failed(thread->placeAllocas()))
    return failure();

  int64_t barriers = 0;
  for (Operation *op : operations)
    if (failed(lower(op, *thread, program, barriers)))
      return failure();
  for (Operation *op : llvm::reverse(operations))
    if (isReplaced(op))
      op->erase();

  Builder builder(function.getContext());
  auto entry = [&](StringRef name, Attribute value) {
    return builder.getNamedAttr(name, value);
  };
  function->removeAttr(kArenaAttrName);
  function->removeAttr(kMinimalAttrName);
  function->setAttr(
      kEntryAttrName,
      builder.getDictionaryAttr(
          {entry("tokens",
                 builder.getI64IntegerAttr(thread->getStaticTokens())),
           entry("barriers", builder.getI64IntegerAttr(barriers)),
           entry("arena", *arena),
           entry("candidates",
                 builder.getI64IntegerAttr(thread->getCandidates())),
           entry("scratch", builder.getI64IntegerAttr(
                                thread->getScratchBytesPerToken()))}));
  function->setAttr(
      "llvm.linkage",
      LLVM::LinkageAttr::get(function.getContext(), LLVM::Linkage::Internal));
  return success();
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

namespace {
struct OutlineKernels : public ignis::impl::OutlineKernelsBase<OutlineKernels> {
  void getDependentDialects(DialectRegistry &registry) const override {
    OutlineKernelsBase::getDependentDialects(registry);
    registerElementwiseOps(registry);
  }
  void runOnOperation() override;
};
} // namespace

void OutlineKernels::runOnOperation() {
  ModuleOp module = getOperation();
  FailureOr<ProgramModule> program = gather(module);
  if (failed(program))
    return signalPassFailure();

  auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
  if (functions.empty()) {
    module.emitOpError("expects a function");
    return signalPassFailure();
  }
  for (func::FuncOp function : functions)
    if (failed(outline(function, *program)))
      return signalPassFailure();
  numKernels += program->generatedKernels;

  Builder builder(module.getContext());
  SmallVector<Attribute> weights;
  for (auto &[name, type] : program->weights)
    weights.push_back(builder.getArrayAttr({name, TypeAttr::get(type)}));
  module->setAttr(kWeightsAttrName, builder.getArrayAttr(weights));
  module->setAttr(kCacheAttrName, TypeAttr::get(program->cache));
}
