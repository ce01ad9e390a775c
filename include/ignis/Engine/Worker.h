//===- Worker.h - A rank that computes for rank 0 --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_WORKER_H
#define IGNIS_ENGINE_WORKER_H

#include "ignis/Engine/CallRunner.h"

namespace ignis {

/// Runs what rank 0 of the group runs, until its executor goes. `runner` was
/// made with the options of that executor, but for the rank.
Expected<void> runWorker(CallRunner &runner, const ignis_group &group);

} // namespace ignis

#endif // IGNIS_ENGINE_WORKER_H
