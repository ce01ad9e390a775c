//===- ExecutorTest.cpp - Programs are fed as they should be --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ExecutorTestCase.h"

#include <array>
#include <numeric>

using namespace ignis;
using namespace ignis::test;

namespace {

using ExecutorTest = ExecutorTestCase;

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

} // namespace
