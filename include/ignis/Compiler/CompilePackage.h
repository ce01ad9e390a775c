//===- CompilePackage.h - Compiles programs ahead of time ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// No header of LLVM is needed here.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILER_COMPILEPACKAGE_H
#define IGNIS_COMPILER_COMPILEPACKAGE_H

#include "ignis/Compiler/Compiler.h"

namespace ignis {

/// A machine that programs are compiled for.
struct TargetName {
  std::string triple;    ///< normalised
  std::string directory; ///< of its libraries: x86_64-linux-gnu
  uint16_t elfMachine;
};

/// Of `triple`, or of this machine if it is empty. Refuses what is not Linux on
/// x86-64 or AArch64.
Expected<TargetName> getTargetName(const std::string &triple);

struct PackageOptions {
  std::string symbol;         ///< of the ignis_package
  std::string modelPath;      ///< where the program looks for its weights
  std::string embeddedSymbol; ///< of the weights inside, or empty
  uint64_t embeddedSize = 0;
};

/// An object file with the compiled program, whose only symbol is a description
/// of it, ignis_package (include/ignis/Engine/Package.h).
Expected<std::string> compilePackage(const ModelDescription &model,
                                     const CompileOptions &options,
                                     const PackageOptions &package);

} // namespace ignis

#endif // IGNIS_COMPILER_COMPILEPACKAGE_H
