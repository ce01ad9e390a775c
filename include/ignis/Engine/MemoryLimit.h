//===- MemoryLimit.h - What --max-memory allows ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_MEMORYLIMIT_H
#define IGNIS_ENGINE_MEMORYLIMIT_H

#include "ignis/Engine/CallRunner.h"

namespace ignis {

/// Refuses a need of more than `most` bytes, if that is not 0, with those that
/// are taken already.
Expected<void> checkMemoryLimit(const MemoryNeed &need, int64_t most,
                                int64_t taken = 0);

} // namespace ignis

#endif // IGNIS_ENGINE_MEMORYLIMIT_H
