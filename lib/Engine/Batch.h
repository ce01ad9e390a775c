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
#include "ignis/Support/InputFile.h"

namespace ignis {

/// Answers each line of `input` by a line on stdout: up to
/// `options.parallel` texts at once, as pages allow. An answer is what the
/// request alone would get.
Expected<void> runBatch(const BatchReader &reader, InputFile &input,
                        Executor &executor,
                        const std::atomic<bool> &interrupted, RunStats &stats);

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_BATCH_H
