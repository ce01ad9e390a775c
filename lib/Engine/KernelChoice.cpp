//===- KernelChoice.cpp - Which kernels a program runs with ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/KernelChoice.h"

#include <cstdlib>

using namespace ignis;

Expected<const ignis_kernels *> ignis::findKernels(const std::string &name) {
  const char *source = "--isa";
  const char *wanted = name.c_str();
  if (name.empty()) {
    source = "IGNIS_ISA";
    const char *value = std::getenv(source);
    wanted = value ? value : "";
  }
  char reason[IGNIS_ERROR_SIZE];
  const ignis_kernels *found =
      ignis_rt_find_kernels(*wanted ? wanted : nullptr, reason);
  if (found)
    return found;
  if (!*wanted)
    return makeError(ExitCode::Failure, "{}", reason);
  return makeError(ExitCode::Usage, "{}: {}", source, reason);
}
