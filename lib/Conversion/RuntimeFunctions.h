//===- RuntimeFunctions.h - What compiled code may call --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_CONVERSION_RUNTIMEFUNCTIONS_H
#define IGNIS_LIB_CONVERSION_RUNTIMEFUNCTIONS_H

#include "mlir/IR/Builders.h"

namespace ignis {

enum class RuntimeFunction {
#define IGNIS_RT_FUNCTION(name) name,
#include "ignis/Runtime/Functions.def"
};

llvm::StringRef getName(RuntimeFunction function);

/// The type that follows from the prototype in ABI.h: addresses are !llvm.ptr,
/// numbers index.
mlir::FunctionType getType(RuntimeFunction function, mlir::Builder &builder);

} // namespace ignis

#endif // IGNIS_LIB_CONVERSION_RUNTIMEFUNCTIONS_H
