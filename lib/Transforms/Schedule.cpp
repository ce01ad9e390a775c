//===- Schedule.cpp - Barriers between phases -----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/Phases.h"
#include "ignis/Transforms/Passes.h"

namespace ignis {
#define GEN_PASS_DEF_SCHEDULE
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

/// Replaces `phase` by its operations.
static void inlinePhase(PhaseOp phase) {
  Block &body = phase.getBody().front();
  phase->getBlock()->getOperations().splice(phase->getIterator(),
                                            body.getOperations());
  phase.erase();
}

namespace {
struct Schedule final : ignis::impl::ScheduleBase<Schedule> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!computesActivations(function))
      return markAllAnalysesPreserved();
    if (isScheduled(function)) {
      emitBriefError(function) << "is scheduled already";
      return signalPassFailure();
    }
    FailureOr<SmallVector<Phase>> phases = getPhases(function);
    if (failed(phases))
      return signalPassFailure();

    OpBuilder builder(&getContext());
    for (const Phase &phase : ArrayRef(*phases).drop_front()) {
      Operation *first = phase.front();
      if (auto enclosing = dyn_cast<PhaseOp>(first->getParentOp()))
        first = enclosing;
      if (isa_and_nonnull<AllGatherOp>(first->getPrevNode()))
        continue; // where all wait for each other, too
      builder.setInsertionPoint(first);
      BarrierOp::create(builder, first->getLoc());
      ++numBarriers;
    }
    for (PhaseOp phase :
         llvm::make_early_inc_range(function.getBody().getOps<PhaseOp>()))
      inlinePhase(phase);
  }
};
} // namespace
