//===- Liveness.cpp - When buffers hold something -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/Liveness.h"

#include "ignis/Analysis/Storage.h"

using namespace mlir;
using namespace ignis;

FailureOr<Liveness> Liveness::compute(func::FuncOp function) {
  FailureOr<SmallVector<Phase>> phases = ignis::getPhases(function);
  if (failed(phases))
    return failure();
  Liveness liveness;
  liveness.phases = std::move(*phases);

  // Allocations anywhere, so that one in a phase is refused and not forgotten.
  DenseMap<Value, size_t> indexOf;
  LinearForm total;
  WalkResult result = function.walk([&](memref::AllocOp alloc) {
    if (alloc->getBlock() != &function.front()) {
      alloc.emitOpError("expects to stand outside phases");
      return WalkResult::interrupt();
    }
    FailureOr<LinearForm> size = getBufferSize(alloc);
    if (failed(size))
      return WalkResult::interrupt();
    total += *size;
    if (total.at(maxTokenCount) > int64_t(1) << 60) {
      alloc.emitOpError("is one too many: buffers of more than 2^60 bytes");
      return WalkResult::interrupt();
    }
    indexOf[alloc] = liveness.buffers.size();
    Buffer buffer;
    buffer.value = alloc;
    buffer.size = *size;
    liveness.buffers.push_back(std::move(buffer));
    return WalkResult::advance();
  });
  if (result.wasInterrupted())
    return failure();

  for (auto [number, phase] : llvm::enumerate(liveness.phases))
    for (ComputeOpInterface op : phase) {
      for (const ThreadAccess &access : getThreadAccesses(op))
        if (auto it = indexOf.find(access.getValue()); it != indexOf.end())
          liveness.buffers[it->second].uses.push_back(
              {static_cast<int64_t>(number), liveness.opCount, access});
      ++liveness.opCount;
    }
  for (Value value : function.front().getTerminator()->getOperands())
    if (auto it = indexOf.find(value); it != indexOf.end())
      liveness.buffers[it->second].returned = true;

  int64_t lastPhase = std::max<int64_t>(liveness.phases.size(), 1) - 1;
  int64_t lastOp = std::max<int64_t>(liveness.opCount, 1) - 1;
  for (Buffer &buffer : liveness.buffers) {
    if (!buffer.uses.empty()) {
      buffer.firstPhase = buffer.uses.front().phase;
      buffer.firstOp = buffer.uses.front().op;
      buffer.lastPhase = buffer.uses.back().phase;
      buffer.lastOp = buffer.uses.back().op;
    }
    if (buffer.returned) {
      buffer.lastPhase = lastPhase;
      buffer.lastOp = lastOp;
    }
  }
  return liveness;
}

bool Liveness::canReplace(const Buffer &dying, const Buffer &born) const {
  const BufferUse &birth = born.uses.front();
  if (dying.returned || dying.lastPhase != birth.phase ||
      dying.value.getType() != born.value.getType())
    return false;
  return llvm::all_of(dying.uses, [&](const BufferUse &use) {
    if (use.phase != birth.phase)
      return true;
    bool before = use.op < birth.op ||
                  (use.op == birth.op && use.access.part == Part::Own);
    return before &&
           use.access.footprint.staysWithThread(birth.access.footprint);
  });
}

SmallVector<size_t> Liveness::findInPlace() const {
  DenseMap<Value, size_t> indexOf;
  SmallVector<size_t> classOf;
  for (auto [index, buffer] : llvm::enumerate(buffers)) {
    indexOf[buffer.value] = index;
    classOf.push_back(index);
  }
  // Each buffer is taken over at most once, by the first that can.
  SmallVector<size_t> byBirth;
  for (auto [index, buffer] : llvm::enumerate(buffers))
    if (!buffer.uses.empty() && buffer.uses.front().access.writes)
      byBirth.push_back(index);
  llvm::sort(byBirth, [&](size_t a, size_t b) {
    return std::pair(buffers[a].firstOp, a) < std::pair(buffers[b].firstOp, b);
  });

  SmallVector<bool> taken(buffers.size(), false);
  SmallVector<ComputeOpInterface> ops;
  for (const Phase &phase : phases)
    ops.append(phase.begin(), phase.end());
  for (size_t born : byBirth)
    for (Value operand : ops[buffers[born].firstOp]->getOperands()) {
      auto it = indexOf.find(operand);
      if (it == indexOf.end() || taken[it->second] || it->second == born ||
          !canReplace(buffers[it->second], buffers[born]))
        continue;
      taken[it->second] = true;
      classOf[born] = classOf[it->second];
      break;
    }
  return classOf;
}
