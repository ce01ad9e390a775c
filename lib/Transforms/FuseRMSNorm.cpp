//===- FuseRMSNorm.cpp - rms_normalize and scale become rms_norm ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"

namespace ignis {
#define GEN_PASS_DEF_FUSERMSNORM
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
/// scale(rms_normalize(x), w) -> rms_norm(x, w)
struct FuseScaleOfNormalized final : FusionPattern<ScaleOp> {
  using FusionPattern::FusionPattern;

  LogicalResult fuse(ScaleOp scale, PatternRewriter &rewriter) const override {
    auto normalize = getDefinition<RMSNormalizeOp>(scale.getInput());
    if (!normalize)
      return rewriter.notifyMatchFailure(scale, "input is no rms_normalize");
    if (!normalize->hasOneUse())
      return reject(scale, rewriter, "normalised value has another use");
    if (scale.getHeadDim() != normalize.getHeadDim())
      return reject(scale, rewriter, "rows and heads, or heads of two sizes");

    rewriter.replaceOpWithNewOp<RMSNormOp>(
        scale, scale->getResultTypes(), normalize.getInput(), scale.getWeight(),
        ValueRange(), normalize.getEpsAttr(), normalize.getHeadDimAttr(),
        ShareAttr());
    return success();
  }
};

struct FuseRMSNorm final : ignis::impl::FuseRMSNormBase<FuseRMSNorm> {
  void runOnOperation() override {
    if (failed(applyFusions<FuseScaleOfNormalized>(getOperation(), *this,
                                                   numFused)))
      signalPassFailure();
  }
};
} // namespace
