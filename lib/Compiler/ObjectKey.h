//===- ObjectKey.h - What a cached object depends on -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_COMPILER_OBJECTKEY_H
#define IGNIS_LIB_COMPILER_OBJECTKEY_H

#include "Compilation.h"

namespace ignis {

/// Everything that an object's bytes depend on: the module that is compiled (or
/// the text it was read from), options, target, this build of the compiler,
/// LLVM's version and the runtime's ABI.
std::string getObjectKey(const LoadedSource &source, mlir::ModuleOp module,
                         const CompileOptions &options, const Target &target);

} // namespace ignis

#endif // IGNIS_LIB_COMPILER_OBJECTKEY_H
