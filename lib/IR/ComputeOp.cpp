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

#include "Checks.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace ignis;

/// Whether values of this type hold activations: what the forms differ in.
static bool isActivation(Type type) {
  return isa<RankedTensorType, MemRefType, Q8Type>(type);
}

static bool isBuffer(Type type) { return isa<MemRefType, KVCacheType>(type); }

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

Value ignis::getSelection(Operation *op) {
  MutableOperandRange row = cast<ComputeOpInterface>(op).getSelectionMutable();
  return row.empty() ? Value() : row[0].get();
}

bool ignis::accessesCache(Operation *op, bool writes) {
  return llvm::any_of(cast<ComputeOpInterface>(op).getAccesses(),
                      [&](const Access &access) {
                        return access.isOfCache() && access.writes == writes;
                      });
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
    if (outs.empty() && !op.writesCache())
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

/// Every buffer is accessed, destinations and caches alone are written.
static LogicalResult verifyAccesses(ComputeOpInterface op) {
  llvm::SmallDenseSet<OpOperand *> accessed, written;
  for (const Access &access : op.getAccesses()) {
    if (access.operand->getOwner() != op)
      return op->emitOpError("expects to access its own operands");
    accessed.insert(access.operand);
    if (access.writes)
      written.insert(access.operand);
  }
  for (OpOperand &operand : op->getOpOperands()) {
    Type type = operand.get().getType();
    bool isOut = compute::isDestination(operand);
    if ((isActivation(type) || isBuffer(type)) && !accessed.contains(&operand))
      return op->emitOpError("expects to access operand ")
             << operand.getOperandNumber() << ", a " << type;
    if (written.contains(&operand) != isOut && !isa<KVCacheType>(type))
      return op->emitOpError(isOut ? "expects to write operand "
                                   : "expects not to write operand ")
             << operand.getOperandNumber()
             << (isOut ? ", a destination" : ", which is no destination");
  }
  return success();
}

/// Operand 0 has a row for each token; so has what is accessed by rows, and
/// what is computed, unless it is a selection.
static LogicalResult verifyRows(ComputeOpInterface op) {
  Type first = op->getNumOperands() ? op->getOperand(0).getType() : Type();
  auto shaped = dyn_cast_or_null<ShapedType>(first);
  if (!first || !isActivation(first) || (shaped && shaped.getRank() == 0))
    return op->emitOpError("expects operand 0 to have a row for each token, "
                           "got ")
           << first;
  if (op.getSelection())
    return success();

  int64_t rows = rowsOf(first);
  auto agree = [&](Type type) {
    if (isa<KVCacheType>(type) || ShapedType::isDynamic(rowsOf(type)))
      return true;
    if (ShapedType::isDynamic(rows))
      rows = rowsOf(type);
    return rows == rowsOf(type);
  };
  auto error = [&](Type type) {
    return op->emitOpError("expects equal rows, got ")
           << rows << " and " << rowsOf(type);
  };
  for (const Access &access : op.getAccesses())
    if (access.part != Part::Whole && !agree(access.getValue().getType()))
      return error(access.getValue().getType());
  for (Type type : op->getResultTypes())
    if (!agree(type))
      return error(type);
  return success();
}

static LogicalResult verifyDivision(ComputeOpInterface op) {
  Division division = op.getDivision();
  if (division.columns <= 0)
    return op->emitOpError("expects a static, positive number of columns");
  if (division.granularity < 0 ||
      (division.granularity == 0 && !division.tokens))
    return op->emitOpError("expects its work to be divided by columns or by "
                           "tokens");
  if (division.granularity % 32 == 0)
    return success();
  auto holdsQuantized = [](Type type) { return isQuantized(type); };
  MutableOperandRange outs = op.getOutsMutable();
  if (llvm::any_of(op->getResultTypes(), holdsQuantized) ||
      llvm::any_of(outs, [](OpOperand &out) {
        return isQuantized(out.get().getType());
      }))
    return op->emitOpError("expects a quantised result to be divided between "
                           "blocks of 32 columns, got parts of ")
           << division.granularity;
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
  if (failed(verifyForm(compute)) || failed(verifyAccesses(compute)) ||
      failed(verifyRows(compute)) || failed(verifyDivision(compute)))
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

SmallVector<Access> ignis::compute::accessActivations(ComputeOpInterface op,
                                                      Part read, Part written) {
  SmallVector<Access> accesses;
  for (OpOperand &operand : op->getOpOperands())
    if (isActivation(operand.get().getType()) && !isDestination(operand))
      accesses.push_back(Access::read(operand, read));
  for (OpOperand &out : op.getOutsMutable())
    accesses.push_back(Access::write(out, written));
  return accesses;
}

void ignis::compute::getComputeEffects(
    ComputeOpInterface op,
    SmallVectorImpl<MemoryEffects::EffectInstance> &effects) {
  for (const Access &access : op.getAccesses()) {
    if (!isBuffer(access.getValue().getType()))
      continue;
    if (access.writes)
      effects.emplace_back(MemoryEffects::Write::get(), access.operand);
    else
      effects.emplace_back(MemoryEffects::Read::get(), access.operand);
  }
}

LogicalResult
ignis::compute::reifyComputeShapes(ComputeOpInterface op, OpBuilder &builder,
                                   ReifiedRankedShapedTypeDims &shapes) {
  // Those of the first operand, or what is selected of them.
  Value input = op->getOperand(0);
  if (!isa<RankedTensorType>(input.getType()))
    return failure();
  OpFoldResult rows = tensor::getMixedSize(builder, op.getLoc(), input, 0);
  if (Value selection = op.getSelection())
    rows = SelectedCountOp::create(builder, op.getLoc(), selection).getResult();
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
