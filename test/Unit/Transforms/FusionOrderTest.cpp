//===- FusionOrderTest.cpp - In which order do the fusions work? ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All texts of one layer that any sequence of fusion passes leads to are a
// finite graph, whose edges are the passes. What is to know about orders can be
// read from it: python-free-docs/fusion-order.md says what it says.
//
//===----------------------------------------------------------------------===//

#include "SmallModels.h"
#include "ignis/Transforms/Passes.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "gtest/gtest.h"
#include <algorithm>
#include <deque>
#include <map>
#include <numeric>
#include <random>
#include <set>

using namespace mlir;
using namespace ignis;

namespace {

struct Fusion {
  const char *name;
  std::unique_ptr<Pass> (*create)();
};

/// In the order of the pipeline.
const std::vector<Fusion> fusions = {
    {"fuse-rms-norm", createFuseRMSNorm},
    {"fuse-swiglu", createFuseSwiGLU},
    {"share-quantization", createShareQuantization},
    {"fuse-quantize", createFuseQuantize},
    {"group-qkv", createGroupQKV},
    {"fuse-rope-append", createFuseRopeAppend},
    {"fuse-gate-up", createFuseGateUp},
    {"fuse-residual", createFuseResidual},
    {"fuse-argmax", createFuseArgmax},
};

using Order = std::vector<size_t>; ///< indices of fusions
using Pairs = std::set<std::pair<std::string, std::string>>;

Order getPipelineOrder() {
  Order order(fusions.size());
  std::iota(order.begin(), order.end(), 0);
  return order;
}

/// Every text that can be reached, and where each pass leads from it.
class StateGraph {
public:
  StateGraph(TypeChooser chooseType, std::string_view shape) {
    context.disableMultithreading();
    ModelDescription model = getOneLayerModel(chooseType, shape);
    GraphOptions options;
    options.logits = Logits::Argmax;
    add(toText(*buildForward(&context, model, options)));
    for (size_t state = 0; state < texts.size(); ++state)
      for (const Fusion &fusion : fusions)
        next[state].push_back(add(apply(fusion, texts[state])));
  }

  size_t size() const { return texts.size(); }
  size_t getNext(size_t state, size_t fusion) const {
    return next[state][fusion];
  }
  const std::string &getText(size_t state) const { return texts[state]; }

  size_t run(const Order &order, size_t state = 0) const {
    for (size_t fusion : order)
      state = getNext(state, fusion);
    return state;
  }

  bool isFinal(size_t state) const {
    return llvm::all_of(next[state], [&](size_t to) { return to == state; });
  }

private:
  std::string apply(const Fusion &fusion, const std::string &text) {
    auto module = parseSourceString<ModuleOp>(text, &context);
    PassManager manager(&context);
    manager.addNestedPass<func::FuncOp>(fusion.create());
    EXPECT_TRUE(module && succeeded(manager.run(*module))) << fusion.name;
    return toText(*module);
  }

  size_t add(std::string text) {
    auto [known, isNew] = numbers.try_emplace(text, texts.size());
    if (isNew) {
      texts.push_back(std::move(text));
      next.emplace_back();
    }
    return known->second;
  }

  MLIRContext context;
  std::deque<std::string> texts;
  std::deque<std::vector<size_t>> next;
  std::map<std::string, size_t> numbers;
};

/// Pairs of which the first, run first, gives the second something to do that
/// it does not find otherwise.
Pairs findEnabling(const StateGraph &graph) {
  Pairs pairs;
  for (size_t state = 0; state < graph.size(); ++state)
    for (size_t a = 0; a < fusions.size(); ++a)
      for (size_t b = 0; b < fusions.size(); ++b) {
        size_t ab = graph.run({a, b}, state);
        size_t ba = graph.run({b, a}, state);
        // b found more after a if running it once more still finds something.
        if (ab != ba && graph.getNext(ba, b) == ab)
          pairs.emplace(fusions[a].name, fusions[b].name);
      }
  return pairs;
}

/// Pairs that end differently, even if the first is run again.
Pairs findConflicts(const StateGraph &graph) {
  Pairs pairs;
  for (size_t state = 0; state < graph.size(); ++state)
    for (size_t a = 0; a < fusions.size(); ++a)
      for (size_t b = 0; b < fusions.size(); ++b) {
        size_t ab = graph.run({a, b, a, b}, state);
        size_t ba = graph.run({b, a, b, a}, state);
        if (ab != ba)
          pairs.emplace(fusions[a].name, fusions[b].name);
      }
  return pairs;
}

ignis_type chooseQ8(StringRef) { return IGNIS_TYPE_Q8_0; }
ignis_type chooseF32(StringRef) { return IGNIS_TYPE_F32; }
/// Neither q, k and v nor gate and up take the same input.
ignis_type chooseMixed(StringRef name) {
  return name.contains("attn_v") || name.contains("ffn_up") ? IGNIS_TYPE_F16
                                                            : IGNIS_TYPE_Q8_0;
}

/// The types of a model's matrices, and its shape.
using Kind = std::pair<ignis_type (*)(StringRef), const char *>;
constexpr const char *qwen2 = "qwen2:1,64,96,2,1,100,1";
constexpr const char *qwen3 = "qwen3:1,64,96,2,1,100,1,64";

/// Built once for each model.
const StateGraph &getGraph(Kind kind) {
  static std::map<Kind, StateGraph> graphs;
  return graphs.try_emplace(kind, kind.first, kind.second).first->second;
}

class FusionOrder : public testing::TestWithParam<Kind> {
protected:
  const StateGraph &graph = getGraph(GetParam());
};
} // namespace

TEST_P(FusionOrder, ReachesOneEndFromEverywhere) {
  size_t end = graph.run(getPipelineOrder());
  EXPECT_TRUE(graph.isFinal(end));
  for (size_t state = 0; state < graph.size(); ++state)
    if (graph.isFinal(state))
      EXPECT_EQ(state, end) << graph.getText(state);
  EXPECT_TRUE(findConflicts(graph).empty());
  RecordProperty("states", static_cast<int>(graph.size()));
}

TEST_P(FusionOrder, CommutesUnlessOneEnablesTheOther) {
  Pairs enabling = findEnabling(graph);
  for (size_t state = 0; state < graph.size(); ++state)
    for (size_t a = 0; a < fusions.size(); ++a)
      for (size_t b = 0; b < fusions.size(); ++b)
        if (!enabling.contains({fusions[a].name, fusions[b].name}) &&
            !enabling.contains({fusions[b].name, fusions[a].name}))
          EXPECT_EQ(graph.run({a, b}, state), graph.run({b, a}, state))
              << fusions[a].name << ", " << fusions[b].name;
}

TEST_P(FusionOrder, EndsAlikeInRandomOrders) {
  size_t end = graph.run(getPipelineOrder());
  std::mt19937 random(1);
  for (int i = 0; i < 500; ++i) {
    Order order = getPipelineOrder();
    std::shuffle(order.begin(), order.end(), random);
    size_t state = 0;
    while (!graph.isFinal(state))
      state = graph.run(order, state);
    EXPECT_EQ(state, end);
  }
}

TEST_P(FusionOrder, FinishesInOneSweepIfEnablersComeFirst) {
  Pairs enabling = findEnabling(graph);
  size_t end = graph.run(getPipelineOrder());
  Order order = getPipelineOrder();
  int count = 0, finished = 0;
  do {
    std::vector<size_t> place(fusions.size());
    for (size_t i = 0; i < order.size(); ++i)
      place[order[i]] = i;
    bool enablersFirst = true;
    for (size_t a = 0; a < fusions.size(); ++a)
      for (size_t b = 0; b < fusions.size(); ++b)
        if (enabling.contains({fusions[a].name, fusions[b].name}))
          enablersFirst &= place[a] < place[b];
    EXPECT_EQ(graph.run(order) == end, enablersFirst);
    finished += enablersFirst;
    ++count;
  } while (std::next_permutation(order.begin(), order.end()));
  EXPECT_EQ(count, 362880);
  RecordProperty("orders that finish in one sweep", finished);
}

INSTANTIATE_TEST_SUITE_P(OfQ8, FusionOrder,
                         testing::Values(Kind(chooseQ8, qwen2)));
INSTANTIATE_TEST_SUITE_P(OfF32, FusionOrder,
                         testing::Values(Kind(chooseF32, qwen2)));
INSTANTIATE_TEST_SUITE_P(OfMixed, FusionOrder,
                         testing::Values(Kind(chooseMixed, qwen2)));
INSTANTIATE_TEST_SUITE_P(OfQwen3, FusionOrder,
                         testing::Values(Kind(chooseQ8, qwen3)));

TEST(FusionOrderOfQ8, IsDecidedByWhatEnablesWhat) {
  Pairs expected = {
      {"fuse-rms-norm", "fuse-quantize"},
      {"fuse-swiglu", "fuse-quantize"},
      {"fuse-swiglu", "fuse-gate-up"},
      {"share-quantization", "fuse-quantize"},
      {"group-qkv", "fuse-rope-append"},
  };
  EXPECT_EQ(findEnabling(getGraph({chooseQ8, qwen2})), expected);
}

TEST(FusionOrderOfF32, IsDecidedByWhatEnablesWhat) {
  Pairs expected = {
      {"fuse-swiglu", "fuse-gate-up"},
      {"group-qkv", "fuse-rope-append"},
  };
  EXPECT_EQ(findEnabling(getGraph({chooseF32, qwen2})), expected);
}

/// Norms of heads are fused into `qkv` as what the first pass makes of them.
TEST(FusionOrderOfQwen3, IsDecidedByWhatEnablesWhat) {
  Pairs expected = {
      {"fuse-rms-norm", "fuse-quantize"},
      {"fuse-rms-norm", "fuse-rope-append"},
      {"fuse-swiglu", "fuse-quantize"},
      {"fuse-swiglu", "fuse-gate-up"},
      {"share-quantization", "fuse-quantize"},
      {"group-qkv", "fuse-rope-append"},
  };
  EXPECT_EQ(findEnabling(getGraph({chooseQ8, qwen3})), expected);
}
