//===- ProgramModule.h - What a program's functions share ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_CONVERSION_PROGRAMMODULE_H
#define IGNIS_LIB_CONVERSION_PROGRAMMODULE_H

#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/MapVector.h"
#include "llvm/ADT/StringMap.h"

namespace ignis {

/// Parts and units of a matrix's rows, as in ShareAttr.
struct RowDivision {
  int64_t parts = 0;
  int64_t units = 0;

  bool operator==(const RowDivision &) const = default;
};

/// What the functions of a module share while they become programs.
struct ProgramModule {
  mlir::ModuleOp module;
  ModelAttr model;
  KVCacheType cache;
  /// Units by which ranks divide query heads, or 0.
  int64_t headUnits = 0;
  /// The tensors that are read, by order of first appearance.
  llvm::MapVector<mlir::StringAttr, WeightType> weights;
  /// How ranks divide the rows of matrices: none if uses differ.
  llvm::DenseMap<mlir::StringAttr, RowDivision> divisions;
  /// Of the functions that are programs already.
  llvm::SmallVector<mlir::Attribute> entries;
  /// Generated functions by what they compute. The name of one in the module
  /// may be another: entries are called as they like.
  llvm::StringMap<mlir::func::FuncOp> kernels;

  /// Place of the tensor that `weight` names in the table of weights.
  int64_t getIndex(WeightOp weight) const {
    return weights.find(weight.getNameAttr()) - weights.begin();
  }
};

} // namespace ignis

#endif // IGNIS_LIB_CONVERSION_PROGRAMMODULE_H
