//===- ShareTraits.cpp - What each operation lets threads divide ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ComputeOpInterface, operation by operation: the columns there are, how many
// must stay together, whether tokens can be divided, and what a thread reads.
//
//===----------------------------------------------------------------------===//

#include "ignis/IR/Ignis.h"

using namespace mlir;
using namespace ignis;

/// Rows of weights that kernels compute together.
static constexpr int64_t kRowGroup = 16;
/// Columns of a quantisation block.
static constexpr int64_t kBlock = 32;

/// The features of an activation that is not quantised.
static int64_t columnsOf(Value value) {
  return cast<ShapedType>(value.getType()).getDimSize(1);
}

/// The type of the first destination or result; null if the operation is
/// malformed, which its verifier says.
static Type getResultType(ComputeOpInterface op) {
  auto outs = MutableOperandRange(op.getOutsMutable());
  if (!outs.empty())
    return outs[0].get().getType();
  return op->getNumResults() == 0 ? Type() : op->getResult(0).getType();
}

static bool isQuantized(ComputeOpInterface op) {
  Type type = getResultType(op);
  return type && (isa<Q8Type>(type) ||
                  cast<ShapedType>(type).getElementType().isInteger(8));
}

static int64_t elementwiseGranularity(ComputeOpInterface op) {
  return isQuantized(op) ? kBlock : kRowGroup;
}

static WeightType weightOf(Value value) {
  return cast<WeightType>(value.getType());
}

static int64_t sumOfRows(OperandRange weights) {
  int64_t rows = 0;
  for (Value weight : weights)
    rows += weightOf(weight).getRows();
  return rows;
}

static bool isShaped(OpOperand &operand) {
  return isa<ShapedType, Q8Type>(operand.get().getType());
}

//===----------------------------------------------------------------------===//
// Rows: embedding and norms
//===----------------------------------------------------------------------===//

int64_t EmbeddingOp::getColumns() { return weightOf(getTable()).getCols(); }
int64_t EmbeddingOp::getColumnGranularity() { return 0; }
bool EmbeddingOp::canShareTokens() { return true; }
ReadScope EmbeddingOp::getReadScope(OpOperand &operand) {
  return isShaped(operand) ? ReadScope::Row : ReadScope::None;
}

int64_t RMSNormalizeOp::getColumns() { return columnsOf(getInput()); }
int64_t RMSNormalizeOp::getColumnGranularity() { return 0; }
bool RMSNormalizeOp::canShareTokens() { return true; }
ReadScope RMSNormalizeOp::getReadScope(OpOperand &) { return ReadScope::Row; }

int64_t RMSNormOp::getColumns() { return columnsOf(getInput()); }
int64_t RMSNormOp::getColumnGranularity() { return 0; }
bool RMSNormOp::canShareTokens() { return true; }
ReadScope RMSNormOp::getReadScope(OpOperand &operand) {
  return isShaped(operand) ? ReadScope::Row : ReadScope::None;
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

int64_t ScaleOp::getColumns() { return columnsOf(getInput()); }
int64_t ScaleOp::getColumnGranularity() {
  return elementwiseGranularity(*this);
}
bool ScaleOp::canShareTokens() { return true; }
ReadScope ScaleOp::getReadScope(OpOperand &operand) {
  return isShaped(operand) ? ReadScope::Own : ReadScope::None;
}

int64_t QuantizeOp::getColumns() { return columnsOf(getInput()); }
int64_t QuantizeOp::getColumnGranularity() { return kBlock; }
bool QuantizeOp::canShareTokens() { return true; }
ReadScope QuantizeOp::getReadScope(OpOperand &) { return ReadScope::Own; }

int64_t RopeOp::getColumns() { return columnsOf(getInput()); }
int64_t RopeOp::getColumnGranularity() { return getHeadDim(); }
bool RopeOp::canShareTokens() { return true; }
ReadScope RopeOp::getReadScope(OpOperand &operand) {
  return isShaped(operand) ? ReadScope::Own : ReadScope::None;
}

int64_t AddOp::getColumns() { return columnsOf(getLhs()); }
int64_t AddOp::getColumnGranularity() { return elementwiseGranularity(*this); }
bool AddOp::canShareTokens() { return true; }
ReadScope AddOp::getReadScope(OpOperand &) { return ReadScope::Own; }

int64_t MulOp::getColumns() { return columnsOf(getLhs()); }
int64_t MulOp::getColumnGranularity() { return elementwiseGranularity(*this); }
bool MulOp::canShareTokens() { return true; }
ReadScope MulOp::getReadScope(OpOperand &) { return ReadScope::Own; }

int64_t SiluOp::getColumns() { return columnsOf(getInput()); }
int64_t SiluOp::getColumnGranularity() { return elementwiseGranularity(*this); }
bool SiluOp::canShareTokens() { return true; }
ReadScope SiluOp::getReadScope(OpOperand &) { return ReadScope::Own; }

int64_t SwiGLUOp::getColumns() { return columnsOf(getGate()); }
int64_t SwiGLUOp::getColumnGranularity() {
  return elementwiseGranularity(*this);
}
bool SwiGLUOp::canShareTokens() { return true; }
ReadScope SwiGLUOp::getReadScope(OpOperand &) { return ReadScope::Own; }

//===----------------------------------------------------------------------===//
// Matrix products: divided by weight rows, so that each thread streams its own
//===----------------------------------------------------------------------===//

int64_t MatmulOp::getColumns() { return weightOf(getWeight()).getRows(); }
int64_t MatmulOp::getColumnGranularity() { return kRowGroup; }
bool MatmulOp::canShareTokens() { return false; }
ReadScope MatmulOp::getReadScope(OpOperand &operand) {
  if (!isShaped(operand))
    return ReadScope::None;
  if (operand.get() == getResidual() && operand.getOperandNumber() != 0)
    return ReadScope::Own;
  return getFirstRow() ? ReadScope::Whole : ReadScope::Row;
}

int64_t GroupedMatmulOp::getColumns() { return sumOfRows(getWeights()); }
int64_t GroupedMatmulOp::getColumnGranularity() { return kRowGroup; }
bool GroupedMatmulOp::canShareTokens() { return false; }
ReadScope GroupedMatmulOp::getReadScope(OpOperand &operand) {
  return isShaped(operand) ? ReadScope::Row : ReadScope::None;
}

int64_t QKVOp::getColumns() { return sumOfRows(getWeights()); }
int64_t QKVOp::getColumnGranularity() {
  return getCache().getType().getHeadDim();
}
bool QKVOp::canShareTokens() { return false; }
ReadScope QKVOp::getReadScope(OpOperand &operand) {
  return isShaped(operand) ? ReadScope::Row : ReadScope::None;
}

int64_t GateUpOp::getColumns() { return weightOf(getGate()).getRows(); }
int64_t GateUpOp::getColumnGranularity() {
  return elementwiseGranularity(*this);
}
bool GateUpOp::canShareTokens() { return false; }
ReadScope GateUpOp::getReadScope(OpOperand &operand) {
  return isShaped(operand) ? ReadScope::Row : ReadScope::None;
}

//===----------------------------------------------------------------------===//
// Argmax: divided by parts of the vocabulary
//===----------------------------------------------------------------------===//

/// Columns of a part, of which the result has one each; 0 if that is malformed.
static int64_t partColumns(ComputeOpInterface op) {
  Type type = getResultType(op);
  int64_t parts = type ? cast<ShapedType>(type).getDimSize(1) : 0;
  if (parts <= 0 || op.getColumns() <= 0)
    return 0;
  return ShareAttr::getPartColumns(op.getColumns(), parts);
}

int64_t ArgmaxOp::getColumns() { return columnsOf(getInput()); }
int64_t ArgmaxOp::getColumnGranularity() { return partColumns(*this); }
bool ArgmaxOp::canShareTokens() { return false; }
ReadScope ArgmaxOp::getReadScope(OpOperand &operand) {
  return isShaped(operand) ? ReadScope::Own : ReadScope::None;
}

int64_t MatmulArgmaxOp::getColumns() { return weightOf(getWeight()).getRows(); }
int64_t MatmulArgmaxOp::getColumnGranularity() { return partColumns(*this); }
bool MatmulArgmaxOp::canShareTokens() { return false; }
ReadScope MatmulArgmaxOp::getReadScope(OpOperand &operand) {
  if (!isShaped(operand))
    return ReadScope::None;
  return getFirstRow() ? ReadScope::Whole : ReadScope::Row;
}

//===----------------------------------------------------------------------===//
// Attention: divided by heads
//===----------------------------------------------------------------------===//

int64_t AttentionOp::getColumns() { return columnsOf(getQuery()); }
int64_t AttentionOp::getColumnGranularity() {
  // The query heads of one key/value head, whose keys the same thread appends.
  return getColumns() / getCache().getType().getHeads();
}
bool AttentionOp::canShareTokens() { return false; }
ReadScope AttentionOp::getReadScope(OpOperand &operand) {
  bool isCache = operand.get() == getCache();
  return isShaped(operand) || isCache ? ReadScope::Own : ReadScope::None;
}

int64_t AttendOp::getColumns() { return columnsOf(getQuery()); }
int64_t AttendOp::getColumnGranularity() {
  return getCache().getType().getHeadDim();
}
bool AttendOp::canShareTokens() { return false; }
ReadScope AttendOp::getReadScope(OpOperand &operand) {
  if (operand.get() == getCache())
    return ReadScope::Whole;
  return isShaped(operand) ? ReadScope::Own : ReadScope::None;
}

int64_t KVAppendOp::getColumns() { return columnsOf(getKey()); }
int64_t KVAppendOp::getColumnGranularity() {
  return getCache().getType().getHeadDim();
}
bool KVAppendOp::canShareTokens() { return false; }
MutableOperandRange KVAppendOp::getOutsMutable() {
  return MutableOperandRange(getOperation(), 0, 0);
}
ReadScope KVAppendOp::getReadScope(OpOperand &operand) {
  return isShaped(operand) ? ReadScope::Own : ReadScope::None;
}
