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

// What ignis-outline-kernels leaves for ignis-export-program.
/// On the module: [[name, type], ...] of the tensors, in the table's order.
inline constexpr llvm::StringLiteral kWeightsAttrName = "ignis.weights";
/// On the module: the type of the cache.
inline constexpr llvm::StringLiteral kCacheAttrName = "ignis.cache";
/// On a function: {tokens, barriers, arena, scratch, candidates} of an entry.
inline constexpr llvm::StringLiteral kEntryAttrName = "ignis.entry";

#define GEN_PASS_DECL
#define GEN_PASS_REGISTRATION
#include "ignis/Conversion/Passes.h.inc"

} // namespace ignis

#endif // IGNIS_CONVERSION_PASSES_H
