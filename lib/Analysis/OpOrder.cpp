//===- OpOrder.cpp - The order that keeps least alive ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/OpOrder.h"

#include "OrderProblem.h"

#include "llvm/ADT/DenseSet.h"

#include <queue>

using namespace mlir;
using namespace ignis;
using llvm::BitVector;

/// Bytes alive while `op` runs after those of `done`, results in place as far
/// as can be, given the bytes alive before, which become those afterwards.
static int64_t run(const OrderProblem &problem, size_t op,
                   const BitVector &done, int64_t &live) {
  OrderProblem::Step step = problem.getStep(op, done);
  live += step.bornBytes;
  int64_t atOp = live - problem.getBytes(problem.choose(step.replaceable));
  live -= step.dyingBytes;
  return atOp;
}

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
      next.peak = std::max(state.peak, run(problem, op, state.done, next.live));
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
    peak = std::max(peak, run(problem, op, done, live));
    done.set(op);
  }
  return peak;
}
