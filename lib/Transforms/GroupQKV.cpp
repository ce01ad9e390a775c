//===- GroupQKV.cpp - One grouped product for q, k and v ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Fusion.h"
#include "Products.h"

namespace ignis {
#define GEN_PASS_DEF_GROUPQKV
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

/// The product that `value` is, before its norm and rotary embedding if it has
/// them.
static MatmulOp getProjection(Value value) {
  auto isOnTheWay = [](Operation *op) {
    return isa_and_nonnull<RopeOp, RMSNormOp, ScaleOp, RMSNormalizeOp>(op) &&
           isValueForm(op);
  };
  while (isOnTheWay(value.getDefiningOp()))
    value = value.getDefiningOp()->getOperand(0);
  auto matmul = value.getDefiningOp<MatmulOp>();
  return matmul && isValueForm(matmul) ? matmul : MatmulOp();
}

/// Makes `values` available at `op`, where they are weights that are only named
/// later; false if something else is in the way.
static bool hoistWeights(ValueRange values, Operation *op,
                         PatternRewriter &rewriter) {
  SmallVector<Operation *> late;
  for (Value value : values) {
    Operation *definition = value.getDefiningOp();
    if (!definition || definition->getBlock() != op->getBlock() ||
        definition->isBeforeInBlock(op))
      continue;
    if (!isa<WeightOp>(definition))
      return false;
    late.push_back(definition);
  }
  for (Operation *weight : late)
    rewriter.moveOpBefore(weight, op);
  return true;
}

namespace {
/// The projections of one value to q, k and v of an attention become one
/// grouped product, where the first of them stood.
struct GroupProjections final : FusionPattern<AttentionOp> {
  using FusionPattern::FusionPattern;

  LogicalResult fuse(AttentionOp attention,
                     PatternRewriter &rewriter) const override {
    SmallVector<MatmulOp, 3> projections = {
        getProjection(attention.getQuery()), getProjection(attention.getKey()),
        getProjection(attention.getValue())};
    if (!llvm::all_of(projections, [](MatmulOp op) { return op; }))
      return rewriter.notifyMatchFailure(attention,
                                         "q, k or v is no projection");
    if (const char *reason = findObstacle(projections))
      return reject(attention, rewriter, reason);

    SmallVector<Value> weights, biases;
    SmallVector<Type> types;
    for (MatmulOp projection : projections) {
      weights.push_back(projection.getWeight());
      if (projection.getBias())
        biases.push_back(projection.getBias());
      types.push_back(projection->getResult(0).getType());
    }
    MatmulOp first =
        *llvm::min_element(projections, [](MatmulOp a, MatmulOp b) {
          return a->isBeforeInBlock(b);
        });
    SmallVector<Value> named(weights);
    llvm::append_range(named, biases);
    if (!hoistWeights(named, first, rewriter))
      return reject(attention, rewriter, "a weight is computed too late");

    rewriter.setInsertionPoint(first);
    auto grouped = GroupedMatmulOp::create(rewriter, first.getLoc(), types,
                                           first.getInput(), weights, biases,
                                           ValueRange(), ShareAttr());
    for (auto [projection, result] :
         llvm::zip_equal(projections, grouped->getResults()))
      rewriter.replaceOp(projection, result);
    return success();
  }

private:
  /// What keeps the projections apart, or null.
  static const char *findObstacle(ArrayRef<MatmulOp> projections) {
    MatmulOp first = projections.front();
    SmallVector<Value> weights;
    for (MatmulOp projection : projections) {
      if (projection.getInput() != first.getInput())
        return "projections have different inputs";
      if (projection->getBlock() != first->getBlock())
        return "projections are in different blocks";
      if (!projection->hasOneUse())
        return "a projection has another use";
      if (!isPlainProduct(projection))
        return "a projection has an epilogue or skips rows";
      if (!projection.getBias() != !first.getBias())
        return "only some projections have a bias";
      if (projection != projections.back() &&
          cast<WeightType>(projection.getWeight().getType()).getRows() % 16 !=
              0)
        return "rows of a weight are no multiple of 16";
      weights.push_back(projection.getWeight());
    }
    if (llvm::SmallDenseSet<Operation *>(projections.begin(), projections.end())
            .size() != projections.size())
      return "one projection stands for two of q, k and v";
    return wantSameInput(weights) ? nullptr
                                  : "only some projections are quantised";
  }
};

struct GroupQKV final : ignis::impl::GroupQKVBase<GroupQKV> {
  void runOnOperation() override {
    if (failed(applyFusions<GroupProjections>(getOperation(), *this, numFused)))
      signalPassFailure();
  }
};
} // namespace
