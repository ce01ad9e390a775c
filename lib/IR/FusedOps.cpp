//===- FusedOps.cpp - Verifiers of what passes make -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"

using namespace mlir;
using namespace ignis;

LogicalResult RMSNormOp::verify() {
  if (getHeadDim() && failed(checkHeadDim(*this, *getHeadDim())))
    return failure();
  if (failed(checkEps(*this, getEps())) ||
      failed(checkElementwise(*this, getInput())))
    return failure();
  return checkVector(*this, "weight", getWeight(),
                     getHeadDim().value_or(getColumns()));
}

LogicalResult QuantizeOp::verify() {
  if (getColumns() % 32 != 0)
    return emitOpError("expects columns to be a multiple of 32");
  return checkElementwise(*this, getInput());
}

LogicalResult AttendOp::verify() {
  if (failed(checkCache(*this, getCache().getType(), getLayer(), getColumns())))
    return failure();
  return checkResults(*this, getColumns());
}

LogicalResult KVAppendOp::verify() {
  KVCacheType cache = getCache().getType();
  if (failed(checkCache(*this, cache, getLayer(),
                        cache.getHeads() * cache.getHeadDim())) ||
      failed(checkKeys(*this, "key", getKey(), cache)) ||
      failed(checkKeys(*this, "value", getValue(), cache)))
    return failure();
  return success();
}

LogicalResult SwiGLUOp::verify() {
  return checkElementwise(*this, {getGate(), getUp()});
}

/// Checks a group of products of one input, with as many biases as weights or
/// none; fills in the rows of each weight.
static LogicalResult checkGroup(Operation *op, Value input,
                                OperandRange weights, OperandRange biases,
                                SmallVectorImpl<int64_t> &rows) {
  if (weights.empty())
    return op->emitOpError("expects a weight");
  if (!biases.empty() && biases.size() != weights.size())
    return op->emitOpError("expects as many biases as weights or none, got ")
           << biases.size() << " and " << weights.size();
  for (auto [index, weight] : llvm::enumerate(weights)) {
    rows.push_back(cast<WeightType>(weight.getType()).getRows());
    if (failed(checkProduct(op, input, weight)))
      return failure();
    if (index + 1 < weights.size() && rows.back() % 16 != 0)
      return op->emitOpError("expects rows of all weights but the last to be a "
                             "multiple of 16, got ")
             << rows.back();
    if (!biases.empty() &&
        failed(checkVector(op, "bias", biases[index], rows.back())))
      return failure();
  }
  return success();
}

LogicalResult GroupedMatmulOp::verify() {
  SmallVector<int64_t> rows;
  if (failed(checkGroup(*this, getInput(), getWeights(), getBiases(), rows)))
    return failure();
  return checkResults(*this, rows);
}

LogicalResult QKVOp::verify() {
  SmallVector<int64_t> rows;
  if (failed(checkGroup(*this, getInput(), getWeights(), getBiases(), rows)))
    return failure();
  if (rows.size() != 3)
    return emitOpError("expects three weights, got ") << rows.size();
  KVCacheType cache = getCache().getType();
  if (failed(checkCache(*this, cache, getLayer(), rows[0])))
    return failure();
  int64_t kvColumns = cache.getHeads() * cache.getHeadDim();
  if (rows[1] != kvColumns || rows[2] != kvColumns)
    return emitOpError("expects key and value weights to have ")
           << kvColumns << " rows, got " << rows[1] << " and " << rows[2];
  if (!getNorms().empty() && getNorms().size() != 2)
    return emitOpError("expects norms of q and k or none, got ")
           << getNorms().size();
  if (getNorms().empty() != !getEps())
    return emitOpError("expects eps beside norms and only there");
  if (getEps() && failed(checkEps(*this, *getEps())))
    return failure();
  for (Value norm : getNorms())
    if (failed(checkVector(*this, "norm", norm, cache.getHeadDim())))
      return failure();
  return checkResults(*this, rows[0]);
}

LogicalResult GateUpOp::verify() {
  if (failed(checkProduct(*this, getInput(), getGate())) ||
      failed(checkProduct(*this, getInput(), getUp())))
    return failure();
  int64_t rows = cast<WeightType>(getUp().getType()).getRows();
  if (rows != getColumns())
    return emitOpError("expects gate and up to have equal rows, got ")
           << getColumns() << " and " << rows;
  return checkResults(*this, getColumns());
}

LogicalResult MatmulArgmaxOp::verify() {
  if (failed(checkProduct(*this, getInput(), getWeight())))
    return failure();
  return checkParts(*this);
}
