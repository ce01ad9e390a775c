//===- ComputeOp.cpp - What all compute operations share ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Forms, shares, effects, shapes and the part of verification that is the same
// for every operation of ComputeOpInterface.
//
//===----------------------------------------------------------------------===//

#include "ignis/IR/Ignis.h"
#include "mlir/Dialect/Arith/Utils/Utils.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace ignis;

/// Whether values of this type hold activations: what the forms differ in.
static bool isActivation(Type type) {
  return isa<RankedTensorType, MemRefType, Q8Type>(type);
}

bool ignis::isBufferForm(Operation *op) {
  return llvm::any_of(op->getOperandTypes(), llvm::IsaPred<MemRefType>);
}

bool ignis::isValueForm(Operation *op) {
  return !isBufferForm(op) &&
         MutableOperandRange(cast<ComputeOpInterface>(op).getOutsMutable())
             .empty();
}

int64_t ignis::getFinestParts(Operation *op) {
  auto compute = cast<ComputeOpInterface>(op);
  int64_t granularity = compute.getColumnGranularity();
  return granularity ? llvm::divideCeil(compute.getColumns(), granularity) : 0;
}

ShareAttr ignis::getShareOrDefault(Operation *op) {
  auto compute = cast<ComputeOpInterface>(op);
  if (ShareAttr share = compute.getShareAttr())
    return share;
  if (int64_t parts = compute.getFinestParts())
    return ShareAttr::get(op->getContext(), ShareKind::Columns, parts);
  return ShareAttr::get(op->getContext(), ShareKind::Tokens, 0);
}

//===----------------------------------------------------------------------===//
// Verification
//===----------------------------------------------------------------------===//

static LogicalResult verifyForm(ComputeOpInterface op) {
  bool buffers = op.isBufferForm();
  for (Type type : op->getOperandTypes())
    if (isActivation(type) && isa<MemRefType>(type) != buffers)
      return op->emitOpError("expects activations to be all tensors or all "
                             "memrefs");

  auto outs = MutableOperandRange(op.getOutsMutable());
  if (buffers) {
    if (op->getNumResults() != 0)
      return op->emitOpError("expects no result in buffer form");
    if (outs.empty() && !op.getWrittenCache())
      return op->emitOpError("expects outs in buffer form");
    return success();
  }
  if (outs.empty())
    return success();
  if (outs.size() != op->getNumResults())
    return op->emitOpError("expects as many outs as results, got ")
           << outs.size() << " and " << op->getNumResults();
  for (auto [out, result] : llvm::zip(outs, op->getResults()))
    if (out.get().getType() != result.getType())
      return op->emitOpError("expects outs to have the result's type, got ")
             << out.get().getType() << " and " << result.getType();
  return success();
}

static LogicalResult verifyShare(ComputeOpInterface op) {
  ShareAttr share = op.getShareAttr();
  if (!share || share.getKind() == ShareKind::Replicated)
    return success();
  if (share.getKind() == ShareKind::Tokens) {
    if (!op.canShareTokens())
      return op->emitOpError("cannot be shared by tokens");
    return success();
  }
  int64_t granularity = op.getColumnGranularity();
  if (granularity == 0)
    return op->emitOpError("cannot be shared by columns");
  int64_t part = ShareAttr::getPartColumns(op.getColumns(), share.getParts());
  if (part % granularity != 0)
    return op->emitOpError("expects parts of a multiple of ")
           << granularity << " columns, got " << part;
  return success();
}

LogicalResult ignis::verifyComputeOp(Operation *op) {
  auto compute = cast<ComputeOpInterface>(op);
  if (failed(verifyForm(compute)))
    return failure();
  return verifyShare(compute);
}

//===----------------------------------------------------------------------===//
// Effects and shapes
//===----------------------------------------------------------------------===//

bool ignis::compute::isDestination(OpOperand &operand) {
  auto op = cast<ComputeOpInterface>(operand.getOwner());
  for (OpOperand &out : op.getOutsMutable())
    if (&out == &operand)
      return true;
  return false;
}

void ignis::compute::getComputeEffects(
    ComputeOpInterface op,
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  for (OpOperand &operand : op->getOpOperands()) {
    bool isCache = isa<KVCacheType>(operand.get().getType());
    if (!isCache && !isa<MemRefType>(operand.get().getType()))
      continue;
    bool writes = isCache ? op.getWrittenCache() == operand.get()
                          : isDestination(operand);
    bool reads = isCache ? op.getReadCache() == operand.get() : !writes;
    if (reads)
      effects.emplace_back(MemoryEffects::Read::get(), &operand);
    if (writes)
      effects.emplace_back(MemoryEffects::Write::get(), &operand);
  }
}

LogicalResult
ignis::compute::reifyComputeShapes(ComputeOpInterface op, OpBuilder &builder,
                                   ReifiedRankedShapedTypeDims &shapes) {
  // Rows are tokens: those of the first operand, from the first row on.
  Value input = op->getOperand(0);
  if (!isa<RankedTensorType>(input.getType()))
    return failure();
  OpFoldResult rows = tensor::getMixedSize(builder, op.getLoc(), input, 0);
  if (Value first = op.getFirstRow())
    rows =
        arith::SubIOp::create(
            builder, op.getLoc(),
            getValueOrCreateConstantIndexOp(builder, op.getLoc(), rows), first)
            .getResult();
  for (Value result : op->getResults()) {
    auto type = dyn_cast<RankedTensorType>(result.getType());
    if (!type)
      return failure();
    shapes.push_back(
        {type.isDynamicDim(0) ? rows : builder.getIndexAttr(type.getDimSize(0)),
         builder.getIndexAttr(type.getDimSize(1))});
  }
  return success();
}
