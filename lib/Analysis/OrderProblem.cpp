//===- OrderProblem.cpp - What an order of operations bears on ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "OrderProblem.h"

using namespace mlir;
using namespace ignis;
using llvm::BitVector;

OrderProblem::OrderProblem(const Liveness &liveness, int64_t tokens) {
  SmallVector<ComputeOpInterface> ops;
  for (const Phase &phase : liveness.getPhases())
    ops.append(phase.begin(), phase.end());
  predecessors.resize(ops.size());
  usedBy.resize(ops.size());
  replaceable.resize(ops.size());
  addDependences(ops);

  SmallVector<SmallVector<std::pair<size_t, ThreadAccess>>> accesses(
      ops.size());
  for (const Buffer &buffer : liveness.getBuffers()) {
    size_t index = resources.size();
    resources.push_back(
        {buffer.size.at(tokens), buffer.value.getType(), {}, buffer.returned});
    for (const BufferUse &use : buffer.uses) {
      accesses[use.op].emplace_back(index, use.access);
      SmallVector<size_t> &users = resources[index].users;
      if (users.empty() || users.back() != size_t(use.op)) {
        users.push_back(use.op);
        usedBy[use.op].push_back(index);
      }
    }
  }
  for (auto [op, own] : llvm::enumerate(accesses))
    for (const auto &[read, access] : own)
      for (const auto &[written, other] : own)
        if (read != written && !access.writes && other.writes &&
            access.part == Part::Own &&
            access.footprint.staysWithThread(other.footprint) &&
            resources[read].type == resources[written].type)
          replaceable[op].emplace_back(read, written);
}

/// Of two accesses of the same thing, one of them a write, the earlier stays
/// the earlier.
void OrderProblem::addDependences(ArrayRef<ComputeOpInterface> ops) {
  DenseMap<Value, SmallVector<std::pair<size_t, ThreadAccess>>> history;
  for (auto [index, op] : llvm::enumerate(ops))
    for (const ThreadAccess &access : getThreadAccesses(op)) {
      auto &earlier = history[access.getValue()];
      for (const auto &[before, other] : earlier)
        if (before != index && (access.writes || other.writes) &&
            access.meets(other))
          predecessors[index].push_back(before);
      earlier.emplace_back(index, access);
    }
}

OrderProblem::Step OrderProblem::getStep(size_t op,
                                         const BitVector &done) const {
  Step step;
  for (size_t index : usedBy[op]) {
    const Resource &resource = resources[index];
    if (llvm::none_of(resource.users,
                      [&](size_t user) { return done[user]; })) {
      step.born.push_back(index);
      step.bornBytes += resource.size;
    }
    if (!resource.returned && llvm::all_of(resource.users, [&](size_t user) {
          return user == op || done[user];
        })) {
      step.dying.push_back(index);
      step.dyingBytes += resource.size;
    }
  }
  for (Pair pair : replaceable[op])
    if (llvm::is_contained(step.dying, pair.first) &&
        llvm::is_contained(step.born, pair.second))
      step.replaceable.push_back(pair);
  return step;
}

int64_t OrderProblem::getBytes(ArrayRef<Pair> choice) const {
  int64_t bytes = 0;
  for (Pair pair : choice)
    bytes += resources[pair.first].size;
  return bytes;
}

SmallVector<OrderProblem::Pair>
OrderProblem::choose(ArrayRef<Pair> pairs) const {
  if (pairs.empty())
    return {};
  // With the first pair, or without it.
  Pair first = pairs.front();
  SmallVector<Pair> compatible;
  for (Pair pair : pairs.drop_front())
    if (pair.first != first.first && pair.second != first.second)
      compatible.push_back(pair);
  SmallVector<Pair> with = choose(compatible);
  with.push_back(first);
  if (compatible.size() + 1 == pairs.size())
    return with; // it excludes nothing
  SmallVector<Pair> without = choose(pairs.drop_front());
  return getBytes(without) > getBytes(with) ? without : with;
}
