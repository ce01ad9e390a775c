//===- EmbeddingsTest.cpp - The entry that gives states -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model whose head is the identity has the final norm's rows for logits: those
// of @forward, which knows no states, are what @embed must give.
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Compiler.h"
#include "ignis/Engine/Executor.h"
#include "ignis/Model/Synthesize.h"
#include "ignis/Support/Random.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdio>
#include <fstream>
#include <iterator>

#include <unistd.h>

using namespace ignis;

namespace {

using Tokens = std::vector<int32_t>;
using Rows = std::vector<std::vector<float>>; ///< by position

constexpr int64_t width = 64;

class Embeddings : public testing::Test {
protected:
  void TearDown() override { std::remove(path.c_str()); }

  void makeModel(const char *recipe, const char *shape) {
    path = testing::TempDir() + std::to_string(getpid()) +
           "-ignis-embeddings.gguf";
    ModelConfig config = *parseShape(shape);
    config.context_length = 300;
    ASSERT_TRUE(synthesize(config, *findRecipe(recipe), 3, nullptr, path));
    open();
  }
  void open() {
    Expected<GGUFFile> opened = GGUFFile::open(path);
    ASSERT_TRUE(opened) << opened.error().message;
    file = std::make_unique<GGUFFile>(std::move(*opened));
    description = *ModelDescription::read(*file);
  }
  /// Replaces the head's weights, f32, in the file.
  void makeHeadIdentity() {
    std::ifstream in(path, std::ios::binary);
    std::string bytes((std::istreambuf_iterator<char>(in)), {});
    auto head = description.find("output.weight")->tensor->bytes();
    std::string old(reinterpret_cast<const char *>(head.data()), head.size());
    size_t at = bytes.find(old);
    ASSERT_NE(at, std::string::npos);
    std::vector<float> identity(width * width);
    for (size_t i = 0; i != width; ++i)
      identity[i * width + i] = 1;
    ASSERT_EQ(head.size(), identity.size() * sizeof(float));
    bytes.replace(at, old.size(),
                  reinterpret_cast<const char *>(identity.data()), old.size());
    std::ofstream(path, std::ios::binary) << bytes;
    open();
  }
  void compile(const char *isa, bool embeddings = true) {
    CompileOptions options;
    options.isa = isa;
    options.maxTokens = 96;
    options.embeddings = embeddings;
    auto compiled = CompiledProgram::compile({&description, "", ""}, options);
    ASSERT_TRUE(compiled) << compiled.error().message;
    model.reset();
    program = std::make_unique<CompiledProgram>(std::move(*compiled));
    auto created = Model::create(*file, description, *program->get());
    ASSERT_TRUE(created) << created.error().message;
    model = std::move(*created);
    char reason[IGNIS_ERROR_SIZE];
    kernels = ignis_rt_find_kernels(isa, reason);
  }
  Expected<std::unique_ptr<Executor>> makeExecutor(ExecutorOptions options) {
    options.kernels = kernels;
    return Executor::create(*model, options);
  }
  Rows compute(const Tokens &text, const ExecutorOptions &options) {
    auto executor = makeExecutor(options);
    EXPECT_TRUE(executor) << executor.error().message;
    Sequence sequence(**executor);
    Rows rows;
    auto take = [&](const Executor::Row &row) -> Expected<void> {
      rows.emplace_back(row.logits.begin(), row.logits.end());
      return {};
    };
    EXPECT_TRUE((*executor)->feed(sequence, text, 0, take));
    return rows;
  }
  static Tokens makeText(size_t length, uint64_t seed) {
    Random random(seed);
    Tokens text;
    while (text.size() != length)
      text.push_back(static_cast<int32_t>(random.next() % width));
    return text;
  }
  static std::vector<const char *> listKernels() {
    std::vector<const char *> names;
    bool available;
    for (int i = 0; const char *isa = ignis_rt_isa_at(i, &available); ++i)
      if (available)
        names.push_back(isa);
    return names;
  }

  std::string path;
  std::unique_ptr<GGUFFile> file;
  ModelDescription description;
  std::unique_ptr<CompiledProgram> program;
  std::unique_ptr<Model> model;
  const ignis_kernels *kernels = nullptr;
};

} // namespace

TEST_F(Embeddings, AreTheRowsBeforeTheHead) {
  makeModel("f32", "2,64,96,2,1,64,0");
  makeHeadIdentity();
  Tokens text = makeText(150, 1);
  for (const char *isa : listKernels()) {
    compile(isa);
    Rows logits = compute(text, {.batch = 96, .threads = 1});
    ASSERT_EQ(logits.size(), text.size());
    EXPECT_EQ(compute(text, {.batch = 96, .threads = 2, .givesStates = true}),
              logits)
        << isa;
  }
}

TEST_F(Embeddings, AreTheSameHoweverTheyAreComputed) {
  makeModel("q8_0", "qwen3:2,64,96,2,1,80,1,32");
  Tokens text = makeText(150, 2), other = makeText(40, 3);
  compile("scalar");
  const Rows expected = compute(text, {.threads = 1, .givesStates = true});
  ASSERT_EQ(expected.size(), text.size());
  ASSERT_EQ(expected[0].size(), size_t{width});
  for (const char *isa : listKernels()) {
    compile(isa);
    for (int64_t batch : {1, 7, 96})
      EXPECT_EQ(compute(text, {.batch = batch,
                               .threads = static_cast<int>(batch % 3) + 1,
                               .givesStates = true}),
                expected)
          << isa << ", " << batch;
    // Beside another text, of which the first rows are not asked for.
    auto executor = makeExecutor({.positions = 600, .threads = 2,
                                  .givesStates = true});
    ASSERT_TRUE(executor);
    Sequence first(**executor), second(**executor);
    Executor::Feed feeds[] = {{&first, std::span(other).first(20), 15},
                              {&second, std::span(text).first(70), 0}};
    size_t count = 0;
    auto take = [&](const Executor::Row &row) -> Expected<void> {
      ++count;
      if (row.feed == 1) {
        EXPECT_TRUE(std::ranges::equal(
            row.logits, expected[static_cast<size_t>(row.position)]));
      }
      return {};
    };
    ASSERT_TRUE((*executor)->run(feeds, take));
    EXPECT_EQ(count, 75u);
  }
}

TEST_F(Embeddings, NeedAnEntryForThem) {
  makeModel("q8_0", "2,64,96,2,1,80,1");
  compile("scalar", /*embeddings=*/false);
  EXPECT_EQ(model->embed(), nullptr);
  auto refused = makeExecutor({.givesStates = true});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().message,
            "the program has no entry for states: expected one that was "
            "compiled with --embeddings");
}
