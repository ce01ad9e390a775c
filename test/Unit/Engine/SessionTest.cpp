//===- SessionTest.cpp - Programs are checked, and fed as they should be --===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeProgram.h"

#include "ignis/Engine/Session.h"

#include <limits>
#include <numeric>

using namespace ignis;
using namespace ignis::test;

namespace {

using Tokens = std::vector<int32_t>;

class SessionTest : public TinyModel {
protected:
  Expected<std::unique_ptr<Session>> create(SessionOptions options = {}) {
    if (options.threads == 0)
      options.threads = 2;
    return Session::create(*file, model, fake->program, options);
  }

  std::string refusal() {
    auto session = create();
    return session ? "" : session.error().message;
  }
};

int32_t getBest(std::span<const float> logits) {
  return static_cast<int32_t>(std::ranges::max_element(logits) -
                              logits.begin());
}

TEST_F(SessionTest, FeedsBatchesAndSteps) {
  auto session = create({.batch = 4});
  ASSERT_TRUE(session) << session.error().message;
  Tokens prompt{1, 2, 3, 4, 5, 6, 7, 8, 9};
  auto logits = (*session)->feed(prompt);
  ASSERT_TRUE(logits) << logits.error().message;
  EXPECT_EQ(logits->size(), 40u);
  EXPECT_EQ(getBest(*logits), 9);
  logits = (*session)->feed(Tokens{11});
  EXPECT_EQ(getBest(*logits), 11);
  EXPECT_EQ((*session)->position(), 10);
  // Only the last row of all is asked for.
  EXPECT_EQ(fake->calls,
            (std::vector<FakeProgram::Call>{{{1, 2, 3, 4}, 0, 4, false},
                                            {{5, 6, 7, 8}, 4, 4, false},
                                            {{9}, 8, 0, true},
                                            {{11}, 9, 0, true}}));
}

TEST_F(SessionTest, HandsOutTheRowsThatAreWanted) {
  auto session = create({.batch = 3});
  ASSERT_TRUE(session);
  Tokens seen;
  auto sink = [&](std::span<const float> row) -> Expected<void> {
    seen.push_back(getBest(row));
    return {};
  };
  ASSERT_TRUE((*session)->feed(Tokens{1, 2, 3, 4, 5, 6, 7}, 4, sink));
  EXPECT_EQ(seen, (Tokens{5, 6, 7}));
  EXPECT_EQ(fake->calls[0].firstRow, 3);
  EXPECT_EQ(fake->calls[1].firstRow, 1);
  EXPECT_EQ(fake->calls[2].firstRow, 0);
}

TEST_F(SessionTest, StopsWhenTheSinkFails) {
  auto session = create({.batch = 2});
  ASSERT_TRUE(session);
  auto sink = [](std::span<const float>) -> Expected<void> {
    return makeError(ExitCode::Failure, "enough");
  };
  EXPECT_EQ((*session)->feed(Tokens{1, 2, 3}, 0, sink).error().message,
            "enough");
  EXPECT_EQ(fake->calls.size(), 1u);
}

TEST_F(SessionTest, ForgetsWhatIsRewound) {
  auto session = create();
  ASSERT_TRUE(session);
  ASSERT_TRUE((*session)->feed(Tokens{1, 2, 3}));
  (*session)->rewind(1);
  ASSERT_TRUE((*session)->feed(Tokens{4, 5}));
  EXPECT_EQ(fake->calls[1].position, 1);
  EXPECT_EQ((*session)->position(), 3);
}

TEST_F(SessionTest, RefusesTokensThatAreNone) {
  auto session = create();
  ASSERT_TRUE(session);
  for (int32_t token : {-1, 40}) {
    auto fed = (*session)->feed(Tokens{1, token});
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().message,
              fmt::format("token {}: expected an id from 0 to 39, the model's "
                          "vocabulary",
                          token));
    EXPECT_EQ(fed.error().code, ExitCode::Usage);
  }
  EXPECT_TRUE(fake->calls.empty());
}

TEST_F(SessionTest, RefusesMoreThanTheContextHolds) {
  auto session = create({.context = 8});
  ASSERT_TRUE(session);
  ASSERT_TRUE((*session)->feed(Tokens(5, 1)));
  auto fed = (*session)->feed(Tokens(4, 1));
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().message,
            "the context has 8 positions, of which 5 are taken: expected at "
            "most 3 tokens more, found 4 (-c sets the size)");
  EXPECT_TRUE((*session)->feed(Tokens(3, 1)));
}

TEST_F(SessionTest, RefusesLogitsThatAreNotFinite) {
  auto session = create();
  ASSERT_TRUE(session);
  for (float bad : {std::numeric_limits<float>::infinity(),
                    -std::numeric_limits<float>::quiet_NaN()}) {
    (*session)->rewind(0);
    fake->best = bad;
    auto fed = (*session)->feed(Tokens{1, 2, 3});
    ASSERT_FALSE(fed);
    EXPECT_EQ(fed.error().message,
              "the logits at position 2 are not finite: keys or values may "
              "exceed binary16, which --cache-type f32 helps, or the weights "
              "of " +
                  path + " do not make a usable model");
  }
}

TEST_F(SessionTest, EndsWhenAskedTo) {
  auto session = create({.batch = 2});
  ASSERT_TRUE(session);
  std::atomic<bool> stop = false;
  (*session)->setStopFlag(stop);
  fake->next = [&](int32_t token, int64_t) {
    stop = true;
    return token;
  };
  auto sink = [](std::span<const float>) { return Expected<void>(); };
  auto fed = (*session)->feed(Tokens{1, 2, 3, 4}, 0, sink);
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().code, ExitCode::Interrupted);
  EXPECT_EQ(fake->calls.size(), 1u);
}

TEST_F(SessionTest, DoesWithOneEntry) {
  std::vector<ignis_entry> both = fake->entries;
  fake->entries = {both[0]};
  fake->program.entries = fake->entries.data();
  fake->program.entry_count = 1;
  auto session = create();
  ASSERT_TRUE((*session)->feed(Tokens{1}));
  EXPECT_FALSE(fake->calls.back().isSingle);

  fake->entries = {both[1]};
  session = create();
  ASSERT_TRUE((*session)->feed(Tokens{1, 2}));
  EXPECT_EQ(fake->calls.back().tokens, (Tokens{2}));

  fake->entries[0].tokens = 7;
  EXPECT_EQ(refusal(), "the program has no entry for one token or for any "
                       "number of them");
}

TEST_F(SessionTest, PacksWhenToldTo) {
  int64_t matrixBytes = 0;
  for (const ModelTensor &tensor : model.tensors)
    if (tensor.rows != 0)
      matrixBytes += static_cast<int64_t>(tensor.tensor->byteSize);
  auto never = create({.context = 96, .pack = PackPolicy::Never});
  auto automatic = create({.context = 96, .pack = PackPolicy::Auto});
  auto always = create({.pack = PackPolicy::Always});
  EXPECT_GE((*always)->packedBytes(), matrixBytes);
  for (int step = 0; step != 96; ++step) {
    ASSERT_TRUE((*never)->feed(Tokens{1}));
    ASSERT_TRUE((*automatic)->feed(Tokens{1}));
    if (step == 60)
      EXPECT_EQ((*automatic)->packedBytes(), 0);
  }
  EXPECT_EQ((*never)->packedBytes(), 0);
  EXPECT_GT((*automatic)->packedBytes(), 0);
}

TEST_F(SessionTest, RefusesProgramsOfAnotherKind) {
  fake->program.abi_version = 99;
  EXPECT_EQ(refusal(), fmt::format("the program was compiled for version 99 of "
                                   "the runtime's interface, this is version "
                                   "{}",
                                   IGNIS_ABI_VERSION));
  fake->program.abi_version = IGNIS_ABI_VERSION;

  fake->entries[0].candidates = 3;
  EXPECT_EQ(refusal(), "one entry of the program gives 3 candidates, another "
                       "0");
  fake->entries[0].candidates = 0;

  fake->program.heads = 3;
  EXPECT_EQ(refusal(),
            path + ": heads: the program was compiled for 3, found 2");
  fake->program.heads = 2;

  fake->program.eps = 1e-5;
  EXPECT_EQ(refusal(), path + ": eps: the program was compiled for 1e-05, "
                              "found 9.999999974752427e-07");
  fake->program.eps = model.config.eps;

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
