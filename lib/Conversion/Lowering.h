//===- Lowering.h - One operation on its way to calls ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_CONVERSION_LOWERING_H
#define IGNIS_LIB_CONVERSION_LOWERING_H

#include "CallEmitter.h"

namespace ignis {

/// Lowers one operation after its checks.
class Lowering {
public:
  Lowering(ComputeOpInterface op, ThreadProgram &thread, ProgramModule &program)
      : op(op), thread(thread), program(program), emit(op, thread, program),
        share(op.getShareOrDefault()) {}

  mlir::LogicalResult lower();

private:
  mlir::LogicalResult elementwise(ElementwiseOpInterface op);
  /// Of heads of `headDim`, or of whole rows if that is 0.
  mlir::LogicalResult norm(KernelKind kind, mlir::ValueRange inputs,
                           const llvm::APFloat &eps, int64_t headDim);
  mlir::LogicalResult embedding(EmbeddingOp lookup);
  mlir::LogicalResult rope(RopeOp turn);
  mlir::LogicalResult append(KVAppendOp op);
  mlir::LogicalResult attend(AttendOp op);
  mlir::LogicalResult attention(AttentionOp op);
  mlir::LogicalResult matmul(MatmulOp product);
  mlir::LogicalResult group(GroupedMatmulOp products);
  mlir::LogicalResult qkv(QKVOp products);
  mlir::LogicalResult gateUp(GateUpOp products);
  mlir::LogicalResult argmax(ArgmaxOp argmax);
  mlir::LogicalResult matmulArgmax(MatmulArgmaxOp head);

  void divideHeads(mlir::OperandRange weights, int64_t headDim,
                   IndexRange (&ranges)[3]);
  /// A buffer, or the f32 at a weight vector's address.
  mlir::Value weightOrBuffer(mlir::Value input);
  /// Kernels take sixteen columns at a time.
  mlir::LogicalResult checkVectorized();
  mlir::LogicalResult checkRope(RopeAttr rope, int64_t headDim);
  IndexRange ownColumns() {
    return thread.getOwnColumns(share, op.getColumns());
  }
  ResultPart ownPart() { return {thread.getOwnRows(share), ownColumns()}; }
  mlir::Value out(int64_t i = 0) {
    return mlir::MutableOperandRange(op.getOutsMutable())[i].get();
  }

  /// A loop over the thread's columns, `size` at a time; `body` gets a chunk.
  void forEachChunk(int64_t size, llvm::function_ref<void(IndexRange)> body);

  ComputeOpInterface op;
  ThreadProgram &thread;
  ProgramModule &program;
  CallEmitter emit;
  ShareAttr share;
};

} // namespace ignis

#endif // IGNIS_LIB_CONVERSION_LOWERING_H
