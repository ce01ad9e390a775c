//===- Passes.h - From scheduled programs to LLVM --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_CONVERSION_PASSES_H
#define IGNIS_CONVERSION_PASSES_H

#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/LLVMIR/LLVMDialect.h"
#include "mlir/Dialect/Math/IR/Math.h"
#include "mlir/Dialect/SCF/IR/SCF.h"
#include "mlir/Dialect/Vector/IR/VectorOps.h"
#include "mlir/Pass/Pass.h"

namespace ignis {

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "ignis/Conversion/Passes.h.inc"

} // namespace ignis

#endif // IGNIS_CONVERSION_PASSES_H
