//===- CAPITest.cpp - The C interface, around a program that is none ------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CAPITestCase.h"

#include <cmath>
#include <thread>

using namespace ignis::test;

namespace {

using CAPITest = CAPITestCase;

TEST_F(CAPITest, Generates) {
  load();
  EXPECT_EQ(ignis_model_vocab(model), 2048);
  EXPECT_EQ(ignis_executor_context(executor), 16);
  EXPECT_GT(ignis_executor_memory(executor), 1000000);
  ignis_sequence *sequence = begin({5, 6, 7});
  EXPECT_EQ(ignis_sequence_length(sequence), 3);
  EXPECT_EQ(ignis_sequence_position(sequence), 0);
  EXPECT_EQ(ignis_sequence_logits(sequence), nullptr);
  EXPECT_EQ(stepOne(sequence), Tokens{8});
  EXPECT_EQ(ignis_sequence_length(sequence), 4);
  EXPECT_EQ(ignis_sequence_position(sequence), 3);
  EXPECT_EQ(ignis_sequence_logits(sequence)[8], 10);
  EXPECT_EQ(ignis_sequence_logits(sequence)[7], 0);
  EXPECT_EQ(stepOne(sequence), Tokens{9});
  // Token 9 is '*', by the bundled tokenizer.
  size_t size = 0;
  EXPECT_STREQ(ignis_sequence_text(sequence, &size), "*");
  EXPECT_EQ(size, 1u);
}

TEST_F(CAPITest, LongPromptsTakeSteps) {
  options.context = 64;
  load();
  ignis_sequence *sequence = begin(Tokens(20, 3)); // batches of 8
  EXPECT_EQ(stepOne(sequence), Tokens{});
  EXPECT_EQ(stepOne(sequence), Tokens{});
  EXPECT_EQ(stepOne(sequence), Tokens{4});
}

TEST_F(CAPITest, StepsSeveralTogether) {
  options.positions = 1000;
  load();
  ignis_sequence *all[] = {begin({1, 2}), begin({30}), begin({7, 8, 9})};
  ASSERT_EQ(ignis_step(all, 3, &error), IGNIS_OK) << error.message;
  EXPECT_EQ(chosen(all[0]), Tokens{3});
  EXPECT_EQ(chosen(all[1]), Tokens{31});
  EXPECT_EQ(chosen(all[2]), Tokens{10});
  EXPECT_EQ(fake->calls.size(), 1u);
}

TEST_F(CAPITest, SaysThatItIsBusy) {
  options.positions = 16; // a page
  load();
  ignis_sequence *first = begin({1}), *second = begin({2});
  EXPECT_EQ(stepOne(first), Tokens{2});
  EXPECT_EQ(ignis_step(&second, 1, &error), IGNIS_BUSY);
  EXPECT_STREQ(error.message, "no room for the texts now");
  ASSERT_EQ(ignis_sequence_restart(first, nullptr, 0, &error), IGNIS_OK);
  EXPECT_EQ(stepOne(second), Tokens{3});
}

TEST_F(CAPITest, SamplesTheSameForTheSameSeed) {
  sampling.temperature = 5;
  sampling.top_p = 1;
  sampling.min_p = 0;
  sampling.seed = 3;
  fake->best = 1;
  options.positions = 1000;
  load();
  auto draw = [&](ignis_sequence *sequence) {
    Tokens drawn;
    for (int i = 0; i != 8; ++i)
      drawn.push_back(stepOne(sequence).at(0));
    return drawn;
  };
  ignis_sequence *first = begin({1}), *fork = nullptr;
  stepOne(first);
  ASSERT_EQ(ignis_sequence_fork(first, &fork, &error), IGNIS_OK);
  sequences.push_back(fork);
  Tokens drawn = draw(first);
  EXPECT_EQ(draw(fork), drawn);
  ignis_sequence *again = begin({1});
  stepOne(again);
  EXPECT_EQ(draw(again), drawn);
  sampling.seed = 4;
  ignis_sequence *other = begin({1});
  stepOne(other);
  EXPECT_NE(draw(other), drawn);
}

TEST_F(CAPITest, TellsProbabilities) {
  sampling.log_probabilities = true;
  load();
  ignis_sequence *sequence = begin({1});
  stepOne(sequence);
  size_t count = 0;
  const float *found = ignis_sequence_log_probabilities(sequence, &count);
  ASSERT_EQ(count, 1u);
  EXPECT_NEAR(found[0], 10 - std::log(std::exp(10.0) + 2047), 1e-5);
}

TEST_F(CAPITest, SavesAndLoads) {
  options.positions = 1000;
  load();
  std::string path =
      testing::TempDir() + std::to_string(getpid()) + "-ignis-capi.sequence";
  ignis_sequence *sequence = begin({5, 6, 7}), *loaded = nullptr;
  stepOne(sequence);
  ASSERT_EQ(ignis_sequence_save(sequence, path.c_str(), &error), IGNIS_OK)
      << error.message;
  ASSERT_EQ(
      ignis_sequence_load(executor, path.c_str(), &sampling, &loaded, &error),
      IGNIS_OK)
      << error.message;
  sequences.push_back(loaded);
  // The token that was chosen, but not computed, is part of the text.
  EXPECT_EQ(ignis_sequence_length(loaded), 4);
  EXPECT_EQ(stepOne(loaded), Tokens{9});
  EXPECT_EQ(
      ignis_sequence_load(executor, "/nowhere", &sampling, &loaded, &error),
      IGNIS_FAILED);
  EXPECT_EQ(loaded, nullptr);
  std::remove(path.c_str());
}

TEST_F(CAPITest, ThreadsMayShareAnExecutor) {
  options.positions = 10000;
  load();
  std::vector<std::thread> threads;
  for (int32_t first = 0; first != 4; ++first)
    threads.emplace_back([this, first] {
      ignis_error own;
      ignis_sequence *sequence = nullptr;
      ASSERT_EQ(ignis_sequence_create(executor, &sampling, &sequence, &own),
                IGNIS_OK);
      int32_t token = first * 100;
      ASSERT_EQ(ignis_sequence_append(sequence, &token, 1, &own), IGNIS_OK);
      for (int32_t i = 1; i != 15; ++i) {
        ASSERT_EQ(ignis_step(&sequence, 1, &own), IGNIS_OK) << own.message;
        EXPECT_EQ(chosen(sequence), Tokens{token + i});
      }
      ignis_sequence_free(sequence);
    });
  for (std::thread &thread : threads)
    thread.join();
}

TEST_F(CAPITest, Text) {
  load();
  const std::string text = "To be, or not";
  int32_t tokens[32];
  size_t count = 0;
  ASSERT_EQ(ignis_model_tokenize(model, text.data(), text.size(), false, tokens,
                                 32, &count, &error),
            IGNIS_OK);
  ASSERT_LT(count, 32u);
  ASSERT_GT(count, 2u);
  char back[64];
  size_t size = 0;
  ASSERT_EQ(ignis_model_detokenize(model, tokens, count, back, sizeof back,
                                   &size, &error),
            IGNIS_OK);
  EXPECT_EQ(std::string(back, size), text);

  // As much as there is room for; the whole count all the same.
  int32_t few[2] = {-1, -1};
  size_t all = 0;
  ASSERT_EQ(ignis_model_tokenize(model, text.data(), text.size(), false, few, 1,
                                 &all, &error),
            IGNIS_OK);
  EXPECT_EQ(all, count);
  EXPECT_EQ(few[0], tokens[0]);
  EXPECT_EQ(few[1], -1);
  ASSERT_EQ(
      ignis_model_tokenize(model, nullptr, 0, false, nullptr, 0, &all, &error),
      IGNIS_OK);
  EXPECT_EQ(all, 0u);

  // A special token's text makes it only if asked to.
  const std::string end = "<|im_end|>";
  ASSERT_EQ(ignis_model_tokenize(model, end.data(), end.size(), true, tokens,
                                 32, &count, &error),
            IGNIS_OK);
  ASSERT_EQ(count, 1u);
  EXPECT_TRUE(ignis_model_is_end(model, tokens[0]));
  EXPECT_FALSE(ignis_model_is_end(model, 65));
}

/// Half a character that was held back is not of what comes next.
TEST_F(CAPITest, TextsDoNotRunIntoOneAnother) {
  load();
  const std::string text = "\u00e9"; // two byte tokens, of which one is chosen
  int32_t bytes[4];
  size_t count = 0, size = 0;
  ASSERT_EQ(ignis_model_tokenize(model, text.data(), text.size(), false, bytes,
                                 4, &count, &error),
            IGNIS_OK);
  ASSERT_EQ(count, 2u);
  int32_t next = bytes[0];
  fake->next = [&](int32_t, int64_t) { return next; };
  for (bool restarts : {true, false}) {
    next = bytes[0];
    ignis_sequence *sequence = begin({1});
    stepOne(sequence);
    EXPECT_STREQ(ignis_sequence_text(sequence, &size), "");
    next = 9; // "*"
    int32_t token = 2;
    auto set = restarts ? ignis_sequence_restart : ignis_sequence_append;
    ASSERT_EQ(set(sequence, &token, 1, &error), IGNIS_OK) << error.message;
    stepOne(sequence);
    EXPECT_STREQ(ignis_sequence_text(sequence, &size), "*");
    ASSERT_EQ(ignis_sequence_restart(sequence, nullptr, 0, &error), IGNIS_OK);
  }
}

} // namespace
