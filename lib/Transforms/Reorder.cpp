//===- Reorder.cpp - The order that keeps least alive ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/OpOrder.h"
#include "ignis/Analysis/Storage.h"
#include "ignis/Transforms/Passes.h"
#include "mlir/IR/Remarks.h"

namespace ignis {
#define GEN_PASS_DEF_REORDER
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
struct Reorder final : ignis::impl::ReorderBase<Reorder> {
  using ReorderBase::ReorderBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (failed(checkMaxTokens(function, maxTokens)))
      return signalPassFailure();
    if (!computesActivations(function))
      return markAllAnalysesPreserved();
    FailureOr<Liveness> liveness = Liveness::compute(function);
    if (failed(liveness))
      return signalPassFailure();
    if (liveness->getPhases().size() != size_t(liveness->getOpCount()) ||
        isScheduled(function)) {
      emitBriefError(function) << "has phases or barriers already";
      return signalPassFailure();
    }
    reorder(function, *liveness);
  }

private:
  void reorder(func::FuncOp function, const Liveness &liveness) {
    int64_t before = getPeak(liveness, maxTokens);
    std::optional<OpOrder> best = findBestOrder(liveness, maxTokens);
    auto options =
        remark::RemarkOpts::name(getArgument()).category("ignis-memory");
    if (!best) {
      remark::missed(function.getLoc(), options)
          << remark::reason("no order was found within the budget");
      return;
    }
    numSteps += best->steps;
    remark::passed(function.getLoc(), options)
        << remark::metric("PeakBefore", before)
        << remark::metric("PeakAfter", best->peak);
    if (best->peak == before)
      return;

    numBytesSaved += before - best->peak;
    SmallVector<Operation *> ops;
    for (const Phase &phase : liveness.getPhases())
      ops.push_back(phase.front());
    // All else in the function has no effects and comes first.
    for (size_t index : best->order)
      ops[index]->moveBefore(function.front().getTerminator());
  }
};
} // namespace
