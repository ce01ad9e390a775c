//===- IgnisOps.cpp - Verifiers and canonicalizations ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Checks.h"
#include "mlir/Dialect/LLVMIR/LLVMTypes.h"
#include "mlir/IR/Builders.h"
#include "mlir/IR/PatternMatch.h"
#include "mlir/Interfaces/FunctionInterfaces.h"
#include "llvm/Support/MathExtras.h"

using namespace mlir;
using namespace ignis;

#define GET_OP_CLASSES
#include "ignis/IR/IgnisOps.cpp.inc"

//===----------------------------------------------------------------------===//
// Verifiers
//===----------------------------------------------------------------------===//

LogicalResult WeightOp::verify() {
  // A program has names as C strings.
  if (getName().empty() || getName().contains('\0'))
    return emitOpError("expects a name that is not empty and has no zero byte");
  return success();
}

LogicalResult EmbeddingOp::verify() {
  return checkResults(*this, getColumns());
}

LogicalResult RMSNormalizeOp::verify() {
  if (failed(checkEps(*this, getEps())))
    return failure();
  if (getHeadDim() && failed(checkHeadDim(*this, *getHeadDim())))
    return failure();
  return checkElementwise(*this, getInput());
}

LogicalResult ScaleOp::verify() {
  if (getHeadDim() && failed(checkHeadDim(*this, *getHeadDim())))
    return failure();
  if (failed(checkElementwise(*this, getInput())))
    return failure();
  return checkVector(*this, "weight", getWeight(),
                     getHeadDim().value_or(getColumns()));
}

LogicalResult MatmulOp::verify() {
  int64_t rows = getColumns();
  if (failed(checkProduct(*this, getInput(), getWeight())))
    return failure();
  if (getBias() && failed(checkVector(*this, "bias", getBias(), rows)))
    return failure();
  if (getResidual() && getSelection())
    return emitOpError("expects no residual beside a selection");
  if (getResidual() &&
      failed(checkFeatures(*this, "residual", getResidual().getType(), rows)))
    return failure();
  return checkResults(*this, rows);
}

LogicalResult RopeOp::verify() {
  if (failed(checkHeadDim(*this, getHeadDim())))
    return failure();
  return checkElementwise(*this, getInput());
}

LogicalResult AttentionOp::verify() {
  KVCacheType cache = getCache().getType();
  if (failed(checkCache(*this, cache, getLayer(), getColumns())) ||
      failed(checkKeys(*this, "key", getKey(), cache)) ||
      failed(checkKeys(*this, "value", getValue(), cache)))
    return failure();
  return checkResults(*this, getColumns());
}

/// Becomes kv_append(k, v) and attend(q), which can be divided among more
/// threads than there are key/value heads.
bool AttentionOp::splitForThreads(OpBuilder &builder) {
  Location appendLoc = getLoc();
  if (auto name = dyn_cast<NameLoc>(getLoc()))
    appendLoc = NameLoc::get(
        builder.getStringAttr(name.getName().getValue() + "_append"),
        name.getChildLoc());
  KVAppendOp::create(builder, appendLoc, getKey(), getValue(), getCache(),
                     getRows(), getLayer(), ShareAttr());
  AttendOp::create(builder, getLoc(), TypeRange(), getQuery(), getCache(),
                   getRows(), getOuts(), getLayer(), ShareAttr());
  erase();
  return true;
}

LogicalResult AddOp::verify() {
  return checkElementwise(*this, {getLhs(), getRhs()});
}

LogicalResult MulOp::verify() {
  return checkElementwise(*this, {getLhs(), getRhs()});
}

LogicalResult SiluOp::verify() { return checkElementwise(*this, getInput()); }

LogicalResult ArgmaxOp::verify() {
  if (failed(checkParts(*this)))
    return failure();
  return checkFeatures(*this, "input", getInput().getType(), getColumns());
}

//===----------------------------------------------------------------------===//
// Phases and barriers
//===----------------------------------------------------------------------===//

void PhaseOp::build(OpBuilder &, OperationState &state) {
  state.addRegion()->emplaceBlock();
}

LogicalResult PhaseOp::verify() {
  for (Operation &op : *getBody().begin()) {
    if (isa<PhaseOp>(op) || isBarrier(&op))
      return emitOpError("expects no phase or barrier inside");
    auto compute = dyn_cast<ComputeOpInterface>(op);
    if (compute && !compute.isBufferForm())
      return emitOpError("expects operations in buffer form");
  }
  return success();
}

LogicalResult PhaseOp::canonicalize(PhaseOp op, PatternRewriter &rewriter) {
  if (!op.getBody().begin()->empty())
    return rewriter.notifyMatchFailure(op, "not empty");
  rewriter.eraseOp(op);
  return success();
}

LogicalResult BarrierOp::canonicalize(BarrierOp op, PatternRewriter &rewriter) {
  Operation *next = op->getNextNode();
  if (!next || !isBarrier(next))
    return rewriter.notifyMatchFailure(op, "no barrier follows");
  rewriter.eraseOp(op);
  return success();
}

bool ignis::isBarrier(Operation *op) {
  return isa<BarrierOp, AllGatherOp>(op);
}

//===----------------------------------------------------------------------===//
// Ranks
//===----------------------------------------------------------------------===//

int64_t AllGatherOp::getUnits() {
  return llvm::divideCeil(getColumns(), getWidth());
}

int64_t AllGatherOp::getRowBytes() {
  int64_t columns = getColumns();
  if (isQuantized())
    return columns + columns / 32 * 8;
  return columns * getBufferType().getElementTypeBitWidth() / 8;
}

LogicalResult AllGatherOp::verify() {
  if (failed(checkFeatures(*this, "buffer", getBuffer().getType(),
                           getColumns())))
    return failure();
  if (isQuantized() && getWidth() % 32 != 0)
    return emitOpError("expects quantised rows to be divided between blocks of "
                       "32 columns, got units of ")
           << getWidth();
  return success();
}

//===----------------------------------------------------------------------===//
// Addresses
//===----------------------------------------------------------------------===//

OpFoldResult AddressOfOp::fold(FoldAdaptor) {
  if (auto buffer = getObject().getDefiningOp<BufferAtOp>())
    return buffer.getAddress();
  return {};
}

//===----------------------------------------------------------------------===//
// The compiled program
//===----------------------------------------------------------------------===//

LogicalResult ProgramOp::verify() {
  if (getEntries().empty())
    return emitOpError("expects an entry");
  llvm::SmallDenseSet<Attribute> functions;
  for (auto entry : getEntries().getAsRange<EntryAttr>())
    if (!functions.insert(entry.getFunction()).second)
      return emitOpError("expects each entry once, got ")
             << entry.getFunction() << " twice";
  for (Operation &other : *getOperation()->getBlock())
    if (isa<ProgramOp>(other) && other.isBeforeInBlock(*this))
      return emitOpError("expects to be the only one of its module");
  return success();
}

LogicalResult ProgramOp::verifySymbolUses(SymbolTableCollection &symbols) {
  for (auto entry : getEntries().getAsRange<EntryAttr>())
    if (!symbols.lookupNearestSymbolFrom<FunctionOpInterface>(
            *this, entry.getFunction()))
      return emitOpError("expects ")
             << entry.getFunction() << " to be a function of the module";
  return success();
}
