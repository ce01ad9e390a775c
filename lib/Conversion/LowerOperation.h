//===- LowerOperation.h - An operation as calls ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_CONVERSION_LOWEROPERATION_H
#define IGNIS_LIB_CONVERSION_LOWEROPERATION_H

#include "ProgramModule.h"
#include "ThreadProgram.h"

namespace ignis {

/// Emits, before `op`, the calls that compute the thread's part of it. `op`
/// stays.
mlir::LogicalResult lowerOperation(ComputeOpInterface op, ThreadProgram &thread,
                                   ProgramModule &program);

} // namespace ignis

#endif // IGNIS_LIB_CONVERSION_LOWEROPERATION_H
