//===- Package.h - A program compiled ahead of time ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_PACKAGE_H
#define IGNIS_ENGINE_PACKAGE_H

#include "ignis/Model/GGUF.h"
#include "ignis/Runtime/ABI.h"

/// What ignis-compile links: a program, what it was compiled for, and where its
/// weights are. Written by lib/Compiler/CompilePackage.cpp, field by field.
struct ignis_package {
  const ignis_program *program;
  int64_t max_tokens;     ///< a call takes at most
  const char *cpu;        ///< by LLVM's name
  const char *features;   ///< that it needs, by CpuFeatures.def, with commas
  const char *path;       ///< the model's when it was compiled, if not inside
  const std::byte *model; ///< inside the program, or null
  uint64_t model_size;
};

namespace ignis {

/// Refuses a CPU that lacks what the code was compiled for.
Expected<void> checkCpu(const ignis_package &package);

/// Refuses a batch or a cache that the program has no code for.
Expected<void> checkLimits(const ignis_package &package, int64_t batch,
                           ignis_type cacheType);

/// The model inside the program, or the file it was compiled from.
Expected<GGUFFile> openOwnModel(const ignis_package &package);

} // namespace ignis

#endif // IGNIS_ENGINE_PACKAGE_H
