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
#include "mlir/IR/BuiltinOps.h"
#include "llvm/ADT/MapVector.h"

namespace ignis {

/// What the functions of a module share while they become programs.
struct ProgramModule {
  mlir::ModuleOp module;
  ModelAttr model;
  KVCacheType cache;
  /// The tensors that are read, by order of first appearance.
  llvm::MapVector<mlir::StringAttr, WeightType> weights;
  int64_t generatedKernels = 0;

  /// Place of the tensor that `weight` names in the table of weights.
  int64_t getIndex(WeightOp weight) const {
    return weights.find(weight.getNameAttr().getAttr()) - weights.begin();
  }
};

} // namespace ignis

#endif // IGNIS_LIB_CONVERSION_PROGRAMMODULE_H
