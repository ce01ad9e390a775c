//===- Qwen3.cpp - What files of Qwen3 (dense) say ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Yang et al., 2025 (arXiv:2505.09388).
//
//===----------------------------------------------------------------------===//

#include "ModelFamily.h"

using namespace ignis;

/// Heads are as wide as the file says, whatever the width.
static bool readHeads(ModelKeys &keys, ModelConfig &config) {
  config.head_dim = config.shareOfWidth();
  return keys.readSizeIfAny("attention.key_length", config.head_dim) &&
         keys.expectSize("attention.value_length", config.head_dim,
                         "the elements of a key");
}

static void complete(ModelConfig &config) { config.qk_norm = true; }

static constexpr ShapePreset presets[] = {
    {"qwen3-0.6b", {28, 1024, 3072, 16, 8, 151936, 1, 128}},
    {"qwen3-1.7b", {28, 2048, 6144, 16, 8, 151936, 1, 128}},
    {"qwen3-4b", {36, 2560, 9728, 32, 8, 151936, 1, 128}},
    {"qwen3-8b", {36, 4096, 12288, 32, 8, 151936, 0, 128}},
    {"qwen3-14b", {40, 5120, 17408, 40, 8, 151936, 0, 128}},
    {"qwen3-32b", {64, 5120, 25600, 64, 8, 151936, 0, 128}},
};

const ModelFamily ignis::Qwen3Family = {
    .architecture = "qwen3",
    .name = "Qwen3",
    .read = readHeads,
    .complete = complete,
    .presets = presets,
};
