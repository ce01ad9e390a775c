//===- Checks.cpp - What verifiers check ----------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace ignis;

int64_t ignis::rowsOf(Type type) {
  if (auto quantized = dyn_cast<Q8Type>(type))
    return quantized.getRows();
  return cast<ShapedType>(type).getDimSize(0);
}

bool ignis::isQuantized(Type type) {
  return isa<Q8Type>(type) ||
         cast<ShapedType>(type).getElementType().isInteger(8);
}

LogicalResult ignis::checkFeatures(Operation *op, StringRef name, Type type,
                                   int64_t columns) {
  if (auto quantized = dyn_cast<Q8Type>(type)) {
    if (quantized.getCols() == columns)
      return success();
    return op->emitOpError("expects ")
           << name << " to have " << columns << " columns, got "
           << quantized.getCols();
  }
  auto shaped = cast<ShapedType>(type);
  int64_t found = shaped.getDimSize(1);
  if (shaped.getElementType().isInteger(8)) {
    if (columns % 32 == 0 && found == Q8Type::getRowBytes(columns))
      return success();
    return op->emitOpError("expects ")
           << name << " to have the row bytes of " << columns
           << " quantised columns, got " << found;
  }
  if (found == columns)
    return success();
  InFlightDiagnostic diagnostic = op->emitOpError("expects ")
                                  << name << " to have " << columns
                                  << " columns, got ";
  return ShapedType::isDynamic(found) ? diagnostic << "?" : diagnostic << found;
}

LogicalResult ignis::checkVector(Operation *op, StringRef name, Value value,
                                 int64_t length) {
  auto type = cast<WeightType>(value.getType());
  if (type.getCols() != length)
    return op->emitOpError("expects ") << name << " to have length " << length
                                       << ", got " << type.getCols();
  return success();
}

LogicalResult ignis::checkProduct(Operation *op, Value input, Value weight) {
  auto type = cast<WeightType>(weight.getType());
  if (isQuantized(input.getType()) && !type.wantsQuantizedInput())
    return op->emitOpError("expects f32 input for a weight of type ")
           << type.getFormatName();
  return checkFeatures(op, "input", input.getType(), type.getCols());
}

/// The types of results and destinations: all that hold what is computed.
static SmallVector<Type> getResultTypes(ComputeOpInterface op) {
  SmallVector<Type> types(op->getResultTypes());
  for (OpOperand &out : op.getOutsMutable())
    types.push_back(out.get().getType());
  return types;
}

LogicalResult ignis::checkResults(ComputeOpInterface op,
                                  ArrayRef<int64_t> columns) {
  auto outs = MutableOperandRange(op.getOutsMutable());
  size_t found = outs.empty() ? op->getNumResults() : outs.size();
  if (found != columns.size())
    return op->emitOpError("expects ")
           << columns.size() << " result" << (columns.size() == 1 ? "" : "s")
           << " or outs, got " << found;
  for (auto [index, type] : llvm::enumerate(getResultTypes(op)))
    if (failed(
            checkFeatures(op, "result", type, columns[index % columns.size()])))
      return failure();
  return success();
}

LogicalResult ignis::checkElementwise(ComputeOpInterface op,
                                      ArrayRef<Value> inputs) {
  int64_t columns = op.getColumns();
  for (Value input : inputs)
    if (failed(checkFeatures(op, "input", input.getType(), columns)))
      return failure();
  return checkResults(op, columns);
}

LogicalResult ignis::checkEps(Operation *op, const APFloat &eps) {
  if (!eps.isFinite() || eps.isNegative())
    return op->emitOpError("expects eps to be finite and not negative");
  return success();
}

LogicalResult ignis::checkHeadDim(ComputeOpInterface op, int64_t headDim) {
  if (headDim != 32 && headDim != 64 && headDim != 128)
    return op->emitOpError("expects head_dim to be 32, 64 or 128, got ")
           << headDim;
  if (op.getColumns() % headDim != 0)
    return op->emitOpError("expects head_dim to divide the columns");
  return success();
}

LogicalResult ignis::checkCache(Operation *op, KVCacheType cache,
                                uint64_t layer, int64_t queryColumns) {
  if (static_cast<int64_t>(layer) < 0 ||
      static_cast<int64_t>(layer) >= cache.getLayers())
    return op->emitOpError("expects layer to be below ")
           << cache.getLayers() << ", got " << static_cast<int64_t>(layer);
  int64_t group = cache.getHeads() * cache.getHeadDim();
  if (ShapedType::isDynamic(queryColumns) || queryColumns <= 0 ||
      queryColumns % group != 0)
    return op->emitOpError("expects query columns to be a multiple of ")
           << group;
  return success();
}

LogicalResult ignis::checkKeys(Operation *op, StringRef name, Value value,
                               KVCacheType cache) {
  return checkFeatures(op, name, value.getType(),
                       cache.getHeads() * cache.getHeadDim());
}

LogicalResult ignis::checkParts(ComputeOpInterface op) {
  int64_t columns = op.getColumns();
  if (columns > int64_t(1) << 31)
    return op->emitOpError("expects at most 2^31 columns to be compared, got ")
           << columns;
  auto outs = MutableOperandRange(op.getOutsMutable());
  if (outs.empty() && op->getNumResults() != 1)
    return op->emitOpError("expects 1 result or outs, got ")
           << op->getNumResults();
  Type type =
      outs.empty() ? op->getResult(0).getType() : outs[0].get().getType();
  int64_t parts = cast<ShapedType>(type).getDimSize(1);
  if (parts != llvm::divideCeilSigned(columns, op.getColumnGranularity()))
    return op->emitOpError("expects ")
           << columns
           << " columns to fill every part of the result, a multiple "
           << "of 16 each, got " << type;
  return checkResults(op, parts);
}
