//===- ReductionPatterns.cpp - Simpler programs of the dialect ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ReductionPatterns.h"

#include "ignis/IR/Ignis.h"
#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/IRMapping.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Reducer/ReductionPatternInterface.h"

using namespace mlir;

namespace {
/// Asks about every change by itself. The tree applies patterns to all of a
/// region before it asks, and ends in a null module if that is too much
/// (MLIR 22, ReductionNode::initialize).
struct ForwardValue final : RewritePattern {
  ForwardValue(MLIRContext *context, const Tester &tester)
      : RewritePattern(MatchAnyOpTypeTag(), /*benefit=*/1, context),
        tester(tester) {}

  LogicalResult matchAndRewrite(Operation *op,
                                PatternRewriter &rewriter) const override {
    if (!isa_and_present<ignis::IgnisDialect>(op->getDialect()) ||
        op->getNumResults() != 1)
      return failure();
    SmallVector<Value> values(op->getOperands());
    llvm::append_range(values, op->getBlock()->getArguments());
    for (Value value : values)
      if (value.getType() == op->getResult(0).getType() &&
          isInterestingWith(op, value)) {
        rewriter.replaceOp(op, value);
        return success();
      }
    return failure();
  }

private:
  bool isInterestingWith(Operation *op, Value value) const {
    Operation *root = op;
    while (Operation *parent = root->getParentOp())
      root = parent;
    auto module = dyn_cast<ModuleOp>(root);
    if (!module)
      return false;
    IRMapping copies;
    OwningOpRef<ModuleOp> copy = cast<ModuleOp>(module->clone(copies));
    Operation *replaced = copies.lookup(op);
    replaced->getResult(0).replaceAllUsesWith(copies.lookup(value));
    replaced->erase();
    return tester.isInteresting(*copy).first == Tester::Interestingness::True;
  }

  const Tester &tester;
};

struct ReductionPatterns final : DialectReductionPatternInterface {
  explicit ReductionPatterns(Dialect *dialect)
      : DialectReductionPatternInterface(dialect) {}

  void populateReductionPatterns(RewritePatternSet &) const override {}
  void populateReductionPatternsWithTester(RewritePatternSet &patterns,
                                           Tester &tester) const override {
    patterns.add<ForwardValue>(patterns.getContext(), tester);
  }
};
} // namespace

void ignis::registerReductionPatterns(DialectRegistry &registry) {
  registry.addExtension(+[](MLIRContext *, IgnisDialect *dialect) {
    dialect->addInterfaces<ReductionPatterns>();
  });
}
