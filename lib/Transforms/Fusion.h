//===- Fusion.h - What the fusion passes share -----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TRANSFORMS_FUSION_H
#define IGNIS_LIB_TRANSFORMS_FUSION_H

#include "ignis/Transforms/Passes.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/IR/Remarks.h"
#include "mlir/Transforms/GreedyPatternRewriteDriver.h"

namespace ignis {

/// A pattern of a fusion pass. A subclass matches everything, then mutates; it
/// works on value form only, where an operation is what it computes.
template <typename OpT>
class FusionPattern : public mlir::OpRewritePattern<OpT> {
public:
  FusionPattern(mlir::MLIRContext *context, mlir::Pass &pass,
                mlir::Pass::Statistic &numFused)
      : mlir::OpRewritePattern<OpT>(context), pass(pass), numFused(numFused) {}

  mlir::LogicalResult
  matchAndRewrite(OpT op, mlir::PatternRewriter &rewriter) const final {
    if (!isValueForm(op))
      return rewriter.notifyMatchFailure(op, "not in value form");
    mlir::Location loc = op.getLoc();
    mlir::func::FuncOp function = getFunction(op);
    if (failed(fuse(op, rewriter)))
      return mlir::failure();
    ++numFused;
    mlir::remark::passed(loc, remarkOptions("fused", function));
    return mlir::success();
  }

protected:
  virtual mlir::LogicalResult fuse(OpT op,
                                   mlir::PatternRewriter &rewriter) const = 0;

  /// `value`'s definition if that is an OpU in value form; null otherwise.
  template <typename OpU>
  static OpU getDefinition(mlir::Value value) {
    auto op = value.getDefiningOp<OpU>();
    return op && isValueForm(op) ? op : OpU();
  }

  /// What looked like a match but is none, because of `reason`.
  mlir::LogicalResult reject(OpT op, mlir::PatternRewriter &rewriter,
                             const char *reason) const {
    mlir::remark::missed(op.getLoc(),
                         remarkOptions("not fused", getFunction(op)))
        << mlir::remark::reason("{0}", reason);
    return rewriter.notifyMatchFailure(op, reason);
  }

private:
  static mlir::func::FuncOp getFunction(OpT op) {
    return op->template getParentOfType<mlir::func::FuncOp>();
  }
  mlir::remark::RemarkOpts remarkOptions(llvm::StringRef name,
                                         mlir::func::FuncOp function) const {
    return mlir::remark::RemarkOpts::name(name)
        .category(pass.getArgument())
        .function(function.getName());
  }

  mlir::Pass &pass;
  mlir::Pass::Statistic &numFused;
};

/// Applies the patterns wherever they match, and nothing else: no folding, no
/// simplification of regions; what is left without a use goes.
template <typename... Patterns>
mlir::LogicalResult applyFusions(mlir::func::FuncOp function, mlir::Pass &pass,
                                 mlir::Pass::Statistic &numFused) {
  mlir::RewritePatternSet patterns(function.getContext());
  patterns.add<Patterns...>(function.getContext(), pass, numFused);
  mlir::GreedyRewriteConfig config;
  config.enableFolding(false).enableConstantCSE(false);
  config.setRegionSimplificationLevel(
      mlir::GreedySimplifyRegionLevel::Disabled);
  return mlir::applyPatternsGreedily(function, std::move(patterns), config);
}

} // namespace ignis

#endif // IGNIS_LIB_TRANSFORMS_FUSION_H
