//===- FuseSwiGLU.cpp - silu and mul become swiglu ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"

namespace ignis {
#define GEN_PASS_DEF_FUSESWIGLU
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
/// mul(silu(g), u) -> swiglu(g, u), and the same for mul(u, silu(g)): the
/// product of two numbers does not depend on their order.
struct FuseProductOfActivated final : FusionPattern<MulOp> {
  using FusionPattern::FusionPattern;

  LogicalResult fuse(MulOp mul, PatternRewriter &rewriter) const override {
    Value up = mul.getRhs();
    auto silu = getDefinition<SiluOp>(mul.getLhs());
    if (!silu) {
      up = mul.getLhs();
      silu = getDefinition<SiluOp>(mul.getRhs());
    }
    if (!silu)
      return rewriter.notifyMatchFailure(mul, "neither operand is a silu");
    if (!silu->hasOneUse())
      return reject(mul, rewriter, "activated gate has another use");

    rewriter.replaceOpWithNewOp<SwiGLUOp>(mul, mul->getResultTypes(),
                                          silu.getInput(), up, ValueRange(),
                                          ShareAttr());
    return success();
  }
};

struct FuseSwiGLU final : ignis::impl::FuseSwiGLUBase<FuseSwiGLU> {
  void runOnOperation() override {
    if (failed(applyFusions<FuseProductOfActivated>(getOperation(), *this,
                                                    numFused)))
      signalPassFailure();
  }
};
} // namespace
