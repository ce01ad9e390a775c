//===- ShareTraits.cpp - What each operation lets threads divide ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// ComputeOpInterface, operation by operation: how the work is divided,
// {columns, how many of them stay together, whether by tokens}, and what is
// accessed.
//
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace mlir;
using namespace ignis;
using ignis::compute::accessActivations;

/// Rows of weights that kernels compute together.
static constexpr int64_t rowGroup = 16;
/// Columns of a quantisation block.
static constexpr int64_t blockValues = 32;

/// The columns of an activation that is not quantised.
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

static int64_t elementwiseGranularity(ComputeOpInterface op) {
  Type type = getResultType(op);
  return type && isQuantized(type) ? blockValues : rowGroup;
}

/// Of an operation whose elements depend on those at the same place alone.
static Division divideElements(ComputeOpInterface op, Value input) {
  return {columnsOf(input), elementwiseGranularity(op), /*tokens=*/true};
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

//===----------------------------------------------------------------------===//
// Rows: embedding and norms
//===----------------------------------------------------------------------===//

Division EmbeddingOp::getDivision() {
  return {weightOf(getTable()).getCols(), 0, /*tokens=*/true};
}
SmallVector<Access> EmbeddingOp::getAccesses() {
  return accessActivations(*this, Part::Row);
}

/// Of a norm of rows, or of heads: each is written by the thread that reads it.
static Division divideNorm(Value input, std::optional<uint64_t> headDim) {
  return {columnsOf(input), static_cast<int64_t>(headDim.value_or(0)),
          /*tokens=*/true};
}

Division RMSNormalizeOp::getDivision() {
  return divideNorm(getInput(), getHeadDim());
}
SmallVector<Access> RMSNormalizeOp::getAccesses() {
  return accessActivations(*this, getHeadDim() ? Part::Own : Part::Row);
}

Division RMSNormOp::getDivision() {
  return divideNorm(getInput(), getHeadDim());
}
SmallVector<Access> RMSNormOp::getAccesses() {
  return accessActivations(*this, getHeadDim() ? Part::Own : Part::Row);
}

//===----------------------------------------------------------------------===//
// Elementwise
//===----------------------------------------------------------------------===//

Division AddOp::getDivision() { return divideElements(*this, getLhs()); }
SmallVector<Access> AddOp::getAccesses() {
  return accessActivations(*this, Part::Own);
}

Division MulOp::getDivision() { return divideElements(*this, getLhs()); }
SmallVector<Access> MulOp::getAccesses() {
  return accessActivations(*this, Part::Own);
}

Division ScaleOp::getDivision() {
  Division division = divideElements(*this, getInput());
  if (getHeadDim())
    division.granularity = static_cast<int64_t>(*getHeadDim());
  return division;
}
SmallVector<Access> ScaleOp::getAccesses() {
  return accessActivations(*this, Part::Own);
}

Division SiluOp::getDivision() { return divideElements(*this, getInput()); }
SmallVector<Access> SiluOp::getAccesses() {
  return accessActivations(*this, Part::Own);
}

Division SwiGLUOp::getDivision() { return divideElements(*this, getGate()); }
SmallVector<Access> SwiGLUOp::getAccesses() {
  return accessActivations(*this, Part::Own);
}

Division QuantizeOp::getDivision() {
  return {columnsOf(getInput()), blockValues, /*tokens=*/true};
}
SmallVector<Access> QuantizeOp::getAccesses() {
  return accessActivations(*this, Part::Own);
}

Division RopeOp::getDivision() {
  return {columnsOf(getInput()), static_cast<int64_t>(getHeadDim()),
          /*tokens=*/true};
}
SmallVector<Access> RopeOp::getAccesses() {
  return accessActivations(*this, Part::Own);
}

//===----------------------------------------------------------------------===//
// Matrix products: divided by weight rows, so that each thread streams its own
//===----------------------------------------------------------------------===//

Division MatmulOp::getDivision() {
  return {weightOf(getWeight()).getRows(), rowGroup};
}
SmallVector<Access> MatmulOp::getAccesses() {
  SmallVector<Access> accesses = {Access::read(
      getInputMutable(), getSelection() ? Part::Whole : Part::Row)};
  for (OpOperand &residual : getResidualMutable())
    accesses.push_back(Access::read(residual, Part::Own));
  for (OpOperand &out : getOutsMutable())
    accesses.push_back(Access::write(out, Part::Own));
  return accesses;
}

/// The columns of several results lie side by side: no share of them all is a
/// share of one.
Division GroupedMatmulOp::getDivision() {
  return {sumOfRows(getWeights()), rowGroup};
}
SmallVector<Access> GroupedMatmulOp::getAccesses() {
  bool alone = getWeights().size() == 1;
  return accessActivations(*this, Part::Row, alone ? Part::Own : Part::Row);
}

Division QKVOp::getDivision() {
  return {sumOfRows(getWeights()), getCache().getType().getHeadDim()};
}
SmallVector<Access> QKVOp::getAccesses() {
  SmallVector<Access> accesses = accessActivations(*this, Part::Row, Part::Row);
  accesses.push_back(Access::writeCache(getCacheMutable(), getLayer()));
  return accesses;
}

Division GateUpOp::getDivision() {
  return {weightOf(getGate()).getRows(), elementwiseGranularity(*this)};
}
SmallVector<Access> GateUpOp::getAccesses() {
  return accessActivations(*this, Part::Row);
}

//===----------------------------------------------------------------------===//
// Argmax: divided by parts of the vocabulary, of which the result has one each
//===----------------------------------------------------------------------===//

/// A part of `columns` for each column of the result. If that is malformed,
/// which the verifier says, any division will do.
static Division divideIntoParts(ComputeOpInterface op, int64_t columns) {
  Type type = getResultType(op);
  int64_t parts = type ? cast<ShapedType>(type).getDimSize(1) : 0;
  if (parts <= 0 || columns <= 0)
    return {columns, rowGroup};
  return {columns, ShareAttr::getPartColumns(columns, parts)};
}

Division ArgmaxOp::getDivision() {
  return divideIntoParts(*this, columnsOf(getInput()));
}
SmallVector<Access> ArgmaxOp::getAccesses() {
  return accessActivations(*this, Part::Own, Part::Row);
}

Division MatmulArgmaxOp::getDivision() {
  return divideIntoParts(*this, weightOf(getWeight()).getRows());
}
SmallVector<Access> MatmulArgmaxOp::getAccesses() {
  return accessActivations(*this, getSelection() ? Part::Whole : Part::Row,
                           Part::Row);
}

//===----------------------------------------------------------------------===//
// Attention: divided by heads
//===----------------------------------------------------------------------===//

Division AttentionOp::getDivision() {
  // The query heads of one key/value head, whose keys the same thread appends.
  int64_t columns = columnsOf(getQuery());
  return {columns, columns / getCache().getType().getHeads()};
}
SmallVector<Access> AttentionOp::getAccesses() {
  SmallVector<Access> accesses = accessActivations(*this, Part::Own);
  accesses.push_back(Access::readCache(getCacheMutable(), getLayer()));
  accesses.push_back(Access::writeCache(getCacheMutable(), getLayer()));
  return accesses;
}

Division AttendOp::getDivision() {
  return {columnsOf(getQuery()), getCache().getType().getHeadDim()};
}
SmallVector<Access> AttendOp::getAccesses() {
  SmallVector<Access> accesses = accessActivations(*this, Part::Own);
  accesses.push_back(Access::readCache(getCacheMutable(), getLayer()));
  return accesses;
}

MutableOperandRange KVAppendOp::getOutsMutable() {
  return MutableOperandRange(getOperation(), 0, 0);
}
Division KVAppendOp::getDivision() {
  return {columnsOf(getKey()), getCache().getType().getHeadDim()};
}
SmallVector<Access> KVAppendOp::getAccesses() {
  SmallVector<Access> accesses = accessActivations(*this, Part::Own);
  accesses.push_back(Access::writeCache(getCacheMutable(), getLayer()));
  return accesses;
}
