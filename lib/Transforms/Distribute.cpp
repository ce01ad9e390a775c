//===- Distribute.cpp - Divide rows of matrices among ranks ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Phase by phase: first the operations that divide their columns alike are told
// whether ranks divide them too, then whatever they read and a rank has not is
// gathered before the phase. O(operations).
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/Phases.h"
#include "ignis/Analysis/RankAccess.h"
#include "ignis/Analysis/ThreadAccess.h"
#include "ignis/Transforms/Passes.h"

#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/MapVector.h"

namespace ignis {
#define GEN_PASS_DEF_DISTRIBUTE
#include "ignis/Transforms/Passes.h.inc"
} // namespace ignis

using namespace mlir;
using namespace ignis;

namespace {
class Distributor {
public:
  Distributor(func::FuncOp function, ArrayRef<Phase> phases);

  LogicalResult run();
  int64_t getGathers() const { return gathers; }

private:
  /// What ranks have of a buffer, and what a gather needs to know of it.
  struct Buffer {
    RankPart part;
    int64_t columns = 0;
    Value selection = {};
  };

  void findHeads();
  void divide(const Phase &phase);
  int64_t chooseUnits(ArrayRef<ComputeOpInterface> alike) const;
  bool canGather(ComputeOpInterface op, int64_t units) const;
  LogicalResult gatherFor(const Phase &phase);
  LogicalResult gather(OpBuilder &builder, Location loc, Value value,
                       bool firstOnly);
  void write(const Phase &phase);

  func::FuncOp function;
  ArrayRef<Phase> phases;
  /// Query heads, by which all that touches the cache is divided; 0 if that
  /// cannot be done everywhere.
  int64_t heads = 0;
  /// In the order in which they were written.
  llvm::MapVector<Value, Buffer> buffers;
  int64_t gathers = 0;
};
} // namespace

Distributor::Distributor(func::FuncOp function, ArrayRef<Phase> phases)
    : function(function), phases(phases) {
  findHeads();
}

static bool touchesCache(ComputeOpInterface op) {
  return op.readsCache() || op.writesCache();
}

/// A rank has the keys and values of its query heads: appending and attending
/// go together, or not at all.
void Distributor::findHeads() {
  for (const Phase &phase : phases)
    for (ComputeOpInterface op : phase) {
      if (!touchesCache(op))
        continue;
      if (!keepsHeadsTogether(op, op.getShareOrDefault())) {
        heads = 0;
        return;
      }
      for (const Access &access : op.getAccesses())
        if (access.isOfCache() && !access.writes)
          heads = op.getColumns() /
                  cast<KVCacheType>(access.getValue().getType()).getHeadDim();
    }
}

//===----------------------------------------------------------------------===//
// Units
//===----------------------------------------------------------------------===//

/// Whether each result can be gathered from `units` of its columns.
bool Distributor::canGather(ComputeOpInterface op, int64_t units) const {
  return llvm::all_of(op.getAccesses(), [&](const Access &access) {
    if (!access.writes || access.isOfCache())
      return true;
    // Elsewhere than where they are computed lie heads, and the best of parts.
    auto type = cast<MemRefType>(access.getValue().getType());
    if (access.part != Part::Own && !op.writesCache() &&
        type.getDimSize(1) != units)
      return false;
    int64_t parts = op.getShareOrDefault().getParts();
    RankPart part = {access.part == Part::Own ? parts : units, units};
    return getUnitWidth(type, getWrittenColumns(op, access), part).has_value();
  });
}

/// Units for operations that divide their columns into the same parts, and pass
/// them on to each other; 0 if all ranks should compute them whole.
int64_t Distributor::chooseUnits(ArrayRef<ComputeOpInterface> alike) const {
  ComputeOpInterface first = alike.front();
  int64_t parts = first.getShareOrDefault().getParts();
  int64_t units = 0, passedOn = 0;
  bool isAlike = true;
  for (ComputeOpInterface op : alike) {
    if (touchesCache(op))
      return heads;
    if (!op.getMatrices().empty())
      units = parts;
    for (const Access &access : op.getAccesses()) {
      auto it = buffers.find(access.getValue());
      if (access.writes || access.part != Part::Own || it == buffers.end() ||
          it->second.part.isWhole())
        continue;
      isAlike &= it->second.part.parts == parts;
      passedOn = it->second.part.units;
    }
  }
  if (units == 0 && isAlike)
    units = passedOn;
  bool fits = units != 0 && llvm::all_of(alike, [&](ComputeOpInterface op) {
                return canGather(op, units);
              });
  return fits ? units : 0;
}

void Distributor::divide(const Phase &phase) {
  llvm::EquivalenceClasses<size_t> alike;
  DenseMap<Value, size_t> touched;
  for (size_t index = 0; index < phase.size(); ++index) {
    ComputeOpInterface op = phase[index];
    if (op.getShareOrDefault().getKind() != ShareKind::Columns)
      continue;
    alike.insert(index);
    for (const ThreadAccess &access : getThreadAccesses(op))
      if (access.footprint.kind == Footprint::Kind::Columns)
        alike.unionSets(
            index, touched.try_emplace(access.getValue(), index).first->second);
  }
  for (const auto *leader : alike) {
    if (!leader->isLeader())
      continue;
    SmallVector<ComputeOpInterface> ops;
    for (size_t index : alike.members(*leader))
      ops.push_back(phase[index]);
    int64_t units = chooseUnits(ops);
    for (ComputeOpInterface op : ops)
      op.setShareAttr(ShareAttr::get(op->getContext(), ShareKind::Columns,
                                     op.getShareOrDefault().getParts(), units));
  }
}

//===----------------------------------------------------------------------===//
// Gathers
//===----------------------------------------------------------------------===//

LogicalResult Distributor::gather(OpBuilder &builder, Location loc, Value value,
                                  bool firstOnly) {
  Buffer &buffer = buffers[value];
  std::optional<int64_t> width = getUnitWidth(cast<MemRefType>(value.getType()),
                                              buffer.columns, buffer.part);
  if (!width)
    return emitError(loc, "expects ranks to have whole columns of what others "
                          "read, got ")
           << buffer.columns << " columns in " << buffer.part.units << " units";
  AllGatherOp::create(builder, loc, value, buffer.selection,
                      static_cast<uint64_t>(buffer.columns),
                      static_cast<uint64_t>(*width), firstOnly);
  buffer.part = {};
  ++gathers;
  return success();
}

LogicalResult Distributor::gatherFor(const Phase &phase) {
  OpBuilder builder(phase.front()->getParentOp());
  for (ComputeOpInterface op : phase)
    for (const Access &access : op.getAccesses()) {
      auto it = buffers.find(access.getValue());
      if (!access.writes && it != buffers.end() &&
          !sufficesFor(it->second.part, op, access) &&
          failed(gather(builder, op.getLoc(), access.getValue(),
                        /*firstOnly=*/false)))
        return failure();
    }
  return success();
}

void Distributor::write(const Phase &phase) {
  for (ComputeOpInterface op : phase)
    for (const Access &access : op.getAccesses())
      if (access.writes && !access.isOfCache())
        buffers[access.getValue()] = {getRankPart(op, access),
                                      getWrittenColumns(op, access),
                                      op.getSelection()};
}

LogicalResult Distributor::run() {
  for (const Phase &phase : phases) {
    divide(phase);
    if (failed(gatherFor(phase)))
      return failure();
    write(phase);
  }
  // The output is rank 0's.
  Operation *end = function.front().getTerminator();
  OpBuilder builder(end);
  for (auto &[value, buffer] : buffers) {
    bool isOutput = isa<BlockArgument>(value) ||
                    llvm::is_contained(end->getOperands(), value);
    if (isOutput && !buffer.part.isWhole() &&
        failed(gather(builder, function.getLoc(), value, /*firstOnly=*/true)))
      return failure();
  }
  return success();
}

//===----------------------------------------------------------------------===//
// Pass
//===----------------------------------------------------------------------===//

/// A phase for each operation, as they are where none was formed.
static void wrap(ArrayRef<Phase> phases) {
  for (const Phase &phase : phases)
    for (ComputeOpInterface op : phase) {
      if (isa<PhaseOp>(op->getParentOp()))
        continue;
      OpBuilder builder(op);
      Block &body = PhaseOp::create(builder, op.getLoc()).getBody().front();
      op->moveBefore(&body, body.end());
    }
}

namespace {
struct Distribute final : ignis::impl::DistributeBase<Distribute> {
  void runOnOperation() override {
    func::FuncOp function = getOperation();
    if (!computesActivations(function))
      return markAllAnalysesPreserved();
    if (isScheduled(function) ||
        !function.getBody().getOps<AllGatherOp>().empty()) {
      emitBriefError(function) << "has barriers or gathers already";
      return signalPassFailure();
    }
    FailureOr<SmallVector<Phase>> phases = getPhases(function);
    if (failed(phases))
      return signalPassFailure();
    wrap(*phases);
    Distributor distributor(function, *phases);
    if (failed(distributor.run()))
      return signalPassFailure();
    numGathers += distributor.getGathers();
  }
};
} // namespace
