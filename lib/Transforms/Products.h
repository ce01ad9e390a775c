//===- Products.h - Matrix products, fused or not ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TRANSFORMS_PRODUCTS_H
#define IGNIS_LIB_TRANSFORMS_PRODUCTS_H

#include "ignis/IR/Ignis.h"

namespace ignis {

/// Whether products with all of `matrices` want a quantised input, or none of
/// them does: only then can they become one operation. A pass that groups
/// products asks this, so that it decides the same before and after
/// quantisation is made explicit.
bool wantSameInput(llvm::ArrayRef<mlir::Value> matrices);

/// Whether `op` quantises its input itself: it is given binary32, and all its
/// matrices want bytes.
bool quantizesItsInput(ComputeOpInterface op);

/// Whether `op` is y = x W^T (+ bias), for all rows of x.
bool isPlainProduct(MatmulOp op);

} // namespace ignis

#endif // IGNIS_LIB_TRANSFORMS_PRODUCTS_H
