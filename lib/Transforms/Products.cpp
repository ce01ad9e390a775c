//===- Products.cpp - Matrix products, fused or not -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Products.h"

using namespace mlir;
using namespace ignis;

static bool wantsQuantizedInput(Value matrix) {
  return cast<WeightType>(matrix.getType()).wantsQuantizedInput();
}

bool ignis::wantSameInput(ArrayRef<Value> matrices) {
  return llvm::all_of(matrices, wantsQuantizedInput) ||
         llvm::none_of(matrices, wantsQuantizedInput);
}

bool ignis::quantizesItsInput(ComputeOpInterface op) {
  SmallVector<Value> matrices = op.getMatrices();
  return !matrices.empty() && op.isValueForm() &&
         isa<RankedTensorType>(op->getOperand(0).getType()) &&
         llvm::all_of(matrices, wantsQuantizedInput);
}

bool ignis::isPlainProduct(MatmulOp op) {
  return !op.getResidual() && !op.getSelection();
}
