//===- OpOrder.cpp - The order that keeps least alive ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/OpOrder.h"

#include "llvm/ADT/BitVector.h"
#include "llvm/ADT/DenseSet.h"

#include <queue>

using namespace mlir;
using namespace ignis;
using llvm::BitVector;

namespace {
/// What bears on the order: who depends on whom, and who uses which bytes.
class OrderProblem {
public:
  OrderProblem(const Liveness &liveness, int64_t tokens);

  size_t size() const { return predecessors.size(); }
  bool isReady(size_t op, const BitVector &done) const {
    return !done[op] && llvm::all_of(predecessors[op], [&](size_t before) {
      return done[before];
    });
  }
  /// Bytes alive while `op` runs after those of `done`, given the bytes alive
  /// before, which become those alive afterwards.
  int64_t run(size_t op, const BitVector &done, int64_t &live) const;

private:
  struct Resource {
    int64_t size;
    Type type;
    SmallVector<size_t> users;
    bool returned;
  };

  void addDependences(ArrayRef<ComputeOpInterface> ops);

  SmallVector<SmallVector<size_t>> predecessors;
  SmallVector<Resource> resources;
  SmallVector<SmallVector<size_t>> usedBy; // resources, by operation
  /// Pairs of resources of which the second can take the first's place.
  SmallVector<SmallVector<std::pair<size_t, size_t>>> replaceable;
};
} // namespace

OrderProblem::OrderProblem(const Liveness &liveness, int64_t tokens) {
  SmallVector<ComputeOpInterface> ops;
  for (const Phase &phase : liveness.getPhases())
    ops.append(phase.begin(), phase.end());
  predecessors.resize(ops.size());
  usedBy.resize(ops.size());
  replaceable.resize(ops.size());
  addDependences(ops);

  SmallVector<SmallVector<std::pair<size_t, Access>>> accesses(ops.size());
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
            access.scope == ReadScope::Own &&
            access.footprint.staysWithThread(other.footprint) &&
            resources[read].type == resources[written].type)
          replaceable[op].emplace_back(read, written);
}

/// Of two accesses of the same thing, one of them a write, the earlier stays
/// the earlier.
void OrderProblem::addDependences(ArrayRef<ComputeOpInterface> ops) {
  struct History {
    std::optional<size_t> writer;
    SmallVector<size_t> readers; // since
  };
  DenseMap<std::pair<Value, int64_t>, History> histories;
  for (auto [index, op] : llvm::enumerate(ops))
    for (const Access &access : getAccesses(op)) {
      History &history = histories[{access.buffer, access.layer}];
      if (history.writer && *history.writer != index)
        predecessors[index].push_back(*history.writer);
      if (!access.writes) {
        history.readers.push_back(index);
        continue;
      }
      for (size_t reader : history.readers)
        if (reader != index)
          predecessors[index].push_back(reader);
      history = {index, {}};
    }
}

int64_t OrderProblem::run(size_t op, const BitVector &done,
                          int64_t &live) const {
  SmallVector<size_t> born, dying;
  for (size_t index : usedBy[op]) {
    ArrayRef<size_t> users = resources[index].users;
    if (llvm::none_of(users, [&](size_t user) { return done[user]; }))
      born.push_back(index);
    if (!resources[index].returned && llvm::all_of(users, [&](size_t user) {
          return user == op || done[user];
        }))
      dying.push_back(index);
  }

  int64_t atOp = live;
  for (size_t index : born)
    atOp += resources[index].size;
  for (auto [before, after] : replaceable[op]) {
    auto *left = llvm::find(dying, before);
    auto *taker = llvm::find(born, after);
    if (left == dying.end() || taker == born.end())
      continue;
    atOp -= resources[before].size;
    live -= resources[before].size;
    dying.erase(left);
    live += resources[after].size;
    born.erase(taker);
  }
  for (size_t index : born)
    live += resources[index].size;
  for (size_t index : dying)
    live -= resources[index].size;
  return atOp;
}

//===----------------------------------------------------------------------===//
// Search
//===----------------------------------------------------------------------===//

namespace {
/// A set of operations that have run, and how it was reached.
struct State {
  BitVector done;
  int64_t peak;
  int64_t live;
  size_t parent;
  size_t op; // the last
  size_t count;
};

/// Least peak first, then the farthest, then program order.
struct Urgency {
  int64_t peak;
  size_t left;
  size_t index;
  auto operator<=>(const Urgency &) const = default;
};
} // namespace

std::optional<OpOrder> ignis::findBestOrder(const Liveness &liveness,
                                            int64_t tokens, int64_t budget) {
  OrderProblem problem(liveness, tokens);
  size_t count = problem.size();
  std::vector<State> states{{BitVector(count), 0, 0, 0, 0, 0}};
  std::priority_queue<Urgency, std::vector<Urgency>, std::greater<>> queue;
  queue.push({0, count, 0});
  llvm::DenseSet<BitVector> visited;
  OpOrder result;

  while (!queue.empty()) {
    size_t index = queue.top().index;
    queue.pop();
    State state = states[index];
    if (!visited.insert(state.done).second)
      continue;
    if (++result.steps > budget)
      return std::nullopt;
    if (state.count == count) {
      result.peak = state.peak;
      for (; states[index].count != 0; index = states[index].parent)
        result.order.push_back(states[index].op);
      std::reverse(result.order.begin(), result.order.end());
      return result;
    }
    for (size_t op = 0; op < count; ++op) {
      if (!problem.isReady(op, state.done))
        continue;
      State next = state;
      next.peak = std::max(state.peak, problem.run(op, state.done, next.live));
      next.done.set(op);
      next.parent = index;
      next.op = op;
      ++next.count;
      queue.push({next.peak, count - next.count, states.size()});
      states.push_back(std::move(next));
    }
  }
  llvm_unreachable("dependences follow program order");
}

int64_t ignis::getPeak(const Liveness &liveness, int64_t tokens) {
  OrderProblem problem(liveness, tokens);
  BitVector done(problem.size());
  int64_t live = 0, peak = 0;
  for (size_t op = 0; op < problem.size(); ++op) {
    peak = std::max(peak, problem.run(op, done, live));
    done.set(op);
  }
  return peak;
}
