//===- CheckFinite.h - Looks for weights that are no numbers ---*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_MODEL_CHECKFINITE_H
#define IGNIS_MODEL_CHECKFINITE_H

#include "ignis/Model/GGUF.h"

namespace ignis {

/// Reads every tensor of `file` that has a weight format, of blocks the scales,
/// and refuses the first NaN or infinity, by tensor and offset.
Expected<void> checkFinite(const GGUFFile &file);

} // namespace ignis

#endif // IGNIS_MODEL_CHECKFINITE_H
