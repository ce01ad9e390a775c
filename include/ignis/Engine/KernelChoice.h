//===- KernelChoice.h - Which kernels a program runs with ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_KERNELCHOICE_H
#define IGNIS_ENGINE_KERNELCHOICE_H

#include "ignis/Runtime/Runtime.h"
#include "ignis/Support/Error.h"

#include <string>

namespace ignis {

/// The kernels called `name`, as --isa has it; if that is empty, those that the
/// environment's IGNIS_ISA names, and without it the best that this CPU runs.
/// Refuses unknown names and those of other CPUs.
Expected<const ignis_kernels *> findKernels(const std::string &name);

} // namespace ignis

#endif // IGNIS_ENGINE_KERNELCHOICE_H
