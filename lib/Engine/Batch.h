//===- Batch.h - Many requests from a file ---------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_BATCH_H
#define IGNIS_LIB_ENGINE_BATCH_H

#include "BatchRequest.h"

#include "ignis/Engine/RunStats.h"

namespace ignis {

/// Refuses a file that cannot be read.
Expected<void> checkBatchFile(const std::string &path);

/// Answers each line of `options.batchPath` by a line on stdout: up to
/// `options.parallel` texts at once, as pages allow. An answer is what the
/// request alone would get.
Expected<void> runBatch(const BatchReader &reader, Executor &executor,
                        const std::atomic<bool> &interrupted, RunStats &stats);

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_BATCH_H
