//===- MemoryLimit.cpp - What --max-memory allows -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/MemoryLimit.h"

using namespace ignis;

Expected<void> ignis::checkMemoryLimit(const MemoryNeed &need, int64_t most,
                                       int64_t taken) {
  if (most == 0 || taken + need.sum() <= most)
    return {};
  return makeError(
      ExitCode::Usage,
      "--max-memory: expected {} bytes or more, found {}: {} of "
      "weights, {} of the cache (-c), {} of batches (-b){}",
      taken + need.sum(), most, need.weights, need.cache + need.rope,
      need.arena + need.scratch,
      taken == 0 ? "" : fmt::format(", {} of what is there already", taken));
}
