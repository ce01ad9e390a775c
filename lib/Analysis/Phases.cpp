//===- Phases.cpp - What runs between two barriers ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/Phases.h"

using namespace mlir;
using namespace ignis;

bool ignis::computesActivations(func::FuncOp function) {
  return function
      .walk([](ComputeOpInterface) { return WalkResult::interrupt(); })
      .wasInterrupted();
}

/// Whether `op` may stand beside compute operations: it makes or names a
/// buffer, or has nothing to do with buffers at all.
static bool isNeutral(Operation *op) {
  if (isa<memref::AllocOp, memref::AllocaOp, memref::ViewOp, memref::DimOp,
          func::ReturnOp>(op))
    return true;
  auto isBuffer = [](Type type) { return isa<BaseMemRefType>(type); };
  return op->getNumRegions() == 0 && isMemoryEffectFree(op) &&
         llvm::none_of(op->getOperandTypes(), isBuffer) &&
         llvm::none_of(op->getResultTypes(), isBuffer);
}

static LogicalResult addCompute(Operation *op, Phase &phase) {
  if (auto compute = dyn_cast<ComputeOpInterface>(op)) {
    if (!compute.isBufferForm())
      return op->emitOpError("expects buffer form: run ignis-bufferize");
    phase.push_back(compute);
    return success();
  }
  if (isNeutral(op))
    return success();
  return op->emitOpError("may not stand among operations in buffer form");
}

bool ignis::isScheduled(func::FuncOp function) {
  Region &body = function.getBody();
  return !body.getOps<BarrierOp>().empty() ||
         (!body.getOps<AllGatherOp>().empty() && body.getOps<PhaseOp>().empty());
}

FailureOr<SmallVector<Phase>> ignis::getPhases(func::FuncOp function) {
  if (!llvm::hasSingleElement(function.getBody()))
    return emitBriefError(function) << "expects one block, got "
                                    << function.getBody().getBlocks().size();
  Block &body = function.front();
  bool scheduled = isScheduled(function);

  SmallVector<Phase> phases;
  Phase open; // up to the next barrier
  auto close = [&] {
    if (!open.empty())
      phases.push_back(std::move(open));
    open.clear();
  };
  for (Operation &op : body) {
    if (isBarrier(&op)) {
      close();
      continue;
    }
    if (auto phase = dyn_cast<PhaseOp>(op)) {
      close();
      for (Operation &inner : phase.getBody().front())
        if (failed(addCompute(&inner, open)))
          return failure();
      close();
      continue;
    }
    if (failed(addCompute(&op, open)))
      return failure();
    if (!scheduled)
      close();
  }
  close();
  return phases;
}

LogicalResult ignis::checkScheduled(ModuleOp module) {
  StringRef found, missing;
  module.walk([&](Operation *op) {
    auto compute = dyn_cast<ComputeOpInterface>(op);
    if (compute && !compute.isBufferForm()) {
      found = "values";
      missing = "ignis-bufferize, ignis-plan-memory and ignis-schedule";
      return WalkResult::interrupt();
    }
    if (isa<memref::AllocOp>(op)) {
      found = "allocations";
      missing = "ignis-plan-memory and ignis-schedule";
    } else if (isa<PhaseOp>(op) && missing.empty()) {
      found = "phases";
      missing = "ignis-schedule";
    }
    return WalkResult::advance();
  });
  if (missing.empty())
    return success();
  return emitBriefError(module)
         << "expects a scheduled program, got " << found << ": run " << missing;
}
