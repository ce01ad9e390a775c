//===- FuseResidual.cpp - Add the residual in the epilogue of a product ---===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"
#include "Products.h"

namespace ignis {
#define GEN_PASS_DEF_FUSERESIDUAL
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
/// add(r, matmul(x, w)) -> matmul(x, w) residual(r), and the same for
/// add(matmul(x, w), r): the sum of two numbers does not depend on their order.
struct FuseSumWithProduct final : FusionPattern<AddOp> {
  using FusionPattern::FusionPattern;

  LogicalResult fuse(AddOp add, PatternRewriter &rewriter) const override {
    if (succeeded(addInEpilogue(add.getRhs(), add.getLhs(), add, rewriter)))
      return success();
    return addInEpilogue(add.getLhs(), add.getRhs(), add, rewriter);
  }

private:
  LogicalResult addInEpilogue(Value product, Value residual, AddOp add,
                              PatternRewriter &rewriter) const {
    auto matmul = getDefinition<MatmulOp>(product);
    if (!matmul)
      return rewriter.notifyMatchFailure(add, "operand is no product");
    if (!matmul->hasOneUse())
      return reject(add, rewriter, "product has another use");
    if (!isPlainProduct(matmul))
      return reject(add, rewriter, "product has an epilogue or skips rows");

    rewriter.replaceOpWithNewOp<MatmulOp>(
        add, add->getResultTypes(), matmul.getInput(), matmul.getWeight(),
        matmul.getBias(), residual, /*selection=*/Value(), ValueRange(),
        ShareAttr());
    return success();
  }
};

struct FuseResidual final : ignis::impl::FuseResidualBase<FuseResidual> {
  void runOnOperation() override {
    if (failed(
            applyFusions<FuseSumWithProduct>(getOperation(), *this, numFused)))
      signalPassFailure();
  }
};
} // namespace
