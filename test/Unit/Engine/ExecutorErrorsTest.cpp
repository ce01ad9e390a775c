//===- ExecutorErrorsTest.cpp - What an executor refuses ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExecutorTestCase.h"

#include <limits>

using namespace ignis;
using namespace ignis::test;

namespace {

using ExecutorErrorsTest = ExecutorTestCase;

TEST_F(ExecutorErrorsTest, RefusesCallsThatAreNone) {
  auto setup = create({.batch = 4});
  ASSERT_TRUE(setup);
  const Tokens tokens(3, 1), none;
  auto message = [&](std::vector<Executor::Feed> feeds) {
    auto outcome = setup->executor->run(feeds, ignore);
    return outcome ? "" : outcome.error().message;
  };
  Sequence other(*setup->executor);
  EXPECT_EQ(message({{&setup->text, tokens, 0}, {&setup->text, tokens, 0}}),
            "expected each sequence once in a call");
  EXPECT_EQ(message({{&setup->text, tokens, 0}, {&other, tokens, 0}}),
            "expected 1 to 4 tokens in a call, found 6");
  EXPECT_EQ(message({}), "expected 1 to 4 tokens in a call, found 0");
  EXPECT_EQ(message({{&setup->text, none, 0}}),
            "expected tokens for a sequence of this executor");
  EXPECT_TRUE(fake->calls.empty());
}

TEST_F(ExecutorErrorsTest, RefusesTokensThatAreNone) {
  auto setup = create();
  ASSERT_TRUE(setup);
  for (int32_t token : {-1, 40}) {
    auto fed = feed(*setup, {1, token});
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().message,
              fmt::format("token {}: expected an id from 0 to 39, the model's "
                          "vocabulary",
                          token));
    EXPECT_EQ(fed.error().code, ExitCode::Usage);
  }
  EXPECT_TRUE(fake->calls.empty());
}

TEST_F(ExecutorErrorsTest, RefusesMoreThanTheContextHolds) {
  auto setup = create({.context = 8});
  ASSERT_TRUE(setup);
  ASSERT_TRUE(feed(*setup, Tokens(5, 1)));
  auto fed = feed(*setup, Tokens(4, 1));
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().message,
            "the context has 8 positions, of which 5 are taken: expected at "
            "most 3 tokens more, found 4");
  EXPECT_TRUE(feed(*setup, Tokens(3, 1)));
}

TEST_F(ExecutorErrorsTest, RefusesLogitsThatAreNotFinite) {
  auto setup = create();
  ASSERT_TRUE(setup);
  for (float bad : {std::numeric_limits<float>::infinity(),
                    -std::numeric_limits<float>::quiet_NaN()}) {
    setup->text.truncate(0);
    fake->best = bad;
    auto fed = feed(*setup, {1, 2, 3});
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().message,
              "the logits at position 2 are not finite: keys or values may "
              "exceed binary16 (a program compiled with --cache-type f32 holds "
              "them), or "
              "the weights of " +
                  path + " do not make a usable model");
  }
}

using ForwardFunction = void(const ignis_thread *, const int32_t *,
                             const ignis_rows *, ignis_kv_cache *, float *,
                             uint8_t *);

TEST_F(ExecutorErrorsTest, RefusesRowsThatNothingWrites) {
  ForwardFunction *nothing = [](const ignis_thread *, const int32_t *,
                                const ignis_rows *, ignis_kv_cache *, float *,
                                uint8_t *) {};
  for (int64_t candidates : {0, 5}) {
    for (ignis_entry &entry : fake->entries) {
      entry.run = nothing;
      entry.candidates = candidates;
    }
    auto setup = create();
    ASSERT_TRUE(setup);
    for (const Tokens &tokens : {Tokens{1, 2, 3}, Tokens{4}}) {
      auto fed = feed(*setup, tokens);
      ASSERT_FALSE(fed);
      EXPECT_NE(fed.error().message.find("are not finite"), std::string::npos)
          << fed.error().message;
    }
  }
}

TEST_F(ExecutorErrorsTest, RefusesTokensBeyondTheVocabulary) {
  // The best of each of two parts: token 41, where the model has 40.
  ForwardFunction *best = [](const ignis_thread *thread, const int32_t *,
                             const ignis_rows *, ignis_kv_cache *,
                             float *output, uint8_t *) {
    if (thread->id != 0)
      return;
    auto *candidates = reinterpret_cast<uint64_t *>(output);
    candidates[0] = (uint64_t{7} << 32) + (UINT32_MAX - 2);
    candidates[1] = (uint64_t{8} << 32) + (UINT32_MAX - 41);
  };
  for (ignis_entry &entry : fake->entries) {
    entry.run = best;
    entry.candidates = 2;
  }
  auto setup = create();
  ASSERT_TRUE(setup);
  auto fed = feed(*setup, {1, 2});
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().message, "the program gives token 41 at position 1, "
                                 "expected one of the vocabulary's 40");
}

TEST_F(ExecutorErrorsTest, RefusesProgramsOfAnotherKind) {
  fake->program.abi_version = 99;
  EXPECT_EQ(refusal(), fmt::format("the program was compiled for version 99 of "
                                   "the runtime's interface, this is version "
                                   "{}",
                                   IGNIS_ABI_VERSION));
  fake->program.abi_version = IGNIS_ABI_VERSION;

  fake->entries[0].candidates = 3;
  EXPECT_EQ(refusal(), "one entry of the program gives 3 candidates, another "
                       "0");
  fake->entries[0].candidates = 41;
  EXPECT_EQ(refusal(), "entry 'forward' of the program: expected candidates "
                       "from 0 to 40, got 41");
  fake->entries[0].candidates = 0;

  fake->entries[1].scratch_bytes_per_token = -64;
  EXPECT_EQ(refusal(), "entry 'forward_1' of the program: expected bytes of "
                       "scratch a token from 0 to 70368744177664, got -64");
  fake->entries[1].scratch_bytes_per_token = 64;

  ignis_linear arena = {64, INT64_MAX};
  fake->entries[0].arena_pieces = &arena;
  EXPECT_EQ(refusal(), "entry 'forward' of the program: expected bytes of the "
                       "arena from 0 to 70368744177664, got "
                       "9223372036854775807");
  fake->entries[0].arena_pieces = fake->entries[1].arena_pieces;

  fake->program.model.heads = 3;
  EXPECT_EQ(refusal(),
            path + ": heads: the program was compiled for 3, found 2");
  fake->program.model.heads = 2;

  fake->program.model.eps = 1e-5;
  EXPECT_EQ(refusal(), path + ": eps: the program was compiled for 1e-05, "
                              "found 9.999999974752427e-07");
  fake->program.model.eps = model.config.eps;

  fake->weights[0].type = IGNIS_TYPE_F16;
  EXPECT_EQ(refusal(), path + ": tensor 'token_embd.weight': the program was "
                              "compiled for 40x64 f16, found 40x64 q8_0");
  fake->weights[0].type = IGNIS_TYPE_Q8_0;

  fake->weights[1].name = "other";
  EXPECT_EQ(refusal(), path + ": tensor 'other': the program was compiled for "
                              "64 f32, found no such tensor");
  fake->weights[1].name = "blk.0.attn_norm.weight";

  fake->program.model_hash = 1;
  EXPECT_EQ(refusal(),
            fmt::format("{}: hash of tensor names, shapes and types: the "
                        "program was compiled for 0000000000000001, found "
                        "{:016x}",
                        path, model.hash));
}

} // namespace
