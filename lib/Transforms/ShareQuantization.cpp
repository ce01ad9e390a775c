//===- ShareQuantization.cpp - Quantise each value once -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A quantisation is placed right after the value it reads, so its place does
// not depend on who asks for it first, and it reaches all who do.
//
//===----------------------------------------------------------------------===//

#include "Products.h"
#include "ignis/Transforms/Passes.h"
#include "mlir/IR/Dominance.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/CSE.h"

namespace ignis {
#define GEN_PASS_DEF_SHAREQUANTIZATION
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

static QuantizeOp createQuantize(RewriterBase &rewriter, Value input) {
  rewriter.setInsertionPointAfterValue(input);
  auto type = cast<RankedTensorType>(input.getType());
  return QuantizeOp::create(rewriter, input.getLoc(),
                            Q8Type::get(rewriter.getContext(),
                                        type.getDimSize(0), type.getDimSize(1)),
                            input, ValueRange(), ShareAttr());
}

namespace {
struct ShareQuantization final
    : ignis::impl::ShareQuantizationBase<ShareQuantization> {
  void runOnOperation() override {
    int64_t needed = countQuantizations();
    IRRewriter rewriter(&getContext());
    getOperation().walk([&](ComputeOpInterface op) {
      if (!quantizesItsInput(op))
        return;
      QuantizeOp quantize = createQuantize(rewriter, op->getOperand(0));
      rewriter.modifyOpInPlace(
          op, [&] { op->setOperand(0, quantize->getResult(0)); });
      ++needed;
    });

    DominanceInfo dominance(getOperation());
    eliminateCommonSubExpressions(rewriter, dominance, getOperation());
    numShared = needed - countQuantizations();
    remark::analysis(getOperation().getLoc(),
                     remark::RemarkOpts::name("quantisations saved")
                         .category(getArgument())
                         .function(getOperation().getName()))
        << remark::metric("count", needed - countQuantizations());
  }

private:
  int64_t countQuantizations() {
    int64_t count = 0;
    getOperation().walk([&](QuantizeOp) { ++count; });
    return count;
  }
};
} // namespace
