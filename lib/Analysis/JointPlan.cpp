//===- JointPlan.cpp - Order, choices and offsets together ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Analysis/JointPlan.h"

#include "OrderProblem.h"

#include "ignis/Analysis/OpOrder.h"

#include <limits>
#include <numeric>

using namespace mlir;
using namespace ignis;
using llvm::BitVector;

namespace {
/// Buffers that share a place as one block, whose times are operations in their
/// new order.
struct Classes {
  SmallVector<size_t> classOf; // by buffer
  SmallVector<ignis::Block> blocks;
};
} // namespace

static Classes getClasses(const Liveness &liveness, int64_t tokens,
                          const JointPlan &plan) {
  SmallVector<size_t> placeOf(plan.order.size());
  for (auto [place, op] : llvm::enumerate(plan.order))
    placeOf[op] = place;
  // A buffer is taken over after it took over another, so pairs come in order.
  SmallVector<size_t> leader(liveness.getBuffers().size());
  std::iota(leader.begin(), leader.end(), size_t(0));
  for (auto [dying, born] : plan.inPlace)
    leader[born] = leader[dying];

  Classes classes;
  DenseMap<size_t, size_t> indexOf;
  for (auto [index, buffer] : llvm::enumerate(liveness.getBuffers())) {
    ignis::Block block{buffer.size.at(tokens),
                       std::numeric_limits<int64_t>::max(), 0};
    for (const BufferUse &use : buffer.uses) {
      block.first = std::min<int64_t>(block.first, placeOf[use.op]);
      block.last = std::max<int64_t>(block.last, placeOf[use.op]);
    }
    if (buffer.uses.empty())
      block.first = 0;
    if (buffer.returned)
      block.last = std::max<int64_t>(plan.order.size(), 1) - 1;
    auto [it, isNew] =
        indexOf.try_emplace(leader[index], classes.blocks.size());
    classes.classOf.push_back(it->second);
    if (isNew) {
      classes.blocks.push_back(block);
      continue;
    }
    ignis::Block &whole = classes.blocks[it->second];
    whole.first = std::min(whole.first, block.first);
    whole.last = std::max(whole.last, block.last);
  }
  return classes;
}

std::optional<JointPlan> ignis::planJointly(const Liveness &liveness,
                                            int64_t tokens, int64_t budget) {
  std::optional<OpOrder> order = findBestOrder(liveness, tokens, budget);
  if (!order)
    return std::nullopt;
  JointPlan plan;
  plan.order = order->order;
  plan.proven = order->peak;

  OrderProblem problem(liveness, tokens);
  BitVector done(problem.size());
  for (size_t op : plan.order) {
    plan.inPlace.append(problem.choose(problem.getStep(op, done).replaceable));
    done.set(op);
  }
  Classes classes = getClasses(liveness, tokens, plan);
  Placed placed = findPlacement(classes.blocks, budget);
  plan.height = getHeight(classes.blocks, placed.offsets);
  for (size_t index : classes.classOf)
    plan.offsets.push_back(placed.offsets[index]);
  return plan;
}
