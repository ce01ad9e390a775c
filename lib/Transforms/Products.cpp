//===- Products.cpp - Matrix products, fused or not -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Products.h"
#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace ignis;

SmallVector<Value> ignis::getMatrices(Operation *op) {
  using Values = SmallVector<Value>;
  return llvm::TypeSwitch<Operation *, Values>(op)
      .Case<MatmulOp, MatmulArgmaxOp>(
          [](auto op) { return Values{op.getWeight()}; })
      .Case([](GroupedMatmulOp op) { return Values(op.getWeights()); })
      .Case([](QKVOp op) { return Values(op.getWeights()); })
      .Case([](GateUpOp op) { return Values{op.getGate(), op.getUp()}; })
      .Default(Values());
}

static bool wantsQuantizedInput(Value matrix) {
  return cast<WeightType>(matrix.getType()).getElement() == ElementKind::Q8_0;
}

bool ignis::wantSameInput(ArrayRef<Value> matrices) {
  return llvm::all_of(matrices, wantsQuantizedInput) ||
         llvm::none_of(matrices, wantsQuantizedInput);
}

bool ignis::quantizesItsInput(Operation *op) {
  SmallVector<Value> matrices = getMatrices(op);
  return !matrices.empty() && isValueForm(op) &&
         isa<RankedTensorType>(op->getOperand(0).getType()) &&
         llvm::all_of(matrices, wantsQuantizedInput);
}

bool ignis::isPlainProduct(MatmulOp op) {
  return !op.getResidual() && !op.getFirstRow();
}
