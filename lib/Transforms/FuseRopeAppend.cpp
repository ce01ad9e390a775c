//===- FuseRopeAppend.cpp - RoPE and cache append as an epilogue ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"

namespace ignis {
#define GEN_PASS_DEF_FUSEROPEAPPEND
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
/// attention(rope(q), rope(k), v), with q, k and v of one grouped product,
/// becomes qkv and attend; so do q and k that are normalised head by head
/// before they are turned.
struct FuseProjectionsIntoAttention final : FusionPattern<AttentionOp> {
  using FusionPattern::FusionPattern;

  LogicalResult fuse(AttentionOp attention,
                     PatternRewriter &rewriter) const override {
    auto ropeQ = getDefinition<RopeOp>(attention.getQuery());
    auto ropeK = getDefinition<RopeOp>(attention.getKey());
    auto grouped = getDefinition<GroupedMatmulOp>(attention.getValue());
    if (!ropeQ || !ropeK || !grouped)
      return rewriter.notifyMatchFailure(
          attention, "q, k and v are not from a grouped product");
    auto normQ = getDefinition<RMSNormOp>(ropeQ.getInput());
    auto normK = getDefinition<RMSNormOp>(ropeK.getInput());
    Value q = normQ ? normQ.getInput() : ropeQ.getInput();
    Value k = normK ? normK.getInput() : ropeK.getInput();
    if (grouped->getNumResults() != 3 || q != grouped->getResult(0) ||
        k != grouped->getResult(1) ||
        attention.getValue() != grouped->getResult(2))
      return reject(attention, rewriter,
                    "q, k and v are not the results of one product");
    if (!haveOneUse({ropeQ, ropeK, normQ, normK}) ||
        !llvm::all_of(grouped->getResults(),
                      [](Value result) { return result.hasOneUse(); }))
      return reject(attention, rewriter, "q, k or v has another use");
    if (!isRopeOf(ropeQ, attention) || !isRopeOf(ropeK, attention) ||
        ropeQ.getRope() != ropeK.getRope())
      return reject(attention, rewriter,
                    "rotations differ from the attention's positions");
    if (!normQ != !normK)
      return reject(attention, rewriter, "only one of q and k is normalised");
    SmallVector<Value, 2> norms;
    FloatAttr eps;
    if (normQ) {
      eps = normQ.getEpsAttr();
      if (normQ.getHeadDim() != ropeQ.getHeadDim() ||
          normK.getHeadDim() != ropeK.getHeadDim() || normK.getEpsAttr() != eps)
        return reject(attention, rewriter,
                      "norms differ, or are not of the heads");
      norms = {normQ.getWeight(), normK.getWeight()};
    }

    auto qkv = QKVOp::create(
        rewriter, ropeQ.getLoc(), attention.getQuery().getType(),
        grouped.getInput(), grouped.getWeights(), grouped.getBiases(), norms,
        attention.getCache(), attention.getRows(), ValueRange(), eps,
        attention.getLayerAttr(), ropeQ.getRope(), ShareAttr());
    rewriter.replaceOpWithNewOp<AttendOp>(
        attention, attention->getResultTypes(), qkv->getResult(0),
        attention.getCache(), attention.getRows(), ValueRange(),
        attention.getLayerAttr(), ShareAttr());
    return success();
  }

private:
  /// Whether each of `ops` that there is has one use.
  static bool haveOneUse(ArrayRef<Operation *> ops) {
    return llvm::all_of(ops,
                        [](Operation *op) { return !op || op->hasOneUse(); });
  }

  /// Whether `rope` turns heads of the attention's size by its positions.
  static bool isRopeOf(RopeOp rope, AttentionOp attention) {
    return rope.getRows() == attention.getRows() &&
           static_cast<int64_t>(rope.getHeadDim()) ==
               attention.getCache().getType().getHeadDim();
  }
};

struct FuseRopeAppend final : ignis::impl::FuseRopeAppendBase<FuseRopeAppend> {
  void runOnOperation() override {
    if (failed(applyFusions<FuseProjectionsIntoAttention>(getOperation(), *this,
                                                          numFused)))
      signalPassFailure();
  }
};
} // namespace
