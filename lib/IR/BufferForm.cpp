//===- BufferForm.cpp - From destination form to buffer form --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/IR/Ignis.h"

using namespace mlir;
using namespace mlir::bufferization;
using namespace ignis;

AliasingValueList ignis::compute::getAliasingValues(OpOperand &operand) {
  auto op = cast<ComputeOpInterface>(operand.getOwner());
  for (auto [index, out] :
       llvm::enumerate(MutableOperandRange(op.getOutsMutable())))
    if (&out == &operand && index < op->getNumResults())
      return {{op->getResult(index), BufferRelation::Equivalent}};
  return {};
}

LogicalResult ignis::compute::bufferizeComputeOp(
    ComputeOpInterface op, RewriterBase &rewriter,
    const BufferizationOptions &options, BufferizationState &state) {
  auto outs = MutableOperandRange(op.getOutsMutable());
  if (outs.size() != op->getNumResults())
    return op->emitOpError("expects destination form to be bufferized");

  SmallVector<Value> operands;
  for (Value operand : op->getOperands()) {
    if (!isa<RankedTensorType>(operand.getType())) {
      operands.push_back(operand);
      continue;
    }
    FailureOr<Value> buffer = getBuffer(rewriter, operand, options, state);
    if (failed(buffer))
      return failure();
    operands.push_back(*buffer);
  }

  OperationState buffers(op.getLoc(), op->getName(), operands, TypeRange(),
                         op->getAttrs());
  rewriter.create(buffers);

  SmallVector<Value> results;
  for (OpOperand &out : outs)
    results.push_back(operands[out.getOperandNumber()]);
  replaceOpWithBufferizedValues(rewriter, op, results);
  return success();
}
