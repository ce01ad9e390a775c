//===- VerifyMemoryPlan.cpp - Reject overlapping live buffers -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Knows nothing of the planner: live ranges are taken from the operations,
// places from the views.
//
//===----------------------------------------------------------------------===//

#include "VerifyMinimal.h"

#include "ignis/Analysis/Phases.h"
#include "ignis/Analysis/Storage.h"
#include "ignis/Analysis/ThreadAccess.h"
#include "ignis/Transforms/Passes.h"

namespace ignis {
#define GEN_PASS_DEF_VERIFYMEMORYPLAN
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
struct Use {
  size_t phase;
  size_t op; // in program order
  ComputeOpInterface by;
  ThreadAccess access;
};

/// A view and everything that happens to it.
struct Placed {
  memref::ViewOp view;
  Slice slice;
  SmallVector<Use> uses;
  size_t lastPhase = 0;
};

class PlanVerifier {
public:
  PlanVerifier(func::FuncOp function, int64_t maxTokens)
      : function(function), maxTokens(maxTokens) {}

  LogicalResult verify();

private:
  LogicalResult collectViews();
  LogicalResult collectUses();
  LogicalResult verifyView(const Placed &placed) const;
  LogicalResult verifyPair(Placed &a, Placed &b) const;
  bool isInPlace(Placed &dying, Placed &born) const;
  /// In program order, with those that nothing uses.
  SmallVector<Place> getPlaces();

  func::FuncOp function;
  int64_t maxTokens;
  SmallVector<LinearForm> arena;
  SmallVector<Placed> views;
};
} // namespace

LogicalResult PlanVerifier::collectViews() {
  FailureOr<SmallVector<LinearForm>> size = getArenaSize(function);
  if (failed(size))
    return failure();
  arena = std::move(*size);
  if (function.getNumArguments() == 0)
    return emitBriefError(function) << "expects an arena as its last argument";
  Value last = function.getArguments().back();

  WalkResult result = function.walk([&](Operation *op) {
    if (isa<memref::AllocOp>(op)) {
      op->emitOpError("was left out of the arena");
      return WalkResult::interrupt();
    }
    auto view = dyn_cast<memref::ViewOp>(op);
    if (!view)
      return WalkResult::advance();
    if (view.getSource() != last) {
      view.emitOpError("expects a view of the arena, the last argument");
      return WalkResult::interrupt();
    }
    FailureOr<Slice> slice = getSlice(view);
    if (failed(slice))
      return WalkResult::interrupt();
    views.push_back({view, *slice, {}, 0});
    return WalkResult::advance();
  });
  return failure(result.wasInterrupted());
}

LogicalResult PlanVerifier::collectUses() {
  FailureOr<SmallVector<Phase>> phases = getPhases(function);
  if (failed(phases))
    return failure();
  DenseMap<Value, size_t> indexOf;
  for (auto [index, placed] : llvm::enumerate(views))
    indexOf[placed.view] = index;

  size_t count = 0;
  for (auto [number, phase] : llvm::enumerate(*phases))
    for (ComputeOpInterface op : phase) {
      for (const ThreadAccess &access : getThreadAccesses(op))
        if (auto it = indexOf.find(access.getValue()); it != indexOf.end()) {
          views[it->second].uses.push_back({number, count, op, access});
          views[it->second].lastPhase = number;
        }
      ++count;
    }
  for (Value value : function.front().getTerminator()->getOperands())
    if (auto it = indexOf.find(value); it != indexOf.end())
      views[it->second].lastPhase = phases->size();
  return success();
}

LogicalResult PlanVerifier::verifyView(const Placed &placed) const {
  memref::ViewOp view = placed.view;
  // The arena bends where its forms cross, so its ends alone say too little.
  for (int64_t tokens : breakpoints(upperEnvelope(arena, maxTokens), maxTokens))
    if (placed.slice.end().at(tokens) > maximumAt(arena, tokens))
      return view.emitOpError("ends at byte ")
             << placed.slice.end().at(tokens) << " of an arena of "
             << maximumAt(arena, tokens) << " for " << tokens << " tokens";
  if (placed.uses.empty() || placed.uses.front().access.writes)
    return success();
  ComputeOpInterface reader = placed.uses.front().by;
  InFlightDiagnostic diagnostic =
      reader->emitOpError("reads a buffer that nothing has written");
  diagnostic.attachNote(view.getLoc()) << "the buffer";
  return diagnostic;
}

/// Whether `born` may stand where `dying` stands: every element is read for the
/// last time by the thread that then writes it.
bool PlanVerifier::isInPlace(Placed &dying, Placed &born) const {
  const Use &birth = born.uses.front();
  if (!(dying.slice.offset == born.slice.offset) ||
      dying.view.getType() != born.view.getType() ||
      dying.lastPhase != birth.phase)
    return false;
  return llvm::all_of(dying.uses, [&](const Use &use) {
    if (use.phase != birth.phase)
      return true;
    return (use.op < birth.op ||
            (use.op == birth.op && use.access.part == Part::Own)) &&
           use.access.footprint.staysWithThread(birth.access.footprint);
  });
}

SmallVector<Place> PlanVerifier::getPlaces() {
  SmallVector<size_t> byBirth;
  for (auto [index, placed] : llvm::enumerate(views))
    if (!placed.uses.empty())
      byBirth.push_back(index);
  llvm::sort(byBirth, [&](size_t a, size_t b) {
    return std::pair(views[a].uses.front().op, a) <
           std::pair(views[b].uses.front().op, b);
  });
  // The first view in the same place.
  SmallVector<size_t> leader(
      llvm::to_vector(llvm::seq<size_t>(0, views.size())));
  for (auto [number, born] : llvm::enumerate(byBirth))
    for (size_t dying : ArrayRef(byBirth).take_front(number))
      if (isInPlace(views[dying], views[born]))
        leader[born] = leader[dying];

  SmallVector<Place> places;
  DenseMap<size_t, size_t> indexOf;
  for (auto [index, placed] : llvm::enumerate(views)) {
    int64_t first = placed.uses.empty() ? 0 : placed.uses.front().phase;
    auto [it, isNew] = indexOf.try_emplace(leader[index], places.size());
    if (isNew)
      places.push_back({placed.slice.size, first, first});
    Place &place = places[it->second];
    place.first = std::min(place.first, first);
    place.last = std::max(place.last, int64_t(placed.lastPhase));
  }
  return places;
}

LogicalResult PlanVerifier::verifyPair(Placed &a, Placed &b) const {
  if (areDisjoint(a.slice, b.slice, maxTokens))
    return success();
  size_t begin = std::max(a.uses.front().phase, b.uses.front().phase);
  size_t end = std::min(a.lastPhase, b.lastPhase);
  if (begin > end || isInPlace(a, b) || isInPlace(b, a))
    return success();

  ComputeOpInterface writer = b.uses.front().by;
  InFlightDiagnostic diagnostic =
      b.view.emitOpError("overlaps a buffer that is alive in phase ") << begin;
  diagnostic.attachNote(a.view.getLoc())
      << "the other, at " << toString(a.slice.offset) << " to "
      << toString(a.slice.end()) << ", where this one is at "
      << toString(b.slice.offset) << " to " << toString(b.slice.end());
  diagnostic.attachNote(writer->getLoc()) << "this one is written here first";
  return diagnostic;
}

LogicalResult PlanVerifier::verify() {
  if (failed(collectViews()) || failed(collectUses()))
    return failure();
  LogicalResult result = success();
  for (const Placed &placed : views)
    if (failed(verifyView(placed)))
      result = failure();
  if (failed(result))
    return failure();

  SmallVector<Place> places = getPlaces();

  // Only those that start before another ends can meet it.
  llvm::erase_if(views,
                 [](const Placed &placed) { return placed.uses.empty(); });
  llvm::sort(views, [](const Placed &a, const Placed &b) {
    return a.uses.front().op < b.uses.front().op;
  });
  for (size_t i = 0; i < views.size(); ++i)
    for (size_t j = i + 1;
         j < views.size() && views[j].uses.front().phase <= views[i].lastPhase;
         ++j)
      if (failed(verifyPair(views[i], views[j])))
        result = failure();
  return succeeded(result) ? verifyMinimal(function, places, arena, maxTokens)
                           : result;
}

namespace {
struct VerifyMemoryPlan final
    : ignis::impl::VerifyMemoryPlanBase<VerifyMemoryPlan> {
  using VerifyMemoryPlanBase::VerifyMemoryPlanBase;

  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (failed(checkMaxTokens(function, maxTokens)))
      return signalPassFailure();
    function.walk([&](memref::ViewOp) { ++numViews; });
    if (computesActivations(function) &&
        failed(PlanVerifier(function, maxTokens).verify()))
      return signalPassFailure();
    markAllAnalysesPreserved();
  }
};
} // namespace
