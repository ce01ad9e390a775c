//===- FuseGateUp.cpp - Gate and up with SwiGLU in the epilogue -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"
#include "Products.h"

namespace ignis {
#define GEN_PASS_DEF_FUSEGATEUP
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
/// swiglu(matmul(x, gate), matmul(x, up)) -> gate_up(x, gate, up)
struct FuseGatedProducts final : FusionPattern<SwiGLUOp> {
  using FusionPattern::FusionPattern;

  LogicalResult fuse(SwiGLUOp swiglu,
                     PatternRewriter &rewriter) const override {
    auto gate = getDefinition<MatmulOp>(swiglu.getGate());
    auto up = getDefinition<MatmulOp>(swiglu.getUp());
    if (!gate || !up)
      return rewriter.notifyMatchFailure(swiglu, "operands are no products");
    if (gate.getInput() != up.getInput())
      return reject(swiglu, rewriter, "products have different inputs");
    if (!gate->hasOneUse() || !up->hasOneUse())
      return reject(swiglu, rewriter, "a product has another use");
    if (!isPlainProduct(gate) || !isPlainProduct(up) || gate.getBias() ||
        up.getBias())
      return reject(swiglu, rewriter, "a product has an epilogue");
    if (!wantSameInput({gate.getWeight(), up.getWeight()}))
      return reject(swiglu, rewriter, "only one product is quantised");

    rewriter.replaceOpWithNewOp<GateUpOp>(
        swiglu, swiglu->getResultTypes(), gate.getInput(), gate.getWeight(),
        up.getWeight(), ValueRange(), ShareAttr());
    return success();
  }
};

struct FuseGateUp final : ignis::impl::FuseGateUpBase<FuseGateUp> {
  void runOnOperation() override {
    if (failed(
            applyFusions<FuseGatedProducts>(getOperation(), *this, numFused)))
      signalPassFailure();
  }
};
} // namespace
