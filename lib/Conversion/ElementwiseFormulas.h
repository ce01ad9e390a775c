//===- ElementwiseFormulas.h - Elementwise operations' code ----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_CONVERSION_ELEMENTWISEFORMULAS_H
#define IGNIS_LIB_CONVERSION_ELEMENTWISEFORMULAS_H

#include "ignis/Conversion/VectorCode.h"

namespace ignis {

/// What an elementwise operation of the dialect computes. The lowering of other
/// operations emits some of them as well, on buffers of its own.
struct ElementwiseFormula {
  /// Of the generated function, before its columns.
  llvm::StringLiteral name;
  /// Sixteen elements of the result, from sixteen of each input.
  mlir::Value (*emit)(VectorCode &code, mlir::ValueRange inputs);
};

extern const ElementwiseFormula swiGLUFormula;
/// Quantisation happens where a result is stored.
extern const ElementwiseFormula quantizeFormula;

} // namespace ignis

#endif // IGNIS_LIB_CONVERSION_ELEMENTWISEFORMULAS_H
