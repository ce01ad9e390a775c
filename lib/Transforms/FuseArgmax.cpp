//===- FuseArgmax.cpp - Keep only the likeliest tokens of the head --------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"
#include "Products.h"

namespace ignis {
#define GEN_PASS_DEF_FUSEARGMAX
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
/// argmax(matmul(x, w)) from(f) -> matmul_argmax(x, w) from(f)
struct FuseIntoHead final : FusionPattern<ArgmaxOp> {
  using FusionPattern::FusionPattern;

  LogicalResult fuse(ArgmaxOp argmax,
                     PatternRewriter &rewriter) const override {
    auto matmul = getDefinition<MatmulOp>(argmax.getInput());
    if (!matmul)
      return rewriter.notifyMatchFailure(argmax, "operand is no product");
    if (!matmul->hasOneUse())
      return reject(argmax, rewriter, "logits have another use");
    if (!isPlainProduct(matmul) || matmul.getBias())
      return reject(argmax, rewriter,
                    "product has a bias or an epilogue or skips rows");

    rewriter.replaceOpWithNewOp<MatmulArgmaxOp>(
        argmax, argmax->getResultTypes(), matmul.getInput(), matmul.getWeight(),
        argmax.getSelection(), ValueRange(), ShareAttr());
    return success();
  }
};

struct FuseArgmax final : ignis::impl::FuseArgmaxBase<FuseArgmax> {
  void runOnOperation() override {
    if (failed(applyFusions<FuseIntoHead>(getOperation(), *this, numFused)))
      signalPassFailure();
  }
};
} // namespace
