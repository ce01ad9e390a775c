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
#include "ignis/Analysis/Phases.h"
#include "ignis/Analysis/Storage.h"
#include "ignis/Conversion/Passes.h"
#include "ignis/Runtime/ABI.h"

#include "llvm/Analysis/TargetLibraryInfo.h"
#include "llvm/TargetParser/Triple.h"

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
  auto [place, isNew] = program.weights.insert({op.getNameAttr(), type});
  if (!isNew && place->second != type)
    return op.emitOpError("expects one type for all uses of the tensor, got ")
           << place->second << " and " << type;
  return success();
}

/// A rank packs the rows that products ask it for.
static void addDivision(ProgramModule &program, ComputeOpInterface op) {
  ShareAttr share = op.getShareOrDefault();
  for (Value matrix : op.getMatrices()) {
    auto weight = matrix.getDefiningOp<WeightOp>();
    if (!weight)
      continue; // which lowering refuses
    RowDivision division{share.getParts(), share.getUnits()};
    if (op.writesCache()) // of several matrices, each in heads
      division.parts =
          weight.getType().getRows() / program.model.getValues().head_dim;
    if (!share.isDistributed())
      division = {};
    auto [place, isNew] =
        program.divisions.insert({weight.getNameAttr(), division});
    if (!isNew && place->second != division)
      place->second = {};
  }
  if (op.writesCache())
    program.headUnits = share.getUnits();
}

static FailureOr<ProgramModule> gather(ModuleOp module) {
  ProgramModule program;
  program.module = module;
  program.model =
      module->getAttrOfType<ModelAttr>(IgnisDialect::getModelAttrName());
  if (!program.model)
    return emitBriefError(module) << "expects the attribute '"
                                  << IgnisDialect::getModelAttrName() << "'";
  if (program.model.getAbi() != IGNIS_ABI_VERSION)
    return emitBriefError(module)
           << "expects version " << IGNIS_ABI_VERSION
           << " of the runtime's interface, got " << program.model.getAbi();
  WalkResult result = module.walk(
      [&](WeightOp op) { return WalkResult(addWeight(program, op)); });
  if (result.wasInterrupted())
    return failure();
  module.walk([&](ComputeOpInterface op) { addDivision(program, op); });
  // What is only looked up no rank needs to pack.
  if (program.headUnits != 0)
    for (auto &[name, type] : program.weights)
      if (!type.isVector())
        program.divisions.try_emplace(name, RowDivision{0, -1});
  return program;
}

static LogicalResult checkCache(ProgramModule &program, func::FuncOp function,
                                KVCacheType cache) {
  const ignis_hyperparameters &model = program.model.getValues();
  if (program.cache && program.cache != cache)
    return emitBriefError(function) << "expects one type of cache, got "
                                    << program.cache << " and " << cache;
  if (cache.getLayers() != model.layers || cache.getHeads() != model.kv_heads ||
      cache.getHeadDim() != model.head_dim)
    return emitBriefError(function)
           << "expects a cache of the model's shape, got " << cache;
  program.cache = cache;
  return success();
}

//===----------------------------------------------------------------------===//
// One function
//===----------------------------------------------------------------------===//

namespace {
/// What a call does besides computing.
struct CallCounts {
  int64_t barriers = 0;
  int64_t gathers = 0;
  int64_t gatheredPerToken = 0;  ///< bytes
  int64_t gatheredPerOutput = 0; ///< bytes
  int64_t gatheredRow = 0;       ///< bytes, the most

  void add(AllGatherOp gather) {
    int64_t bytes = gather.getRowBytes();
    ++gathers;
    (gather.getSelection() ? gatheredPerOutput : gatheredPerToken) += bytes;
    gatheredRow = std::max(gatheredRow, bytes);
  }
};
} // namespace

/// Lowers `op` or says that it has no place in a program. The operation is
/// erased later if it became something else.
static LogicalResult lower(Operation *op, ThreadProgram &thread,
                           ProgramModule &program, CallCounts &counts) {
  if (auto compute = dyn_cast<ComputeOpInterface>(op))
    return lowerOperation(compute, thread, program);
  if (isa<BarrierOp>(op)) {
    CallEmitter(op, thread, program)
        .runtime(RuntimeFunction::ignis_rt_barrier, thread.getThread());
    ++counts.barriers;
    return success();
  }
  if (auto gather = dyn_cast<AllGatherOp>(op)) {
    CallEmitter(op, thread, program).gather(gather);
    counts.add(gather);
    return success();
  }
  if (isa<WeightOp, SelectedCountOp, memref::AllocaOp, memref::DimOp,
          memref::ViewOp, memref::CastOp, func::ReturnOp>(op) ||
      isa<arith::ArithDialect>(op->getDialect()))
    return success();
  return op->emitOpError("has no place in a scheduled program");
}

static bool isReplaced(Operation *op) {
  return isa<ComputeOpInterface, BarrierOp, AllGatherOp, WeightOp,
             SelectedCountOp, memref::AllocaOp, memref::DimOp>(op);
}

/// Pairs a, b of the function's arena; empty where there is none.
static FailureOr<SmallVector<int64_t>> getArena(func::FuncOp function) {
  SmallVector<int64_t> numbers;
  if (!function->hasAttr(arenaAttrName))
    return numbers;
  FailureOr<SmallVector<LinearForm>> sizes = getArenaSize(function);
  if (failed(sizes))
    return failure();
  for (LinearForm size : *sizes)
    numbers.append({size.perToken, size.constant});
  return numbers;
}

/// Generated code refers to the runtime and to the C library by name, and LLVM
/// knows its intrinsics by theirs: an entry of such a name would take their
/// place.
static LogicalResult checkName(func::FuncOp function) {
  StringRef name = function.getName();
  llvm::LibFunc known;
  if (name.starts_with("ignis_"))
    return emitBriefError(function)
           << "expects an entry whose name does not begin with 'ignis_', as "
              "the runtime's do, got '"
           << name << "'";
  if (name.starts_with("llvm."))
    return emitBriefError(function)
           << "expects an entry that is not called like an intrinsic of LLVM, "
              "got '"
           << name << "'";
  if (llvm::TargetLibraryInfoImpl(llvm::Triple()).getLibFunc(name, known))
    return emitBriefError(function)
           << "expects an entry that is not called like a function of the C "
              "library, got '"
           << name << "'";
  return success();
}

static LogicalResult outline(func::FuncOp function, ProgramModule &program) {
  // Operations stay in place until all are lowered: what is made once for all
  // stands before the first.
  SmallVector<Operation *> operations;
  for (Operation &op : function.getOps())
    operations.push_back(&op);

  if (failed(checkName(function)))
    return failure();
  FailureOr<SmallVector<int64_t>> arena = getArena(function);
  FailureOr<ThreadProgram> thread = ThreadProgram::create(function);
  if (failed(arena) || failed(thread) ||
      failed(checkCache(program, function, thread->getCacheType())) ||
      failed(thread->replaceCounts()) || failed(thread->placeAllocas()))
    return failure();

  CallCounts counts;
  for (Operation *op : operations)
    if (failed(lower(op, *thread, program, counts)))
      return failure();
  for (Operation *op : llvm::reverse(operations))
    if (isReplaced(op))
      op->erase();

  function->removeAttr(arenaAttrName);
  function->removeAttr(minimalAttrName);
  MLIRContext *context = function.getContext();
  program.entries.push_back(EntryAttr::get(
      context, FlatSymbolRefAttr::get(function.getSymNameAttr()),
      thread->getStaticTokens().value_or(0), counts.barriers,
      thread->getCandidates(), thread->getScratchBytesPerToken(),
      DenseI64ArrayAttr::get(context, *arena), counts.gathers,
      counts.gatheredPerToken, counts.gatheredPerOutput, counts.gatheredRow));
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
  if (!module.getOps<ProgramOp>().empty()) {
    emitBriefError(module) << "is outlined already";
    return signalPassFailure();
  }
  if (failed(checkScheduled(module)))
    return signalPassFailure();
  FailureOr<ProgramModule> program = gather(module);
  if (failed(program))
    return signalPassFailure();

  auto functions = llvm::to_vector(module.getOps<func::FuncOp>());
  if (functions.empty()) {
    emitBriefError(module) << "expects a function";
    return signalPassFailure();
  }
  for (func::FuncOp function : functions)
    if (failed(outline(function, *program)))
      return signalPassFailure();
  numKernels += program->kernels.size();

  auto builder = OpBuilder::atBlockBegin(module.getBody());
  SmallVector<Attribute> tensors;
  for (auto &[name, type] : program->weights) {
    RowDivision division = program->divisions.lookup(name);
    tensors.push_back(TensorAttr::get(&getContext(), name, type, division.parts,
                                      division.units));
  }
  ProgramOp::create(builder, module.getLoc(), TypeAttr::get(program->cache),
                    builder.getArrayAttr(tensors),
                    builder.getArrayAttr(program->entries),
                    builder.getI64IntegerAttr(program->headUnits));
}
