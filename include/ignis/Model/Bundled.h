//===- Bundled.h - The model inside the program ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_MODEL_BUNDLED_H
#define IGNIS_MODEL_BUNDLED_H

#include "ignis/Model/GGUF.h"

#include <cstddef>
#include <span>

namespace ignis {

/// What is run where no model is named: ignis-bard, a small trained Qwen2.
/// Aligned to 64; in the library IgnisBundledModel, so that only the programs
/// that need it carry it.
std::span<const std::byte> getBundledModel();

/// Its file, by the name that messages have for it.
Expected<GGUFFile> openBundledModel();

} // namespace ignis

#endif // IGNIS_MODEL_BUNDLED_H
