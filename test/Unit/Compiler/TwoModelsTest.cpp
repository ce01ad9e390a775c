//===- TwoModelsTest.cpp - Models at work beside one another --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Two models of one process, each compiled, packed and run by a thread of its
// own, with other kernels, give what each gives alone.
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Compiler.h"
#include "ignis/Engine/Executor.h"
#include "ignis/Model/Synthesize.h"

#include <gtest/gtest.h>

#include <bit>
#include <cstdio>
#include <thread>

#include <unistd.h>

using namespace ignis;

namespace {

struct Setting {
  const char *shape;
  const char *recipe;
  const char *isa; ///< null: the best
};

/// A model from its file to the tokens it writes.
class Writer {
public:
  Writer(const Setting &setting, uint64_t seed)
      : setting(setting),
        path(testing::TempDir() + "ignis-two-" + std::to_string(getpid()) +
             "-" + std::to_string(seed) + ".gguf") {
    EXPECT_TRUE(synthesize(*parseShape(setting.shape),
                           *findRecipe(setting.recipe), seed, nullptr, path));
  }
  ~Writer() { std::remove(path.c_str()); }
  Writer(const Writer &) = delete;

  /// All logits on the way, as the tokens they lead to and their bits.
  std::vector<uint32_t> write() const {
    std::vector<uint32_t> written;
    char reason[IGNIS_ERROR_SIZE];
    const ignis_kernels *kernels = ignis_rt_find_kernels(setting.isa, reason);
    auto file = GGUFFile::open(path);
    auto description = ModelDescription::read(*file);
    CompileOptions options;
    options.objectDirectory = "";
    options.isa = ignis_rt_kernels_name(kernels);
    auto program = CompiledProgram::compile({&*description, "", ""}, options);
    EXPECT_TRUE(program) << program.error().message;
    auto model = Model::create(*file, *description, *program->get());
    EXPECT_TRUE(model) << model.error().message;
    auto executor = Executor::create(
        **model, {.threads = 2, .kernels = kernels, .pack = PackPolicy::Auto});
    EXPECT_TRUE(executor) << executor.error().message;

    Sequence text(**executor);
    std::vector<int32_t> tokens = {1, 2, 3, 4, 5};
    for (int step = 0; step != 40; ++step) {
      auto sink = [&](const Executor::Row &row) -> Expected<void> {
        tokens = {row.likeliest()};
        for (float logit : row.logits)
          written.push_back(std::bit_cast<uint32_t>(logit));
        return {};
      };
      auto fed = (*executor)->feed(
          text, tokens, static_cast<int64_t>(tokens.size()) - 1, sink);
      EXPECT_TRUE(fed) << fed.error().message;
    }
    EXPECT_TRUE((*model)->isPacked());
    return written;
  }

private:
  const Setting setting;
  const std::string path;
};

TEST(TwoModels, DoNotChangeEachOther) {
  const Writer writers[] = {
      {{"2,64,96,2,1,112,1", "q8_0", nullptr}, 5},
      {{"3,96,128,3,1,80,0", "q4_0", "scalar"}, 6},
  };
  const std::vector<uint32_t> expected[] = {writers[0].write(),
                                            writers[1].write()};
  for (int round = 0; round != 3; ++round) {
    std::vector<uint32_t> together[2];
    std::thread other([&] { together[1] = writers[1].write(); });
    together[0] = writers[0].write();
    other.join();
    EXPECT_EQ(together[0], expected[0]);
    EXPECT_EQ(together[1], expected[1]);
  }
}

} // namespace
