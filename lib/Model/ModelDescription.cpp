//===- ModelDescription.cpp - What a model is, family aside ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelFamily.h"

#include <algorithm>

using namespace ignis;

//===----------------------------------------------------------------------===//
// Families
//===----------------------------------------------------------------------===//

const ModelFamily &ignis::getFamily(Family family) {
  static constexpr const ModelFamily *families[] = {
#define IGNIS_FAMILY(name) &name##Family,
#include "ignis/Model/Families.def"
  };
  return *families[static_cast<size_t>(family)];
}

std::span<const Family> ignis::listFamilies() {
  static constexpr Family families[] = {
#define IGNIS_FAMILY(name) Family::name,
#include "ignis/Model/Families.def"
  };
  return families;
}

std::string_view ignis::getArchitecture(Family family) {
  return getFamily(family).architecture;
}

std::string_view ignis::getName(Family family) {
  return getFamily(family).name;
}

//===----------------------------------------------------------------------===//
// Hyper-parameters
//===----------------------------------------------------------------------===//

ModelConfig ModelConfig::of(Family family) {
  ModelConfig config{};
  config.family = family;
#define IGNIS_ROPE(field, usual, words) config.rope.field = usual;
#include "ignis/Runtime/Hyperparameters.def"
  getFamily(family).complete(config);
  return config;
}

int64_t ModelConfig::shareOfWidth() const {
  return embedding % heads == 0 ? embedding / heads : 0;
}

int64_t ModelConfig::reach() const {
  bool isYaRN = rope.extrapolation != 0;
  double stretched = isYaRN ? rope.original_context * rope.factor : 0;
  constexpr double most = 0x1p53; // and an integer
  return std::max(context_length,
                  static_cast<int64_t>(std::min(stretched, most)));
}

std::string ModelConfig::findMistake() const {
  constexpr int64_t blockElements = 32; // of quantised activations
  if (embedding % blockElements != 0)
    return fmt::format("expected an embedding length that is a multiple of {}, "
                       "found {}",
                       blockElements, embedding);
  if (feed_forward % blockElements != 0)
    return fmt::format("expected a feed-forward length that is a multiple of "
                       "{}, found {}",
                       blockElements, feed_forward);
  if (head_dim == 0)
    return fmt::format("expected heads that divide the embedding length {}, "
                       "found {}",
                       embedding, heads);
  if (heads % kv_heads != 0)
    return fmt::format("expected key/value heads that divide the {} heads, "
                       "found {}",
                       heads, kv_heads);
  if (head_dim != 32 && head_dim != 64 && head_dim != 128)
    return fmt::format("expected heads of 32, 64 or 128 elements, found {}",
                       head_dim);
  return {};
}

std::vector<TensorShape> ignis::listTensors(const ModelConfig &config) {
  int64_t width = config.embedding;
  int64_t queryWidth = config.heads * config.head_dim;
  int64_t keyWidth = config.kv_heads * config.head_dim;
  std::vector<TensorShape> tensors;
  tensors.push_back({"token_embd.weight", config.vocab, width});
  for (int64_t layer = 0; layer != config.layers; ++layer) {
    auto add = [&](std::string_view name, int64_t rows, int64_t cols) {
      tensors.push_back({fmt::format("blk.{}.{}", layer, name), rows, cols});
    };
    auto addProjection = [&](std::string_view name, int64_t rows) {
      add(fmt::format("{}.weight", name), rows, width);
      if (config.qkv_bias)
        add(fmt::format("{}.bias", name), 0, rows);
    };
    add("attn_norm.weight", 0, width);
    addProjection("attn_q", queryWidth);
    addProjection("attn_k", keyWidth);
    addProjection("attn_v", keyWidth);
    if (config.qk_norm) {
      add("attn_q_norm.weight", 0, config.head_dim);
      add("attn_k_norm.weight", 0, config.head_dim);
    }
    add("attn_output.weight", width, queryWidth);
    add("ffn_norm.weight", 0, width);
    add("ffn_gate.weight", config.feed_forward, width);
    add("ffn_up.weight", config.feed_forward, width);
    add("ffn_down.weight", width, config.feed_forward);
  }
  tensors.push_back({"output_norm.weight", 0, width});
  if (!config.tied)
    tensors.push_back({"output.weight", config.vocab, width});
  return tensors;
}

const ModelTensor *ModelDescription::find(std::string_view name) const {
  auto it = std::ranges::find(tensors, name, &ModelTensor::name);
  return it == tensors.end() ? nullptr : &*it;
}
