//===- Access.cpp - What threads read and write ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/Access.h"

#include "ignis/Analysis/Storage.h"

using namespace mlir;
using namespace ignis;

/// Whether the parts of the operation's columns are parts of `out`: that is not
/// so for an operation that computes several matrices side by side.
static bool dividesDestination(ComputeOpInterface op, Value out) {
  auto type = cast<MemRefType>(out.getType());
  int64_t columns = op.getColumns();
  if (type.getElementType().isInteger(8))
    return columns % 32 == 0 &&
           type.getDimSize(1) == Q8Type::getRowBytes(columns);
  return type.getDimSize(1) == columns;
}

static Footprint getWritten(ComputeOpInterface op, ShareAttr share, Value out) {
  switch (share.getKind()) {
  case ShareKind::Tokens:
    return {Footprint::Kind::Rows};
  case ShareKind::Columns:
    if (dividesDestination(op, out))
      return {Footprint::Kind::Columns, share.getParts()};
    return {};
  case ShareKind::Replicated:
    return {};
  }
  llvm_unreachable("unknown kind of share");
}

static Footprint getRead(ReadScope scope, ShareAttr share) {
  if (share.getKind() == ShareKind::Tokens && scope != ReadScope::Whole)
    return {Footprint::Kind::Rows};
  if (share.getKind() == ShareKind::Columns && scope == ReadScope::Own)
    return {Footprint::Kind::Columns, share.getParts()};
  return {};
}

SmallVector<Access> ignis::getAccesses(ComputeOpInterface op, ShareAttr share) {
  SmallVector<Access> accesses;
  auto addCache = [&](Value cache, bool writes) {
    // Without a layer the whole cache is one.
    auto layer = op->getAttrOfType<IntegerAttr>("layer");
    if (cache)
      accesses.push_back(
          {cache, writes, {}, ReadScope::Whole, layer ? layer.getInt() : 0});
  };

  for (OpOperand &operand : op->getOpOperands()) {
    if (!isa<MemRefType>(operand.get().getType()) ||
        compute::isDestination(operand))
      continue;
    ReadScope scope = op.getReadScope(operand);
    if (scope != ReadScope::None)
      accesses.push_back({operand.get(), false, getRead(scope, share), scope});
  }
  addCache(op.getReadCache(), false);
  for (OpOperand &out : op.getOutsMutable())
    if (isa<MemRefType>(out.get().getType()))
      accesses.push_back({out.get(), true, getWritten(op, share, out.get())});
  addCache(op.getWrittenCache(), true);
  return accesses;
}

SmallVector<Access> ignis::getAccesses(ComputeOpInterface op) {
  return getAccesses(op, op.getShareOrDefault());
}

/// Each thread has a copy, which should stay beside what it works on.
static constexpr int64_t kMostReplicatedBytes = 256 * 1024;

bool ignis::canReplicate(ComputeOpInterface op) {
  auto outs = MutableOperandRange(op.getOutsMutable());
  if (outs.size() != 1 || op.getReadCache() || op.getWrittenCache())
    return false;
  auto alloc = outs[0].get().getDefiningOp<memref::AllocOp>();
  if (!alloc || !alloc.getType().hasStaticShape() ||
      alloc.getType().getNumElements() >
          kMostReplicatedBytes * 8 / alloc.getType().getElementTypeBitWidth() ||
      !llvm::all_of(alloc->getUsers(), llvm::IsaPred<ComputeOpInterface>))
    return false;
  // An embedding reads a row of its matrix for each token, no more.
  return isa<EmbeddingOp>(op) ||
         llvm::none_of(op->getOperandTypes(), [](Type type) {
           auto weight = dyn_cast<WeightType>(type);
           return weight && !weight.isVector();
         });
}

StringRef ignis::getDisplayName(Operation *op) {
  if (auto name = op->getLoc()->findInstanceOf<NameLoc>())
    return name.getName();
  return op->getName().stripDialect();
}
