//===- FuseQuantize.cpp - Quantise where a value is produced --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"

namespace ignis {
#define GEN_PASS_DEF_FUSEQUANTIZE
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
/// quantize(f(x)) -> f(x) with a quantised result, for every f that gives one.
struct FuseIntoProducer final : FusionPattern<QuantizeOp> {
  using FusionPattern::FusionPattern;

  LogicalResult fuse(QuantizeOp quantize,
                     PatternRewriter &rewriter) const override {
    Value input = quantize.getInput();
    auto producer = input.getDefiningOp<ComputeOpInterface>();
    if (!producer || !producer.canGiveQuantized())
      return rewriter.notifyMatchFailure(quantize,
                                         "producer gives binary32 only");
    if (!producer.isValueForm())
      return rewriter.notifyMatchFailure(quantize,
                                         "producer is not in value form");
    if (!input.hasOneUse())
      return reject(quantize, rewriter, "value is also used unquantised");

    Type quantized = quantize->getResult(0).getType();
    rewriter.modifyOpInPlace(producer, [&] { input.setType(quantized); });
    rewriter.replaceOp(quantize, input);
    return success();
  }
};

struct FuseQuantize final : ignis::impl::FuseQuantizeBase<FuseQuantize> {
  void runOnOperation() override {
    if (failed(applyFusions<FuseIntoProducer>(getOperation(), *this, numFused)))
      signalPassFailure();
  }
};
} // namespace
