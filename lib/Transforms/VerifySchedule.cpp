//===- VerifySchedule.cpp - Reject races between barriers -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Knows nothing of phases: every two operations with no barrier between them
// are held against each other. O(n^2) accesses between two barriers.
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/Phases.h"
#include "ignis/Analysis/Storage.h"
#include "ignis/Analysis/ThreadAccess.h"
#include "ignis/Transforms/Passes.h"

namespace ignis {
#define GEN_PASS_DEF_VERIFYSCHEDULE
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
class RaceFinder {
public:
  explicit RaceFinder(int64_t maxTokens) : maxTokens(maxTokens) {}

  LogicalResult verify(func::FuncOp function);

private:
  LogicalResult collectSlices(func::FuncOp function);
  /// Whether data that one of the two writes crosses between threads.
  bool isRace(const ThreadAccess &a, const ThreadAccess &b) const;
  LogicalResult verifyAlone(ComputeOpInterface op,
                            ArrayRef<ThreadAccess> accesses) const;
  LogicalResult verifyPair(ComputeOpInterface earlier,
                           ArrayRef<ThreadAccess> before,
                           ComputeOpInterface later,
                           ArrayRef<ThreadAccess> after) const;
  LogicalResult verifyPrivate(ComputeOpInterface op,
                              ArrayRef<ThreadAccess> accesses);

  int64_t maxTokens;
  DenseMap<Value, Slice> slices;
  /// Memory of a thread's own that has been written so far.
  DenseSet<Value> written;
};
} // namespace

LogicalResult RaceFinder::collectSlices(func::FuncOp function) {
  WalkResult result = function.walk([&](memref::ViewOp view) {
    FailureOr<Slice> slice = getSlice(view);
    if (failed(slice))
      return WalkResult::interrupt();
    slices[view] = *slice;
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

bool RaceFinder::isRace(const ThreadAccess &a, const ThreadAccess &b) const {
  Value one = a.getValue(), other = b.getValue();
  if ((!a.writes && !b.writes) || isPrivate(one) || isPrivate(other) ||
      (one == other && !a.meets(b)))
    return false;
  bool sameElements = one == other;
  if (!sameElements) {
    // Two views of the arena may have bytes in common; then elements are the
    // same only where type and place are.
    auto first = slices.find(one), second = slices.find(other);
    if (first == slices.end() || second == slices.end() ||
        areDisjoint(first->second, second->second, maxTokens))
      return false;
    sameElements = first->second.offset == second->second.offset &&
                   one.getType() == other.getType();
  }
  return !sameElements || !a.footprint.staysWithThread(b.footprint);
}

/// What an operation does to memory must go with its own share.
LogicalResult RaceFinder::verifyAlone(ComputeOpInterface op,
                                      ArrayRef<ThreadAccess> accesses) const {
  bool replicated = op.getShareOrDefault().getKind() == ShareKind::Replicated;
  for (const ThreadAccess &write : accesses) {
    if (!write.writes)
      continue;
    if (replicated != isPrivate(write.getValue()))
      return op->emitOpError(replicated
                                 ? "is computed by every thread, into memory "
                                   "that they share"
                                 : "is divided among threads, but into memory "
                                   "that each has for itself");
    if (write.isOfCache())
      continue; // an operation orders its own use of the cache
    for (const ThreadAccess &read : accesses)
      if (!read.writes && isRace(read, write))
        return op->emitOpError("overwrites what another thread reads of its "
                               "operand");
  }
  return success();
}

/// Within a thread program order decides, so memory of its own may be used
/// again and again; but no other thread fills it.
LogicalResult RaceFinder::verifyPrivate(ComputeOpInterface op,
                                        ArrayRef<ThreadAccess> accesses) {
  for (const ThreadAccess &access : accesses) { // reads first
    if (!isPrivate(access.getValue()))
      continue;
    if (access.writes)
      written.insert(access.getValue());
    else if (!written.contains(access.getValue()))
      return op->emitOpError("reads memory of the thread's own that it has not "
                             "written");
  }
  return success();
}

LogicalResult RaceFinder::verifyPair(ComputeOpInterface earlier,
                                     ArrayRef<ThreadAccess> before,
                                     ComputeOpInterface later,
                                     ArrayRef<ThreadAccess> after) const {
  for (const ThreadAccess &first : before)
    for (const ThreadAccess &second : after) {
      if (!isRace(first, second))
        continue;
      InFlightDiagnostic diagnostic = later->emitOpError()
                                      << (second.writes ? "writes" : "reads")
                                      << " what another thread "
                                      << (first.writes ? "writes" : "reads")
                                      << " with no barrier between them";
      diagnostic.attachNote(earlier->getLoc()) << "the other operation";
      return diagnostic;
    }
  return success();
}

LogicalResult RaceFinder::verify(func::FuncOp function) {
  if (!function.getBody().getOps<PhaseOp>().empty())
    return emitBriefError(function) << "expects barriers instead of phases: run ignis-schedule";
  if (failed(getPhases(function)) || failed(collectSlices(function)))
    return failure();

  LogicalResult result = success();
  SmallVector<std::pair<ComputeOpInterface, SmallVector<ThreadAccess>>> since;
  for (Operation &op : function.front()) {
    if (isBarrier(&op))
      since.clear();
    auto compute = dyn_cast<ComputeOpInterface>(op);
    if (!compute)
      continue;
    SmallVector<ThreadAccess> accesses = getThreadAccesses(compute);
    if (failed(verifyAlone(compute, accesses)) ||
        failed(verifyPrivate(compute, accesses)))
      result = failure();
    for (auto &[earlier, before] : since)
      if (failed(verifyPair(earlier, before, compute, accesses))) {
        result = failure();
        break;
      }
    since.emplace_back(compute, std::move(accesses));
  }
  return result;
}

namespace {
struct VerifySchedule final : ignis::impl::VerifyScheduleBase<VerifySchedule> {
  using VerifyScheduleBase::VerifyScheduleBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (failed(checkMaxTokens(function, maxTokens)))
      return signalPassFailure();
    function.walk([&](ComputeOpInterface) { ++numOps; });
    if (computesActivations(function) &&
        failed(RaceFinder(maxTokens).verify(function)))
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
