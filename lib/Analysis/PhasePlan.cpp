//===- PhasePlan.cpp - Which operations need no barrier -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/PhasePlan.h"

#include "llvm/ADT/STLExtras.h"
#include "llvm/ADT/SetVector.h"
#include "llvm/Support/MathExtras.h"

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
    SmallVector<size_t> joined; // their groups
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

  bool oneToken;
  SmallVector<PlacedOp> plan;
  DenseMap<Value, int64_t> writeCounts;
  llvm::DenseSet<Value> neededAcross;
  llvm::DenseSet<Value> copies; // every thread has one
  /// Accesses of what has been placed, by buffer or cache.
  DenseMap<Value, SmallVector<Earlier, 4>> history;
  SmallVector<ColumnGroup> groups;
  SmallVector<size_t> groupOf; // by operation; of those divided by columns
};
} // namespace

PhasePlanner::PhasePlanner(ArrayRef<ComputeOpInterface> ops, bool oneToken)
    : oneToken(oneToken) {
  for (ComputeOpInterface op : ops)
    plan.push_back({op, nullptr});
  groupOf.resize(plan.size());
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
  bool byColumns = kind == ShareKind::Columns;
  if (byColumns)
    choice.group = makeGroup(op);

  SmallVector<size_t> matching; // by columns, on both sides
  auto share =
      ShareAttr::get(op->getContext(), kind, choice.group.parts * byColumns);
  for (const ThreadAccess &access : getThreadAccesses(op, share)) {
    auto it = history.find(access.getValue());
    if (it == history.end())
      continue;
    for (const auto &[index, before] : it->second) {
      if (!access.meets(before) || (!access.writes && !before.writes))
        continue;
      Footprint::Kind divided = access.footprint.kind;
      bool alike =
          divided == before.footprint.kind && divided != Footprint::Kind::Any;
      bool free = alike || copies.contains(access.getValue());
      choice.phase = std::max(choice.phase, plan[index].phase + !free);
      if (alike && divided == Footprint::Kind::Columns)
        matching.push_back(index);
    }
  }

  for (size_t index : matching) {
    size_t group = groupOf[index];
    if (plan[index].phase != choice.phase ||
        llvm::is_contained(choice.joined, group))
      continue;
    if (!join(choice.group, groups[group]))
      return {kind, choice.phase + 1, makeGroup(op), {}};
    choice.joined.push_back(group);
  }
  return choice;
}

void PhasePlanner::place(size_t index, Choice choice) {
  PlacedOp &placed = plan[index];
  placed.phase = choice.phase;
  int64_t parts = 0;
  if (choice.kind == ShareKind::Columns) {
    parts = choice.group.parts;
    groupOf[index] = groups.size();
    for (size_t &group : groupOf)
      if (llvm::is_contained(choice.joined, group))
        group = groups.size();
    groups.push_back(std::move(choice.group));
  }
  placed.share = ShareAttr::get(placed.op->getContext(), choice.kind, parts);
  for (const ThreadAccess &access :
       getThreadAccesses(placed.op, placed.share)) {
    history[access.getValue()].push_back({index, access});
    if (access.writes && choice.kind == ShareKind::Replicated)
      copies.insert(access.getValue());
  }
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
  // Groups may have grown since their first members were placed.
  for (auto [placed, group] : llvm::zip(plan, groupOf))
    if (placed.share.getKind() == ShareKind::Columns)
      placed.share = ShareAttr::get(placed.op->getContext(), ShareKind::Columns,
                                    groups[group].parts);
  return std::move(plan);
}

SmallVector<PlacedOp> ignis::planPhases(ArrayRef<ComputeOpInterface> ops,
                                        bool oneToken) {
  return PhasePlanner(ops, oneToken).run();
}
