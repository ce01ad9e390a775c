//===- ExecutorTest.cpp - Programs are checked, and fed as they should be -===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "FakeProgram.h"

#include "ignis/Engine/Executor.h"

#include <array>
#include <limits>
#include <numeric>

using namespace ignis;
using namespace ignis::test;

namespace {

using Tokens = std::vector<int32_t>;

/// An executor, and a text for it.
struct Prepared {
  std::unique_ptr<Model> model;
  std::unique_ptr<Executor> executor;
  Sequence text;
};

class ExecutorTest : public TinyModel {
protected:
  Expected<Prepared> create(ExecutorOptions options = {}) {
    if (options.threads == 0)
      options.threads = 2;
    auto loaded = Model::create(*file, model, fake->program);
    if (!loaded)
      return tl::unexpected(std::move(loaded.error()));
    auto executor = Executor::create(**loaded, options);
    if (!executor)
      return tl::unexpected(std::move(executor.error()));
    Sequence text(**executor);
    return Prepared{std::move(*loaded), std::move(*executor), std::move(text)};
  }

  std::string refusal() {
    auto setup = create();
    return setup ? "" : setup.error().message;
  }
};

/// Feeds the text, and returns the likeliest to follow.
Expected<int32_t> feed(Prepared &setup, const Tokens &tokens) {
  int32_t best = -1;
  auto keep = [&](const Executor::Row &row) -> Expected<void> {
    best = row.likeliest();
    return {};
  };
  auto fed = setup.executor->feed(
      setup.text, tokens, static_cast<int64_t>(tokens.size()) - 1, keep);
  if (!fed)
    return tl::unexpected(std::move(fed.error()));
  return best;
}

Expected<void> ignore(const Executor::Row &) { return {}; }

TEST_F(ExecutorTest, FeedsBatchesAndSteps) {
  auto setup = create({.batch = 4});
  ASSERT_TRUE(setup) << setup.error().message;
  EXPECT_EQ(feed(*setup, {1, 2, 3, 4, 5, 6, 7, 8, 9}), 9);
  EXPECT_EQ(feed(*setup, {11}), 11);
  EXPECT_EQ(setup->text.position(), 10);
  // Only the last row of all is asked for.
  EXPECT_EQ(fake->calls,
            (std::vector<FakeProgram::Call>{{{1, 2, 3, 4}, 0, 4, false},
                                            {{5, 6, 7, 8}, 4, 4, false},
                                            {{9}, 8, 0, true},
                                            {{11}, 9, 0, true}}));
}

TEST_F(ExecutorTest, HandsOutTheRowsThatAreWanted) {
  auto setup = create({.batch = 3});
  ASSERT_TRUE(setup);
  Tokens seen, positions;
  auto sink = [&](const Executor::Row &row) -> Expected<void> {
    EXPECT_EQ(row.logits.size(), 40u);
    seen.push_back(row.likeliest());
    positions.push_back(static_cast<int32_t>(row.position));
    return {};
  };
  ASSERT_TRUE(
      setup->executor->feed(setup->text, Tokens{1, 2, 3, 4, 5, 6, 7}, 4, sink));
  EXPECT_EQ(seen, (Tokens{5, 6, 7}));
  EXPECT_EQ(positions, (Tokens{4, 5, 6}));
  EXPECT_EQ(fake->calls[0].firstRow, 3);
  EXPECT_EQ(fake->calls[1].firstRow, 1);
  EXPECT_EQ(fake->calls[2].firstRow, 0);
}

TEST_F(ExecutorTest, ComputesSeveralTextsInOneCall) {
  auto setup = create({.positions = 1000});
  ASSERT_TRUE(setup);
  Sequence other(*setup->executor), third(*setup->executor);
  ASSERT_TRUE(feed(*setup, {1, 2, 3}));
  const Tokens a = {4, 5}, b = {6}, c = {7, 8};
  Executor::Feed feeds[] = {
      {&third, a, 2}, {&setup->text, b, 0}, {&other, c, 1}};
  std::vector<std::array<int64_t, 3>> rows;
  auto sink = [&](const Executor::Row &row) -> Expected<void> {
    rows.push_back(
        {static_cast<int64_t>(row.feed), row.position, row.likeliest()});
    return {};
  };
  auto outcome = setup->executor->run(feeds, sink);
  ASSERT_TRUE(outcome) << outcome.error().message;
  EXPECT_EQ(*outcome, Executor::Outcome::Done);
  EXPECT_EQ(rows, (std::vector<std::array<int64_t, 3>>{{1, 3, 6}, {2, 1, 8}}));
  EXPECT_EQ(fake->calls.back().tokens, (Tokens{4, 5, 6, 7, 8}));
  EXPECT_EQ(setup->text.position(), 4);
  EXPECT_EQ(third.position(), 2);
}

TEST_F(ExecutorTest, RefusesCallsThatAreNone) {
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

TEST_F(ExecutorTest, PagesAreAnAnswer) {
  // Two pages: 128 positions of a context of 200.
  auto setup = create({.context = 200, .positions = 128});
  ASSERT_TRUE(setup);
  ASSERT_TRUE(feed(*setup, Tokens(70, 1)));
  Sequence other(*setup->executor);
  const Tokens tokens(2, 1);
  Executor::Feed call{&other, tokens, 0};
  auto outcome = setup->executor->run({&call, 1}, ignore);
  EXPECT_EQ(outcome, Executor::Outcome::NoPages);
  EXPECT_EQ(other.position(), 0);
  EXPECT_EQ(setup->executor->pageCounts().available, 0);
  // The end of the first text makes room for a page.
  setup->text.truncate(64);
  EXPECT_EQ(setup->executor->run({&call, 1}, ignore), Executor::Outcome::Done);
  auto fed = feed(*setup, Tokens(10, 1));
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().message,
            "the 2 pages of 64 positions are all taken: expected room for 10 "
            "more at position 64");
}

TEST_F(ExecutorTest, ForksShareUntilTheyWrite) {
  auto setup = create({.context = 200, .positions = 64 * 5});
  ASSERT_TRUE(setup);
  ASSERT_TRUE(feed(*setup, Tokens(100, 1)));
  Sequence fork = setup->text.fork();
  EXPECT_EQ(setup->executor->pageCounts().available, 3);
  EXPECT_EQ(fork.position(), 100);
  // The first that writes gets a copy of the last page, the other keeps it.
  ASSERT_TRUE(feed(*setup, {2}));
  EXPECT_EQ(setup->executor->pageCounts().available, 2);
  const Tokens token = {3};
  Executor::Feed call{&fork, token, 0};
  ASSERT_EQ(setup->executor->run({&call, 1}, ignore), Executor::Outcome::Done);
  EXPECT_EQ(setup->executor->pageCounts().available, 2);
  EXPECT_EQ(fork.tokens().back(), 3);
  EXPECT_EQ(setup->text.tokens().back(), 2);
}

TEST_F(ExecutorTest, BeginningsAreFoundAgain) {
  auto setup = create({.context = 300, .positions = 64 * 8});
  ASSERT_TRUE(setup);
  Tokens prompt(200);
  std::iota(prompt.begin(), prompt.end(), 0);
  for (int32_t &token : prompt)
    token %= 40;
  ASSERT_TRUE(feed(*setup, prompt));
  // A token is left to compute.
  Sequence again(*setup->executor);
  EXPECT_EQ(again.reuse(prompt), 199);
  EXPECT_EQ(again.position(), 199);
  Sequence shorter(*setup->executor), other(*setup->executor);
  EXPECT_EQ(shorter.reuse(std::span(prompt).first(128)), 127);
  Tokens changed = prompt;
  changed[70] = 39 - changed[70];
  EXPECT_EQ(other.reuse(changed), 70);
  EXPECT_EQ(setup->executor->pageCounts().found, 8u);
  EXPECT_EQ(setup->executor->pageCounts().available, 4);
  // Also when nobody holds them, as long as nobody needs the room.
  setup->text.truncate(0);
  again.truncate(0);
  shorter.truncate(0);
  other.truncate(0);
  EXPECT_EQ(again.reuse(prompt), 199);
  ASSERT_TRUE(feed(*setup, Tokens(250, 5)));
  again.truncate(0);
  EXPECT_EQ(again.reuse(prompt), 199);
}

TEST_F(ExecutorTest, WhoWritesIntoAPageThatIsKnownGetsACopy) {
  auto setup = create({.context = 200, .positions = 64 * 3});
  ASSERT_TRUE(setup);
  auto append = [&](Sequence &text, const Tokens &tokens) {
    return setup->executor->feed(text, tokens, 1, ignore).has_value();
  };
  const Tokens first(40, 1);
  Tokens second = first;
  second[20] = 2;
  Sequence text(*setup->executor), other(*setup->executor);
  ASSERT_TRUE(append(text, first));
  ASSERT_EQ(other.reuse(second), 20);
  EXPECT_EQ(setup->executor->pageCounts().available, 2);
  ASSERT_TRUE(append(other, {2}));
  EXPECT_EQ(setup->executor->pageCounts().available, 1);
  // What nobody holds any more is known still, also after others went on
  // differently.
  text.truncate(0);
  other.truncate(0);
  Tokens third = first;
  third[10] = 3;
  ASSERT_EQ(other.reuse(third), 10);
  ASSERT_TRUE(append(other, {3}));
  ASSERT_EQ(text.reuse(first), 39);
  text.truncate(0);
  // Where there is no page for a copy, it is written into itself.
  ASSERT_EQ(text.reuse(second), 21);
  Sequence rest(*setup->executor);
  ASSERT_TRUE(append(rest, Tokens(64, 4)));
  EXPECT_EQ(setup->executor->pageCounts().available, 0);
  ASSERT_TRUE(append(other, {3}));
  text.truncate(15);
  ASSERT_TRUE(append(text, {5}));
  EXPECT_EQ(setup->executor->pageCounts().available, 0);
  text.truncate(0);
  EXPECT_EQ(text.reuse(second), 15);
}

TEST_F(ExecutorTest, NobodyFindsWhatWasTakenBack) {
  auto setup = create({.context = 200, .positions = 64 * 4});
  ASSERT_TRUE(setup);
  ASSERT_TRUE(feed(*setup, Tokens(70, 1)));
  setup->text.takeBack(60);
  EXPECT_EQ(setup->text.position(), 60);
  EXPECT_EQ(setup->executor->pageCounts().kept, 0);
  Sequence other(*setup->executor);
  EXPECT_EQ(other.reuse(Tokens(70, 1)), 60);
  // It is there as long as somebody holds it.
  setup->text.takeBack(50);
  Sequence third(*setup->executor);
  EXPECT_EQ(third.reuse(Tokens(70, 1)), 60);
}

TEST_F(ExecutorTest, StatesItsMemory) {
  auto setup = create({.context = 100, .batch = 16});
  ASSERT_TRUE(setup);
  const MemoryNeed &need = setup->executor->memory();
  // Two pages of one layer, head and 32 dimensions: keys and values in f16.
  EXPECT_EQ(need.cache, 2 * 64 * 32 * 2 * 2);
  EXPECT_EQ(need.rope, 100 * 32 * 4);
  EXPECT_EQ(need.arena, 64 * 16 + 64);
  EXPECT_EQ(need.scratch, 2 * 64 * 16);
  EXPECT_EQ(need.sum(),
            need.weights + need.cache + need.rope + need.arena + need.scratch);
}

TEST_F(ExecutorTest, StopsWhenTheSinkFails) {
  auto setup = create({.batch = 2});
  ASSERT_TRUE(setup);
  auto sink = [](const Executor::Row &) -> Expected<void> {
    return makeError(ExitCode::Failure, "enough");
  };
  EXPECT_EQ(setup->executor->feed(setup->text, Tokens{1, 2, 3}, 0, sink)
                .error()
                .message,
            "enough");
  EXPECT_EQ(fake->calls.size(), 1u);
}

TEST_F(ExecutorTest, ForgetsWhatIsCut) {
  auto setup = create();
  ASSERT_TRUE(setup);
  ASSERT_TRUE(feed(*setup, {1, 2, 3}));
  setup->text.truncate(1);
  ASSERT_TRUE(feed(*setup, {4, 5}));
  EXPECT_EQ(fake->calls[1].position, 1);
  EXPECT_EQ(setup->text.position(), 3);
}

TEST_F(ExecutorTest, RefusesTokensThatAreNone) {
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

TEST_F(ExecutorTest, RefusesMoreThanTheContextHolds) {
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

TEST_F(ExecutorTest, RefusesLogitsThatAreNotFinite) {
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

TEST_F(ExecutorTest, RefusesRowsThatNothingWrites) {
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

TEST_F(ExecutorTest, RefusesTokensBeyondTheVocabulary) {
  // The best of each of two parts: token 41, where the model has 40.
  ForwardFunction *best = [](const ignis_thread *, const int32_t *,
                             const ignis_rows *, ignis_kv_cache *,
                             float *output, uint8_t *) {
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

TEST_F(ExecutorTest, EndsWhenAskedTo) {
  auto setup = create({.batch = 2});
  ASSERT_TRUE(setup);
  std::atomic<bool> stop = false;
  setup->executor->setStopFlag(stop);
  fake->next = [&](int32_t token, int64_t) {
    stop = true;
    return token;
  };
  auto fed = setup->executor->feed(setup->text, Tokens{1, 2, 3, 4}, 0, ignore);
  ASSERT_FALSE(fed);
  EXPECT_EQ(fed.error().code, ExitCode::Interrupted);
  EXPECT_EQ(fake->calls.size(), 1u);
}

TEST_F(ExecutorTest, DoesWithOneEntry) {
  std::vector<ignis_entry> both = fake->entries;
  fake->entries = {both[0]};
  fake->program.entries = fake->entries.data();
  fake->program.entry_count = 1;
  {
    auto setup = create();
    ASSERT_TRUE(feed(*setup, {1}));
    EXPECT_FALSE(fake->calls.back().isSingle);
  }
  fake->entries = {both[1]};
  {
    auto setup = create();
    ASSERT_TRUE(feed(*setup, {1, 2}));
    EXPECT_EQ(fake->calls.back().tokens, (Tokens{2}));
  }
  fake->entries[0].tokens = 7;
  EXPECT_EQ(refusal(), "the program has no entry for one token or for any "
                       "number of them");
}

TEST_F(ExecutorTest, PacksWhenToldTo) {
  int64_t matrixBytes = 0;
  for (const ModelTensor &tensor : model.tensors)
    if (tensor.rows != 0)
      matrixBytes += static_cast<int64_t>(tensor.tensor->byteSize);
  auto never = create({.context = 96, .pack = PackPolicy::Never});
  auto automatic = create({.context = 96, .pack = PackPolicy::Auto});
  auto always = create({.pack = PackPolicy::Always});
  EXPECT_GE(always->model->packedBytes(), matrixBytes);
  for (int step = 0; step != 96; ++step) {
    ASSERT_TRUE(feed(*never, {1}));
    ASSERT_TRUE(feed(*automatic, {1}));
    if (step == 7)
      EXPECT_EQ(automatic->model->packedBytes(), 0);
  }
  // A text that is known to be long need not show it first.
  auto expecting = create({.context = 96, .expected = 17});
  ASSERT_TRUE(feed(*expecting, {1}));
  EXPECT_EQ(expecting->model->packedBytes(), 0);
  for (int step = 0; step != 5; ++step)
    ASSERT_TRUE(feed(*expecting, {1}));
  EXPECT_GE(expecting->model->packedBytes(), matrixBytes);
  EXPECT_EQ(never->model->packedBytes(), 0);
  EXPECT_GE(automatic->model->packedBytes(), matrixBytes);
}

/// The weights of a model are packed once, whoever computes with them.
TEST_F(ExecutorTest, ExecutorsShareAModel) {
  auto setup = create({.pack = PackPolicy::Always});
  ASSERT_TRUE(setup);
  int64_t packed = setup->model->packedBytes();
  auto other = Executor::create(*setup->model,
                                {.threads = 1, .pack = PackPolicy::Always});
  ASSERT_TRUE(other);
  EXPECT_EQ(setup->model->packedBytes(), packed);
  Sequence text(**other);
  EXPECT_TRUE((*other)->feed(text, Tokens{1, 2}, 0, ignore));
  EXPECT_TRUE(feed(*setup, {1, 2}));
}

TEST_F(ExecutorTest, RefusesProgramsOfAnotherKind) {
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
