//===- Target.h - What code is generated for -------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILER_TARGET_H
#define IGNIS_COMPILER_TARGET_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"
#include "llvm/Target/TargetMachine.h"

#include <memory>
#include <string>
#include <vector>

namespace ignis {

struct Target {
  std::string triple;
  std::string cpu;
  std::string features;

  /// This machine, for generated code that runs beside the kernels named `isa`:
  /// no more than x86-64-v3 beside scalar and avx2. Fails on a CPU below that.
  static llvm::Expected<Target> host(llvm::StringRef isa);
  /// Any machine: `cpu` empty is the least that is supported, x86-64-v3 or
  /// ARMv8.0. Fails on a triple that is not x86-64 or AArch64, and on a CPU
  /// that does not exist or is less than that.
  static llvm::Expected<Target> named(llvm::StringRef triple,
                                      llvm::StringRef cpu);

  /// Those of its features that are in CpuFeatures.def.
  std::vector<std::string> listFeatures() const;

  /// Position-independent code, no floating-point contraction.
  llvm::Expected<std::unique_ptr<llvm::TargetMachine>> createMachine() const;
};

} // namespace ignis

#endif // IGNIS_COMPILER_TARGET_H
