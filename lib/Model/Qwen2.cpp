//===- Qwen2.cpp - What files of Qwen2 and Qwen2.5 say --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Yang et al., 2024 (arXiv:2407.10671); so are DeepSeek-R1-Distill-Qwen,
// Qwen2.5-Coder, QwQ and other models made from these.
//
//===----------------------------------------------------------------------===//

#include "ModelFamily.h"

using namespace ignis;

/// The heads share the width.
static bool readHeads(ModelKeys &keys, ModelConfig &config) {
  config.head_dim = config.shareOfWidth();
  constexpr std::string_view reason = "embedding by heads";
  return keys.expectSize("attention.key_length", config.head_dim, reason) &&
         keys.expectSize("attention.value_length", config.head_dim, reason);
}

static void complete(ModelConfig &config) { config.qkv_bias = true; }

static constexpr ShapePreset presets[] = {
    {"0.5b", {24, 896, 4864, 14, 2, 151936, 1}},
    {"1.5b", {28, 1536, 8960, 12, 2, 151936, 1}},
    {"3b", {36, 2048, 11008, 16, 2, 151936, 1}},
    {"7b", {28, 3584, 18944, 28, 4, 152064, 0}},
    {"14b", {48, 5120, 13824, 40, 8, 152064, 0}},
    {"32b", {64, 5120, 27648, 40, 8, 152064, 0}},
    {"72b", {80, 8192, 29568, 64, 8, 152064, 0}},
};

const ModelFamily ignis::Qwen2Family = {
    .architecture = "qwen2",
    .name = "Qwen2",
    .read = readHeads,
    .complete = complete,
    .presets = presets,
};
