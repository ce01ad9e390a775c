//===- LowerOperation.cpp - An operation as calls -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "LowerOperation.h"

#include "Lowering.h"

#include "llvm/ADT/TypeSwitch.h"

using namespace mlir;
using namespace ignis;

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

/// The most columns a buffer or a product may have: rows of them, quantised or
/// not, stay below mostRowBytes.
static constexpr int64_t mostColumns = int64_t(1) << 28;

static LogicalResult checkBuffer(Operation *op, MemRefType type,
                                 std::optional<int64_t> staticTokens,
                                 bool anyRows) {
  if (!type.getLayout().isIdentity() || type.getMemorySpace())
    return op->emitOpError("expects buffers without layout or memory space, "
                           "got ")
           << type;
  if (type.getShape().back() > mostColumns)
    return op->emitOpError("expects at most ")
           << mostColumns << " columns, got " << type;
  if (!anyRows && !type.isDynamicDim(0) && type.getDimSize(0) != staticTokens)
    return op->emitOpError("expects a row for each token, got ") << type;
  return success();
}

static LogicalResult checkShare(ComputeOpInterface op, ShareAttr share) {
  if (share.getKind() == ShareKind::Replicated && op.writesCache())
    return op->emitOpError("writes the cache, expects not to be replicated");
  if (share.getKind() == ShareKind::Columns &&
      share.getParts() > op.getColumns())
    return op->emitOpError("expects at most ")
           << op.getColumns() << " parts, got " << share.getParts();
  return success();
}

static LogicalResult checkOperation(ComputeOpInterface op,
                                    const ThreadProgram &thread) {
  if (!op.isBufferForm())
    return op->emitOpError("expects buffer form");
  if (op.getColumns() > mostColumns)
    return op->emitOpError("expects at most ")
           << mostColumns << " columns, got " << op.getColumns();
  bool anyRows = op.getSelection() != nullptr;
  for (Value operand : op->getOperands()) {
    auto type = dyn_cast<MemRefType>(operand.getType());
    if (type &&
        failed(checkBuffer(op, type, thread.getStaticTokens(), anyRows)))
      return failure();
    if (isa<WeightType>(operand.getType()) &&
        !operand.getDefiningOp<WeightOp>())
      return op->emitOpError("expects weights to come from ignis.weight");
  }
  return checkShare(op, op.getShareOrDefault());
}

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

LogicalResult Lowering::checkVectorized() {
  if (op.getColumns() % VectorCode::lanes != 0)
    return op->emitOpError("expects columns to be a multiple of ")
           << VectorCode::lanes << ", got " << op.getColumns();
  return success();
}

Value Lowering::weightOrBuffer(Value input) {
  return isa<WeightType>(input.getType()) ? emit.weight(input) : input;
}

/// An operation of whatever dialect, which brings its code with it.
LogicalResult Lowering::elementwise(ElementwiseOpInterface elementwise) {
  if (failed(checkVectorized()))
    return failure();
  SmallVector<Value> inputs;
  int64_t headDim = 0; // of vectors that repeat head by head
  for (OpOperand &operand : op->getOpOperands()) {
    if (compute::isDestination(operand))
      continue;
    Type type = operand.get().getType();
    auto buffer = dyn_cast<MemRefType>(type);
    auto vector = dyn_cast<WeightType>(type);
    int64_t length = vector ? vector.getCols() : op.getColumns();
    if (vector && length != op.getColumns() &&
        op.getColumnGranularity() % length == 0)
      headDim = length;
    bool fits = buffer ? buffer.getRank() == 2 &&
                             buffer.getElementType().isF32() &&
                             buffer.getDimSize(1) == op.getColumns()
                       : vector && vector.isVector() &&
                             length == (headDim ? headDim : op.getColumns());
    if (!fits)
      return op->emitOpError("expects inputs of the result's f32 columns, got ")
             << type;
    inputs.push_back(weightOrBuffer(operand.get()));
  }
  if (inputs.empty() || MutableOperandRange(op.getOutsMutable()).size() != 1)
    return op->emitOpError("expects inputs and one destination");
  emit.elementwise(elementwise, inputs, out(), op.getColumns(), ownPart(),
                   headDim);
  return success();
}

LogicalResult Lowering::norm(KernelKind kind, ValueRange inputs,
                             const APFloat &eps, int64_t headDim) {
  if (failed(checkVectorized()))
    return failure();
  Value value = arith::ConstantFloatOp::create(emit, emit.getF32Type(), eps);
  auto convert = [&](Value input) { return weightOrBuffer(input); };
  emit.kernel(kind, llvm::map_to_vector(inputs, convert), out(),
              op.getColumns(), ownPart(), value, headDim);
  return success();
}

LogicalResult Lowering::embedding(EmbeddingOp lookup) {
  IndexRange rows = thread.getOwnRows(share);
  emit.runtime(RuntimeFunction::ignis_rt_embed,
               {thread.getThread(), emit.weight(lookup.getTable()),
                emit.addressOf(lookup.getTokens()), rows.begin, rows.end,
                emit.addressOf(out())});
  return success();
}

//===----------------------------------------------------------------------===//
// Attention
//===----------------------------------------------------------------------===//

LogicalResult Lowering::checkRope(RopeAttr rope, int64_t headDim) {
  RopeAttr expected = program.model.getRope();
  if (rope != expected)
    return op->emitOpError("expects the model's ")
           << expected << ", got " << rope;
  int64_t modelHeadDim = program.model.getValues().head_dim;
  if (headDim != modelHeadDim)
    return op->emitOpError("expects the model's head dimension ")
           << modelHeadDim << ", got " << headDim;
  return success();
}

LogicalResult Lowering::rope(RopeOp turn) {
  int64_t headDim = turn.getHeadDim();
  if (failed(checkRope(turn.getRope(), headDim)))
    return failure();
  emit.rope(turn.getInput(), out(), headDim, ownPart());
  return success();
}

LogicalResult Lowering::append(KVAppendOp append) {
  int64_t headDim = append.getCache().getType().getHeadDim();
  emit.append(append.getCache(), append.getLayer(), append.getKey(),
              append.getValue(), emit.divide(ownColumns(), headDim));
  return success();
}

LogicalResult Lowering::attend(AttendOp attend) {
  emit.attend(attend.getCache(), attend.getLayer(), attend.getQuery(),
              ownColumns(), out());
  return success();
}

LogicalResult Lowering::attention(AttentionOp attention) {
  // The thread's query heads read no keys but those it appends itself.
  IndexRange range = ownColumns();
  emit.append(attention.getCache(), attention.getLayer(), attention.getKey(),
              attention.getValue(),
              emit.divide(range, attention.getColumnGranularity()));
  emit.attend(attention.getCache(), attention.getLayer(), attention.getQuery(),
              range, out());
  return success();
}

//===----------------------------------------------------------------------===//
// Dispatch
//===----------------------------------------------------------------------===//

LogicalResult Lowering::lower() {
  using K = KernelKind;
  return llvm::TypeSwitch<Operation *, LogicalResult>(op)
      .Case([&](RMSNormalizeOp op) {
        return norm(K::RMSNormalize, op.getInput(), op.getEps(),
                    op.getHeadDim().value_or(0));
      })
      .Case([&](RMSNormOp op) {
        return norm(K::RMSNorm, {op.getInput(), op.getWeight()}, op.getEps(),
                    op.getHeadDim().value_or(0));
      })
      .Case([&](EmbeddingOp op) { return embedding(op); })
      .Case([&](RopeOp op) { return rope(op); })
      .Case([&](KVAppendOp op) { return append(op); })
      .Case([&](AttendOp op) { return attend(op); })
      .Case([&](AttentionOp op) { return attention(op); })
      .Case([&](MatmulOp op) { return matmul(op); })
      .Case([&](GroupedMatmulOp op) { return group(op); })
      .Case([&](QKVOp op) { return qkv(op); })
      .Case([&](GateUpOp op) { return gateUp(op); })
      .Case([&](ArgmaxOp op) { return argmax(op); })
      .Case([&](MatmulArgmaxOp op) { return matmulArgmax(op); })
      .Case([&](ElementwiseOpInterface op) { return elementwise(op); })
      .Default([](Operation *op) {
        return op->emitOpError("cannot be turned into calls");
      });
}

LogicalResult ignis::lowerOperation(ComputeOpInterface op,
                                    ThreadProgram &thread,
                                    ProgramModule &program) {
  if (failed(checkOperation(op, thread)))
    return failure();
  thread.freeTemporaries();
  return Lowering(op, thread, program).lower();
}
