//===- FormPhases.cpp - Group what needs no barrier -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Which phase an operation belongs to, and how its work is divided, is decided
// by Analysis/PhasePlan; here operations are split, and the decision becomes
// IR.
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/PhasePlan.h"
#include "ignis/Analysis/Phases.h"
#include "ignis/Analysis/Storage.h"
#include "ignis/Transforms/Passes.h"

namespace ignis {
#define GEN_PASS_DEF_FORMPHASES
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

/// Gives what is computed by every thread memory of its own: few buffers of
/// each type, reused in program order, at the function's entry.
static void makePrivate(func::FuncOp function, ArrayRef<PlacedOp> order) {
  // A buffer's last use in program order.
  DenseMap<Value, size_t> lastUse;
  for (auto [index, placed] : llvm::enumerate(order))
    for (Value operand : placed.op->getOperands())
      lastUse[operand] = index;

  struct Copy {
    memref::AllocaOp memory;
    size_t busyUntil;
  };
  DenseMap<Type, SmallVector<Copy>> copies;
  auto builder = OpBuilder::atBlockBegin(&function.front());
  for (auto [index, placed] : llvm::enumerate(order)) {
    if (placed.share.getKind() != ShareKind::Replicated)
      continue;
    ComputeOpInterface op = placed.op;
    Value shared = op.getOutsMutable()[0].get();
    auto type = cast<MemRefType>(shared.getType());
    SmallVector<Copy> &ofType = copies[type];
    auto *copy = llvm::find_if(
        ofType, [&](const Copy &copy) { return copy.busyUntil < index; });
    if (copy == ofType.end()) {
      auto memory =
          memref::AllocaOp::create(builder, op.getLoc(), type,
                                   builder.getI64IntegerAttr(bufferAlignment));
      copy = &ofType.emplace_back(Copy{memory, 0});
    }
    copy->busyUntil = lastUse[shared];
    shared.replaceAllUsesWith(copy->memory);
    shared.getDefiningOp()->erase();
  }
}

/// Moves the operations into phases, at the end of the function: there is
/// nothing else that depends on them.
static int64_t createPhases(func::FuncOp function, ArrayRef<PlacedOp> order) {
  OpBuilder builder(function.front().getTerminator());
  PhaseOp open;
  int64_t count = 0;
  for (const PlacedOp &placed : order) {
    ComputeOpInterface op = placed.op;
    if (placed.phase == count) {
      open = PhaseOp::create(builder, op.getLoc());
      ++count;
    }
    Block &body = open.getBody().front();
    op->moveBefore(&body, body.end());
  }
  return count;
}

namespace {
struct FormPhases final : ignis::impl::FormPhasesBase<FormPhases> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!computesActivations(function))
      return markAllAnalysesPreserved();
    WalkResult formed = function.walk([](Operation *op) {
      return isa<PhaseOp>(op) || isBarrier(op) ? WalkResult::interrupt()
                                               : WalkResult::advance();
    });
    if (formed.wasInterrupted()) {
      emitBriefError(function) << "has phases or barriers already";
      return signalPassFailure();
    }
    if (failed(getPhases(function))) // refuses what cannot be moved
      return signalPassFailure();

    OpBuilder builder(function);
    for (auto op :
         llvm::make_early_inc_range(function.getOps<ComputeOpInterface>())) {
      builder.setInsertionPoint(op);
      op.splitForThreads(builder);
    }
    auto ops = llvm::to_vector(function.getOps<ComputeOpInterface>());
    SmallVector<PlacedOp> order =
        planPhases(ops, /*oneToken=*/getStaticTokens(function) == 1);
    for (PlacedOp &placed : order)
      placed.op.setShareAttr(placed.share);
    llvm::sort(order, [](PlacedOp a, PlacedOp b) {
      return a.phase < b.phase ||
             (a.phase == b.phase && a.op->isBeforeInBlock(b.op));
    });
    makePrivate(function, order);
    numPhases += createPhases(function, order);
  }
};
} // namespace
