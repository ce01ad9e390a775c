//===- Describe.h - What a GGUF file holds ---------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TOOLS_IGNIS_GGUF_DESCRIBE_H
#define IGNIS_TOOLS_IGNIS_GGUF_DESCRIBE_H

#include "ignis/Model/GGUF.h"

#include <string>

namespace ignis {

/// For people: long arrays and texts are cut, and the tensors are summed up
/// unless they are asked for.
std::string describeFile(const GGUFFile &file, bool withTensors);

/// For programs: everything but the elements of long arrays.
std::string describeFileAsJSON(const GGUFFile &file);

} // namespace ignis

#endif // IGNIS_TOOLS_IGNIS_GGUF_DESCRIBE_H
