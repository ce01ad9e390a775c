//===- FakeProgram.h - A program whose answers a test sets -----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_ENGINE_FAKEPROGRAM_H
#define IGNIS_TEST_UNIT_ENGINE_FAKEPROGRAM_H

#include "ignis/Model/ModelDescription.h"
#include "ignis/Model/Synthesize.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cstdio>
#include <functional>

#include <unistd.h>

namespace ignis::test {

/// Fits `model`, but computes nothing: the token that `next` gives for a token
/// and its position gets a logit of 10, all others 0. One at a time, since the
/// functions of a program have no state but their arguments.
class FakeProgram {
public:
  struct Call {
    std::vector<int32_t> tokens;
    int64_t position, firstRow;
    bool isSingle; ///< by the entry for one token
    bool operator==(const Call &) const = default;
  };

  explicit FakeProgram(const ModelDescription &model) {
    current = this;
    for (const ModelTensor &tensor : model.tensors)
      weights.push_back(
          {tensor.name.c_str(), tensor.rows, tensor.cols, tensor.type, 0,
           0});
    entries = {
        {"forward", &forward<false>, 0, 3, 1, &arena, 64, 0, 0, 0, 0, 0},
        {"forward_1", &forward<true>, 1, 3, 1, &arena, 64, 0, 0, 0, 0, 0},
    };
    program = {.abi_version = IGNIS_ABI_VERSION,
               .model_hash = static_cast<int64_t>(model.hash),
               .kv_type = IGNIS_TYPE_F16,
               .model = model.config,
               .weight_count = static_cast<int64_t>(weights.size()),
               .weights = weights.data(),
               .entry_count = static_cast<int64_t>(entries.size()),
               .entries = entries.data(),
               .head_units = 0};
  }
  FakeProgram(const FakeProgram &) = delete;
  ~FakeProgram() {
    if (current == this)
      current = nullptr;
  }

  std::function<int32_t(int32_t token, int64_t position)> next =
      [](int32_t token, int64_t) { return token; };
  float best = 10;
  std::vector<Call> calls;
  std::vector<ignis_program_weight> weights;
  std::vector<ignis_entry> entries;
  ignis_program program;

private:
  template <bool isSingle>
  static void forward(const ignis_thread *thread, const int32_t *tokens,
                      const ignis_rows *rows, ignis_kv_cache *cache,
                      float *logits, uint8_t *arena) {
    const int64_t count = rows->count, position = rows->positions[0];
    const int64_t firstRow = count - rows->output_count; ///< of one text
    EXPECT_EQ(reinterpret_cast<uintptr_t>(arena) % 64, 0u);
    EXPECT_NE(cache, nullptr);
    // The last position's angle 0: the table was filled far enough.
    int64_t headDim = current->program.model.head_dim;
    for (int64_t t = 0; t != count; ++t)
      EXPECT_NE(thread->rope[rows->positions[t] * headDim], 0);
    std::fill_n(arena + thread->id * 8, 8, 1);
    if (thread->id != 0)
      return;
    current->calls.push_back(
        {{tokens, tokens + count}, position, firstRow, isSingle});
    int64_t vocab = current->program.model.vocab;
    for (int64_t i = 0; i != rows->output_count; ++i, logits += vocab) {
      int32_t row = rows->outputs[i];
      std::fill_n(logits, vocab, 0.0f);
      logits[current->next(tokens[row], rows->positions[row])] = current->best;
    }
  }

  static inline FakeProgram *current = nullptr;
  ignis_linear arena = {64, 64};
};

/// A random model of 40 tokens and 32 positions.
class TinyModel : public testing::Test {
protected:
  void SetUp() override {
    path = testing::TempDir() + std::to_string(getpid()) + "-ignis-tiny.gguf";
    ModelConfig config = *parseShape("1,64,96,2,1,40,1");
    config.context_length = 32;
    ASSERT_TRUE(synthesize(config, *findRecipe("q8_0"), 1, nullptr, path));
    Expected<GGUFFile> opened = GGUFFile::open(path);
    ASSERT_TRUE(opened) << opened.error().message;
    file = std::make_unique<GGUFFile>(std::move(*opened));
    model = *ModelDescription::read(*file);
    fake = std::make_unique<FakeProgram>(model);
  }
  void TearDown() override { std::remove(path.c_str()); }

  std::string path;
  std::unique_ptr<GGUFFile> file;
  ModelDescription model;
  std::unique_ptr<FakeProgram> fake;
};

} // namespace ignis::test

#endif // IGNIS_TEST_UNIT_ENGINE_FAKEPROGRAM_H
