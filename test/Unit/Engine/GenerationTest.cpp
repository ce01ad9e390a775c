//===- GenerationTest.cpp - Drafts change no text -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeProgram.h"

#include "ignis/Engine/Generation.h"
#include "ignis/Support/Random.h"

#include <numeric>

using namespace ignis;
using namespace ignis::test;

namespace {

using Tokens = std::vector<int32_t>;

Tokens toVector(std::span<const int32_t> tokens) {
  return Tokens(tokens.begin(), tokens.end());
}

class GenerationTest : public TinyModel {
protected:
  void SetUp() override {
    TinyModel::SetUp();
    auto loaded = Model::create(*file, model, fake->program);
    ASSERT_TRUE(loaded);
    shared = std::move(*loaded);
    auto created = Executor::create(
        *shared,
        {.context = 120, .positions = 3000, .threads = 1, .rowCost = 0.1});
    ASSERT_TRUE(created);
    executor = std::move(*created);
  }

  /// Goes on until there are `length` tokens.
  Tokens generate(const Tokens &prompt, const SamplerOptions &sampling,
                  uint64_t seed, bool lookup, int64_t length) {
    Generation text(*executor, sampling, seed, lookup);
    text.restart(prompt);
    Tokens tokens = prompt;
    Generation *texts[] = {&text};
    auto put = [&](size_t, int32_t token,
                   const Executor::Row &row) -> Expected<bool> {
      EXPECT_EQ(row.position + 1, static_cast<int64_t>(tokens.size()));
      tokens.push_back(token);
      return static_cast<int64_t>(tokens.size()) < length;
    };
    while (static_cast<int64_t>(tokens.size()) < length) {
      auto outcome = step(*executor, texts, put);
      EXPECT_TRUE(outcome) << outcome.error().message;
      if (!outcome)
        break;
    }
    EXPECT_EQ(text.length(), static_cast<int64_t>(tokens.size()));
    EXPECT_EQ(text.pending().size(), 1u);
    EXPECT_EQ(text.sequence().position(), length - 1);
    EXPECT_EQ(toVector(text.sequence().tokens()),
              Tokens(tokens.begin(), tokens.end() - 1));
    drafted += text.drafted();
    accepted += text.accepted();
    return tokens;
  }

  std::unique_ptr<Model> shared;
  std::unique_ptr<Executor> executor;
  int64_t drafted = 0, accepted = 0;
};

/// Texts of some period, at times broken: drafts are right, wrong and in part.
TEST_F(GenerationTest, DraftsChangeNoText) {
  Random random(1);
  for (int round = 0; round != 1500; ++round) {
    auto period = static_cast<int64_t>(random.next() % 9 + 2);
    auto breaks = static_cast<int64_t>(random.next() % 40 + 3);
    fake->next = [=](int32_t token, int64_t position) {
      return static_cast<int32_t>((token + 1) % period +
                                  (position % breaks == 0) * 3);
    };
    SamplerOptions sampling;
    if (round % 3 == 0)
      sampling.temperature = 0;
    else if (round % 3 == 1)
      sampling.temperature = 4; // often not the likeliest
    if (round % 2)
      sampling.repeatPenalty = 1.3f;
    sampling.repeatLastN = round % 5 ? 16 : -1;
    Tokens prompt(1 + random.next() % 40);
    for (size_t i = 0; i != prompt.size(); ++i)
      prompt[i] = static_cast<int32_t>(static_cast<int64_t>(i) % period);
    auto seed = random.next();
    auto length = static_cast<int64_t>(prompt.size()) + 1 +
                  static_cast<int64_t>(random.next() % 70);
    fake->calls.clear();
    Tokens plain = generate(prompt, sampling, seed, false, length);
    size_t plainCalls = fake->calls.size();
    EXPECT_EQ(generate(prompt, sampling, seed, true, length), plain) << round;
    EXPECT_LE(fake->calls.size() - plainCalls, plainCalls);
  }
  EXPECT_GT(accepted, 10000);
  EXPECT_GT(drafted, accepted);
}

TEST_F(GenerationTest, RestartsKeepWhatAgrees) {
  Generation text(*executor, {.temperature = 0}, 1);
  Generation *texts[] = {&text};
  auto put = [](size_t, int32_t, const Executor::Row &) -> Expected<bool> {
    return true;
  };
  text.restart(Tokens{1, 2, 3, 4});
  ASSERT_TRUE(step(*executor, texts, put));
  EXPECT_EQ(text.length(), 5);
  text.restart(Tokens{1, 2, 9});
  EXPECT_EQ(text.sequence().position(), 2);
  EXPECT_EQ(toVector(text.pending()), Tokens{9});
  text.restart(Tokens{1, 2});
  EXPECT_EQ(toVector(text.pending()), Tokens{2});
}

/// What one text fails with costs no other one a token.
TEST_F(GenerationTest, GoesOnAfterAFailure) {
  for (size_t failing : {0u, 1u, 2u}) {
    Generation a(*executor, {.temperature = 0}, 1),
        b(*executor, {.temperature = 0}, 1), c(*executor, {}, 1, true);
    Generation *texts[] = {&a, &b, &c};
    for (Generation *text : texts)
      text->restart(Tokens{1, 2, 3});
    bool fails = true;
    Tokens taken(3);
    auto put = [&](size_t index, int32_t,
                   const Executor::Row &) -> Expected<bool> {
      if (fails && index == failing)
        return makeError(ExitCode::Failure, "no");
      ++taken[index];
      return true;
    };
    EXPECT_FALSE(step(*executor, texts, put));
    for (Generation *text : texts)
      EXPECT_EQ(text->pending().size(), 1u);
    fails = false;
    ASSERT_TRUE(step(*executor, texts, put));
    for (size_t i = 0; i != 3; ++i) {
      EXPECT_EQ(taken[i], i < failing ? 2 : 1);
      EXPECT_EQ(texts[i]->length(), i <= failing ? 5 : 4);
    }
  }
}

TEST_F(GenerationTest, LongPromptsLeaveRoomForOthers) {
  auto created = Executor::create(
      *shared, {.context = 120, .positions = 3000, .batch = 8, .threads = 1});
  ASSERT_TRUE(created);
  Generation a(**created, {.temperature = 0}, 1), b(**created, {}, 1);
  a.append(Tokens{5});
  b.append(Tokens(20, 1));
  Generation *texts[] = {&b, &a};
  Tokens seen;
  auto put = [&](size_t index, int32_t token,
                 const Executor::Row &) -> Expected<bool> {
    seen.push_back(static_cast<int32_t>(index) * 100 + token);
    return true;
  };
  for (int i = 0; i != 3; ++i)
    ASSERT_TRUE(step(**created, texts, put));
  EXPECT_EQ(b.sequence().position(), 20);
  EXPECT_EQ(seen.size(), 4u);
}

} // namespace
