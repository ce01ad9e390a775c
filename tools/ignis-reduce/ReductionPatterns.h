//===- ReductionPatterns.h - Simpler programs of the dialect ----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TOOLS_REDUCTIONPATTERNS_H
#define IGNIS_TOOLS_REDUCTIONPATTERNS_H

#include "mlir/IR/DialectRegistry.h"

namespace ignis {

/// From now on the reduction tree may put an operand of an operation of the
/// dialect, or an argument of its block, in the place of its result.
void registerReductionPatterns(mlir::DialectRegistry &registry);

} // namespace ignis

#endif // IGNIS_TOOLS_REDUCTIONPATTERNS_H
