//===- Liveness.h - When buffers hold something -----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_LIVENESS_H
#define IGNIS_ANALYSIS_LIVENESS_H

#include "ignis/Analysis/MemoryPlan.h"
#include "ignis/Analysis/Phases.h"
#include "ignis/Analysis/ThreadAccess.h"

namespace ignis {

/// One access of a buffer, by the operation that has this number in program
/// order.
struct BufferUse {
  int64_t phase;
  int64_t op;
  ThreadAccess access;
};

/// An allocation of the function and when it holds something: from the phase of
/// its first access to that of its last, or to the end if it is returned.
struct Buffer {
  mlir::Value value; ///< of a memref.alloc
  LinearForm size;
  llvm::SmallVector<BufferUse> uses; ///< in program order
  bool returned = false;
  int64_t firstPhase = 0;
  int64_t lastPhase = 0;
  int64_t firstOp = 0;
  int64_t lastOp = 0;
};

/// Liveness of a function in buffer form, by phase. O(operands).
class Liveness {
public:
  /// Emits a diagnostic for what getPhases or getBufferSize refuse.
  static mlir::FailureOr<Liveness> compute(mlir::func::FuncOp function);

  llvm::ArrayRef<Phase> getPhases() const { return phases; }
  llvm::ArrayRef<Buffer> getBuffers() const { return buffers; }
  int64_t getOpCount() const { return opCount; }

  /// For each buffer the index of its alias class's first member; buffers of
  /// one class are to lie at the same place. A result takes the place of an
  /// operand of the same type that dies in that phase, where the thread that
  /// writes an element is the only one that reads it and does so before.
  llvm::SmallVector<size_t> findInPlace() const;

private:
  bool canReplace(const Buffer &dying, const Buffer &born) const;

  llvm::SmallVector<Phase> phases;
  llvm::SmallVector<Buffer> buffers;
  int64_t opCount = 0;
};

} // namespace ignis

#endif // IGNIS_ANALYSIS_LIVENESS_H
