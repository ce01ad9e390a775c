//===- ElementwiseOpInterface.h - Operations with code ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_CONVERSION_ELEMENTWISEOPINTERFACE_H
#define IGNIS_CONVERSION_ELEMENTWISEOPINTERFACE_H

#include "ignis/Conversion/VectorCode.h"
#include "ignis/IR/Ignis.h"

#include "ignis/Conversion/ElementwiseOpInterface.h.inc"

namespace ignis {

/// Lets the dialect's own elementwise operations implement the interface.
void registerElementwiseOps(mlir::DialectRegistry &registry);

} // namespace ignis

#endif // IGNIS_CONVERSION_ELEMENTWISEOPINTERFACE_H
