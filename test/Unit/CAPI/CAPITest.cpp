//===- CAPITest.cpp - The C interface, around a program that is none ------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../Engine/FakeProgram.h"

#include "ignis/Engine/Package.h"
#include "ignis/Model/Bundled.h"
#include "ignis/ignis.h"

#include <sys/wait.h>
#include <unistd.h>

using namespace ignis;
using namespace ignis::test;

namespace {

/// The bundled model, with a program that counts instead of computing.
class CAPITest : public testing::Test {
protected:
  void SetUp() override {
    file = std::make_unique<GGUFFile>(
        *GGUFFile::fromBytes(getBundledModel(), "bundled"));
    model = *ModelDescription::read(*file);
    fake = std::make_unique<FakeProgram>(model);
    fake->next = [](int32_t token, int64_t) { return (token + 1) % 2048; };
    package = {.program = &fake->program,
               .max_tokens = 8,
               .cpu = "any",
               .features = "",
               .path = "/nowhere/bundled.gguf",
               .model = getBundledModel().data(),
               .model_size = getBundledModel().size()};
    options = ignis_default_options();
    options.threads = 1;
    options.temperature = 0;
    options.context = 16;
  }
  void TearDown() override { ignis_free(loaded); }

  void load() {
    ASSERT_EQ(ignis_load(&package, nullptr, &options, &loaded, &error),
              IGNIS_OK)
        << error.message;
    EXPECT_STREQ(error.message, "");
  }

  /// The refusal's message.
  std::string refuse(ignis_status expected) {
    auto *before = reinterpret_cast<ignis_model *>(&error);
    ignis_model *result = before;
    EXPECT_EQ(ignis_load(&package, nullptr, &options, &result, &error),
              expected);
    EXPECT_EQ(result, nullptr);
    return error.message;
  }

  std::unique_ptr<GGUFFile> file;
  ModelDescription model;
  std::unique_ptr<FakeProgram> fake;
  ignis_package package;
  ignis_options options;
  ignis_error error = {"unset"};
  ignis_model *loaded = nullptr;
};

TEST_F(CAPITest, Generates) {
  load();
  EXPECT_EQ(ignis_vocab(loaded), 2048);
  EXPECT_EQ(ignis_context(loaded), 16);
  int32_t tokens[] = {5, 6, 7};
  ASSERT_EQ(ignis_feed(loaded, tokens, 3, &error), IGNIS_OK);
  EXPECT_EQ(ignis_position(loaded), 3);
  const float *logits = nullptr;
  ASSERT_EQ(ignis_logits(loaded, &logits, &error), IGNIS_OK);
  EXPECT_EQ(logits[8], 10);
  EXPECT_EQ(logits[7], 0);
  int32_t token = 0;
  ASSERT_EQ(ignis_sample(loaded, &token, &error), IGNIS_OK);
  EXPECT_EQ(token, 8);
  ASSERT_EQ(ignis_feed(loaded, &token, 1, nullptr), IGNIS_OK);
  EXPECT_EQ(ignis_position(loaded), 4);

  ignis_reset(loaded);
  EXPECT_EQ(ignis_position(loaded), 0);
  EXPECT_EQ(ignis_sample(loaded, &token, &error), IGNIS_MISUSED);
}

TEST_F(CAPITest, SamplesTheSameAfterReset) {
  options.temperature = 5;
  options.top_p = 1;
  options.min_p = 0;
  options.seed = 3;
  fake->best = 1;
  load();
  auto draw = [&] {
    std::vector<int32_t> drawn;
    for (int32_t token = 1; drawn.size() < 8; drawn.push_back(token)) {
      EXPECT_EQ(ignis_feed(loaded, &token, 1, &error), IGNIS_OK);
      EXPECT_EQ(ignis_sample(loaded, &token, &error), IGNIS_OK);
    }
    return drawn;
  };
  std::vector<int32_t> first = draw();
  ignis_reset(loaded);
  EXPECT_EQ(draw(), first);
}

TEST_F(CAPITest, Text) {
  load();
  const std::string text = "To be, or not";
  int32_t tokens[32];
  size_t count = 0;
  ASSERT_EQ(ignis_tokenize(loaded, text.data(), text.size(), false, tokens, 32,
                           &count, &error),
            IGNIS_OK);
  ASSERT_LT(count, 32u);
  ASSERT_GT(count, 2u);
  char back[64];
  size_t size = 0;
  ASSERT_EQ(
      ignis_detokenize(loaded, tokens, count, back, sizeof back, &size, &error),
      IGNIS_OK);
  EXPECT_EQ(std::string(back, size), text);

  // As much as there is room for; the whole count all the same.
  int32_t few[2] = {-1, -1};
  size_t all = 0;
  ASSERT_EQ(ignis_tokenize(loaded, text.data(), text.size(), false, few, 1,
                           &all, &error),
            IGNIS_OK);
  EXPECT_EQ(all, count);
  EXPECT_EQ(few[0], tokens[0]);
  EXPECT_EQ(few[1], -1);
  ASSERT_EQ(ignis_tokenize(loaded, nullptr, 0, false, nullptr, 0, &all, &error),
            IGNIS_OK);
  EXPECT_EQ(all, 0u);

  // A special token's text makes it only if asked to.
  const std::string end = "<|im_end|>";
  ASSERT_EQ(ignis_tokenize(loaded, end.data(), end.size(), true, tokens, 32,
                           &count, &error),
            IGNIS_OK);
  ASSERT_EQ(count, 1u);
  EXPECT_TRUE(ignis_is_end(loaded, tokens[0]));
  EXPECT_FALSE(ignis_is_end(loaded, 65));
  ASSERT_EQ(ignis_tokenize(loaded, end.data(), end.size(), false, tokens, 32,
                           &count, &error),
            IGNIS_OK);
  EXPECT_GT(count, 1u);
}

TEST_F(CAPITest, RefusesWhatCannotBeFed) {
  load();
  const float *logits = nullptr;
  EXPECT_EQ(ignis_logits(loaded, &logits, &error), IGNIS_MISUSED);
  EXPECT_EQ(logits, nullptr);
  int32_t wrong = 2048;
  EXPECT_EQ(ignis_feed(loaded, &wrong, 1, &error), IGNIS_MISUSED);
  EXPECT_NE(std::string(error.message).find("token 2048"), std::string::npos);
  std::vector<int32_t> many(17, 1);
  EXPECT_EQ(ignis_feed(loaded, many.data(), many.size(), &error),
            IGNIS_MISUSED);
  EXPECT_EQ(ignis_position(loaded), 0);
  EXPECT_EQ(ignis_feed(loaded, many.data(), 16, &error), IGNIS_OK);
  EXPECT_STREQ(error.message, "");
}

TEST_F(CAPITest, RefusesOptions) {
  options.threads = 1025;
  EXPECT_NE(refuse(IGNIS_MISUSED).find("1025"), std::string::npos);
  options.threads = 1;
  options.top_p = NAN;
  EXPECT_NE(refuse(IGNIS_MISUSED).find("top_p"), std::string::npos);
  options.top_p = 1;
  options.batch = 9;
  EXPECT_EQ(refuse(IGNIS_MISUSED),
            "batches: the program was compiled for at most 8 tokens, found 9");
}

TEST_F(CAPITest, RefusesModels) {
  package.model = nullptr;
  EXPECT_NE(refuse(IGNIS_INVALID_MODEL).find("/nowhere/bundled.gguf"),
            std::string::npos);
  package.model = getBundledModel().data();
  package.model_size = 100;
  refuse(IGNIS_INVALID_MODEL);
  package.model_size = getBundledModel().size();
  fake->program.layers = 7;
  EXPECT_NE(refuse(IGNIS_INVALID_MODEL).find("compiled for 7, found 6"),
            std::string::npos);
}

TEST_F(CAPITest, RefusesCPUs) {
  package.features = "no-such-feature";
  EXPECT_EQ(refuse(IGNIS_FAILED), "this CPU lacks no-such-feature: the program "
                                  "was compiled for any");
}

TEST_F(CAPITest, CutsLongMessages) {
  std::string path(2000, 'x');
  EXPECT_EQ(ignis_load(&package, path.c_str(), &options, &loaded, &error),
            IGNIS_INVALID_MODEL);
  EXPECT_EQ(std::string(error.message), std::string(511, 'x'));
}

TEST_F(CAPITest, AForkedProcessIsRefused) {
  options.threads = 2;
  load();
  const int32_t token = 1;
  ASSERT_EQ(ignis_feed(loaded, &token, 1, &error), IGNIS_OK);
  pid_t child = fork();
  if (child == 0) {
    bool isRefused =
        ignis_feed(loaded, &token, 1, &error) == IGNIS_MISUSED &&
        std::string_view(error.message).starts_with("the process was forked");
    ignis_free(loaded); // which waits for no thread
    _exit(isRefused ? 0 : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(ignis_feed(loaded, &token, 1, &error), IGNIS_OK);
}

} // namespace
