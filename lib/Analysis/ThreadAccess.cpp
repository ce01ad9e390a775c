//===- ThreadAccess.cpp - What threads read and write ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/ThreadAccess.h"

using namespace mlir;
using namespace ignis;

static Footprint getFootprint(Part part, ShareAttr share) {
  switch (share.getKind()) {
  case ShareKind::Tokens:
    return part == Part::Whole ? Footprint::any() : Footprint::rows();
  case ShareKind::Columns:
    return part == Part::Own
               ? Footprint::columns(share.getParts(), share.getUnits())
               : Footprint::any();
  case ShareKind::Replicated:
    return Footprint::any();
  }
  llvm_unreachable("unknown kind of share");
}

SmallVector<ThreadAccess> ignis::getThreadAccesses(ComputeOpInterface op,
                                                   ShareAttr share) {
  SmallVector<ThreadAccess> accesses;
  SmallVector<Access> all = op.getAccesses();
  for (bool writes : {false, true})
    for (const Access &access : all)
      if (access.writes == writes &&
          isa<MemRefType, KVCacheType>(access.getValue().getType()))
        accesses.push_back({access, getFootprint(access.part, share)});
  return accesses;
}

SmallVector<ThreadAccess> ignis::getThreadAccesses(ComputeOpInterface op) {
  return getThreadAccesses(op, op.getShareOrDefault());
}

/// Each thread has a copy, which should stay beside what it works on.
static constexpr int64_t mostReplicatedBytes = 256 * 1024;

bool ignis::canReplicate(ComputeOpInterface op) {
  auto outs = MutableOperandRange(op.getOutsMutable());
  if (outs.size() != 1 || op.readsCache() || op.writesCache())
    return false;
  auto alloc = outs[0].get().getDefiningOp<memref::AllocOp>();
  return alloc && alloc.getType().hasStaticShape() &&
         alloc.getType().getNumElements() <=
             mostReplicatedBytes * 8 /
                 alloc.getType().getElementTypeBitWidth() &&
         llvm::all_of(alloc->getUsers(), llvm::IsaPred<ComputeOpInterface>) &&
         op.getMatrices().empty();
}

StringRef ignis::getDisplayName(Operation *op) {
  if (auto name = op->getLoc()->findInstanceOf<NameLoc>())
    return name.getName();
  return op->getName().stripDialect();
}
