//===- PhasePlan.cpp - Which operations need no barrier -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/PhasePlan.h"

#include "llvm/ADT/EquivalenceClasses.h"
#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/Debug.h"
#include "llvm/Support/MathExtras.h"

#define DEBUG_TYPE "ignis-phase-plan"

using namespace mlir;
using namespace ignis;

//===----------------------------------------------------------------------===//
// Groups that divide their columns alike
//===----------------------------------------------------------------------===//

namespace {
/// Operations that divide their columns into the same number of parts, so that
/// the thread that writes an element is the one that reads it next.
struct ColumnGroup {
  /// Columns and granularity of every member.
  llvm::SmallSetVector<std::pair<int64_t, int64_t>, 4> members;
  int64_t parts = 1;
};
} // namespace

/// The finest division into at most `most` parts that leaves none empty and
/// keeps together what any member needs together.
static int64_t findParts(const ColumnGroup &group, int64_t most) {
  auto fits = [&](int64_t parts) {
    return llvm::all_of(group.members, [&](auto member) {
      auto [columns, granularity] = member;
      int64_t part = ShareAttr::getPartColumns(columns, parts);
      return part % granularity == 0 &&
             llvm::divideCeil(columns, part) == uint64_t(parts);
    });
  };
  int64_t parts = most;
  while (parts > 1 && !fits(parts))
    --parts;
  return parts;
}

static ColumnGroup makeGroup(ComputeOpInterface op) {
  ColumnGroup group;
  group.members.insert({op.getColumns(), op.getColumnGranularity()});
  group.parts = findParts(group, op.getFinestParts());
  return group;
}

/// Adds `other` to `group`, unless that would leave to one thread what several
/// could share.
static bool join(ColumnGroup &group, const ColumnGroup &other) {
  ColumnGroup both = group;
  both.members.insert_range(other.members);
  int64_t most = std::min(group.parts, other.parts);
  both.parts = findParts(both, most);
  if (both.parts == 1 && most > 1)
    return false;
  group = std::move(both);
  return true;
}

//===----------------------------------------------------------------------===//
// Planner
//===----------------------------------------------------------------------===//

namespace {
class PhasePlanner {
public:
  PhasePlanner(ArrayRef<ComputeOpInterface> ops, bool oneToken);
  SmallVector<PlacedOp> run() &&;

private:
  /// What a kind of share leads to.
  struct Choice {
    ShareKind kind;
    int64_t phase = 0;
    ColumnGroup group;          // by columns: the operation and those it joins
    SmallVector<size_t> joined; // an operation of each group that it joins
  };
  struct Earlier {
    size_t op;
    ThreadAccess access;
  };

  void findNeededAcross();
  bool isNeededAcross(ComputeOpInterface op) const;
  SmallVector<ShareKind> getKinds(ComputeOpInterface op) const;
  Choice evaluate(ComputeOpInterface op, ShareKind kind) const;
  void place(size_t index, Choice choice);
  ShareAttr getShare(size_t index) const;

  bool oneToken;
  SmallVector<PlacedOp> plan;
  DenseMap<Value, int64_t> writeCounts;
  llvm::DenseSet<Value> neededAcross;
  llvm::DenseSet<Value> copies; // every thread has one
  /// Accesses of what has been placed, by buffer or cache.
  DenseMap<Value, SmallVector<Earlier, 4>> history;
  SmallVector<ShareKind> kinds; // of what has been placed
  /// Operations that divide their columns alike; the group of each leader.
  llvm::EquivalenceClasses<size_t> alike;
  DenseMap<size_t, ColumnGroup> groups;
};
} // namespace

PhasePlanner::PhasePlanner(ArrayRef<ComputeOpInterface> ops, bool oneToken)
    : oneToken(oneToken) {
  for (ComputeOpInterface op : ops)
    plan.push_back({op, nullptr});
}

/// What is touched under a share of this kind, its parts not decided yet.
static SmallVector<ThreadAccess> getAccessesBy(ShareKind kind,
                                               ComputeOpInterface op) {
  return getThreadAccesses(
      op, ShareAttr::get(op->getContext(), kind, kind == ShareKind::Columns));
}

/// Backwards: a value crosses threads if it is read by rows or as a whole, or
/// if it only leads to such a value.
void PhasePlanner::findNeededAcross() {
  for (const PlacedOp &placed : llvm::reverse(plan)) {
    bool leadsAcross = canReplicate(placed.op) && isNeededAcross(placed.op);
    for (const ThreadAccess &access : getThreadAccesses(placed.op)) {
      if (access.writes)
        ++writeCounts[access.getValue()];
      else if (access.part != Part::Own || leadsAcross)
        neededAcross.insert(access.getValue());
    }
  }
}

bool PhasePlanner::isNeededAcross(ComputeOpInterface op) const {
  return llvm::any_of(op.getOutsMutable(), [&](OpOperand &out) {
    return neededAcross.contains(out.get());
  });
}

/// The kinds of share that `op` can have, best first. A value that is needed
/// across threads spares a barrier if each computes it for itself.
SmallVector<ShareKind> PhasePlanner::getKinds(ComputeOpInterface op) const {
  SmallVector<ShareKind> kinds;
  if (oneToken && canReplicate(op) && isNeededAcross(op) &&
      writeCounts.lookup(op.getOutsMutable()[0].get()) == 1)
    kinds.push_back(ShareKind::Replicated);
  if (op.getColumnGranularity() != 0)
    kinds.push_back(ShareKind::Columns);
  if (op.canShareTokens())
    kinds.push_back(ShareKind::Tokens);
  return kinds;
}

/// The earliest phase of `op` under this kind of share. A dependence costs no
/// barrier between rows, on what every thread has a copy of, and between
/// columns if both sides can be made to divide them alike.
PhasePlanner::Choice PhasePlanner::evaluate(ComputeOpInterface op,
                                            ShareKind kind) const {
  Choice choice{kind, 0, {}, {}};
  if (kind == ShareKind::Columns)
    choice.group = makeGroup(op);

  SmallVector<size_t> matching; // by columns, on both sides
  for (const ThreadAccess &access : getAccessesBy(kind, op)) {
    auto it = history.find(access.getValue());
    if (it == history.end())
      continue;
    for (const auto &[index, before] : it->second) {
      if (!access.meets(before) || (!access.writes && !before.writes))
        continue;
      Footprint::Kind divided = access.footprint.kind;
      bool dividedAlike =
          divided == before.footprint.kind && divided != Footprint::Kind::Any;
      bool free = dividedAlike || copies.contains(access.getValue());
      choice.phase = std::max(choice.phase, plan[index].phase + !free);
      if (dividedAlike && divided == Footprint::Kind::Columns)
        matching.push_back(index);
    }
  }

  for (size_t index : matching) {
    if (plan[index].phase != choice.phase ||
        llvm::any_of(choice.joined, [&](size_t other) {
          return alike.isEquivalent(index, other);
        }))
      continue;
    if (!join(choice.group, groups.at(alike.getLeaderValue(index))))
      return {kind, choice.phase + 1, makeGroup(op), {}};
    choice.joined.push_back(index);
  }
  return choice;
}

void PhasePlanner::place(size_t index, Choice choice) {
  PlacedOp &placed = plan[index];
  placed.phase = choice.phase;
  kinds.push_back(choice.kind);
  if (choice.kind == ShareKind::Columns) {
    alike.insert(index);
    for (size_t other : choice.joined)
      alike.unionSets(index, other);
    groups[alike.getLeaderValue(index)] = std::move(choice.group);
  }
  for (const ThreadAccess &access : getAccessesBy(choice.kind, placed.op)) {
    history[access.getValue()].push_back({index, access});
    if (access.writes && choice.kind == ShareKind::Replicated)
      copies.insert(access.getValue());
  }
}

/// Once all groups are as large as they get.
ShareAttr PhasePlanner::getShare(size_t index) const {
  int64_t parts = kinds[index] == ShareKind::Columns
                      ? groups.at(alike.getLeaderValue(index)).parts
                      : 0;
  return ShareAttr::get(plan[index].op->getContext(), kinds[index], parts);
}

SmallVector<PlacedOp> PhasePlanner::run() && {
  findNeededAcross();
  for (auto [index, placed] : llvm::enumerate(plan)) {
    std::optional<Choice> best;
    for (ShareKind kind : getKinds(placed.op)) {
      Choice choice = evaluate(placed.op, kind);
      if (!best || choice.phase < best->phase)
        best = std::move(choice);
    }
    place(index, std::move(*best));
  }
  for (auto [index, placed] : llvm::enumerate(plan)) {
    placed.share = getShare(index);
    LLVM_DEBUG(llvm::dbgs()
               << "phase " << placed.phase << ": " << getDisplayName(placed.op)
               << " by " << placed.share << "\n");
  }
  return std::move(plan);
}

SmallVector<PlacedOp> ignis::planPhases(ArrayRef<ComputeOpInterface> ops,
                                        bool oneToken) {
  return PhasePlanner(ops, oneToken).run();
}
