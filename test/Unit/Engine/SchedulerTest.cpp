//===- SchedulerTest.cpp - Who is computed when ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// With a program that computes nothing, so that calls can be counted. That the
// answers are those of each text alone is tested with a real one in
// Compiler/ScheduledTextsTest.cpp.
//
//===----------------------------------------------------------------------===//

#include "FakeProgram.h"

#include "ignis/Engine/Scheduler.h"
#include "ignis/Grammar/Languages.h"

#include <limits>
#include <thread>

using namespace ignis;
using namespace ignis::test;

namespace {

using Tokens = std::vector<int32_t>;

struct Listener : TextListener {
  bool isWanted() const override { return wanted; }
  bool take(int32_t token, const Executor::Row &) override {
    tokens.push_back(token);
    return tokens.size() != stopAfter;
  }
  void end(Ending ending, const Error &reason) override {
    EXPECT_FALSE(this->ending);
    this->ending = ending;
    message = reason.message;
  }

  std::atomic<bool> wanted = true;
  size_t stopAfter = 0;
  Tokens tokens;
  std::optional<Ending> ending;
  std::string message;
};

class SchedulerTest : public TinyModel {
protected:
  void SetUp() override {
    TinyModel::SetUp();
    auto loaded = Model::create(*file, model, fake->program);
    ASSERT_TRUE(loaded);
    shared = std::move(*loaded);
    fake->next = [](int32_t token, int64_t) { return (token + 1) % 40; };
  }

  void start(const ExecutorOptions &options, const SchedulerOptions &limits) {
    scheduler.reset();
    auto created = Executor::create(*shared, options);
    ASSERT_TRUE(created) << created.error().message;
    executor = std::move(*created);
    scheduler = std::make_unique<Scheduler>(*executor, limits);
  }

  std::shared_ptr<Listener> submit(size_t prompt, int64_t most,
                                   int32_t first = 1) {
    TextRequest request;
    for (size_t i = 0; i != prompt; ++i)
      request.prompt.push_back(static_cast<int32_t>(i % 7) + first);
    request.mostTokens = most;
    request.sampling.temperature = 0;
    return submit(std::move(request));
  }
  std::shared_ptr<Listener> submit(TextRequest request) {
    auto listener = std::make_shared<Listener>();
    EXPECT_TRUE(scheduler->check(request));
    EXPECT_EQ(scheduler->submit(std::move(request), listener),
              Scheduler::Admission::Accepted);
    return listener;
  }
  void finish() {
    while (scheduler->step())
      ;
  }

  std::unique_ptr<Model> shared;
  std::unique_ptr<Executor> executor;
  std::unique_ptr<Scheduler> scheduler;
};

TEST_F(SchedulerTest, LongPromptsDoNotStopOthers) {
  start({.context = 1000, .positions = 4000, .batch = 64, .threads = 1},
        {.promptRows = 8});
  auto talker = submit(1, 60);
  ASSERT_TRUE(scheduler->step());
  // While nobody else talks, a prompt has whole calls.
  auto longOne = submit(400, 2), other = submit(400, 2, 20);
  size_t before = talker->tokens.size();
  fake->calls.clear();
  for (size_t step = 1; step != 50; ++step) {
    ASSERT_TRUE(scheduler->step());
    EXPECT_EQ(talker->tokens.size(), before + step);
    EXPECT_LE(fake->calls.back().tokens.size(), 1u + 8u);
  }
  finish();
  EXPECT_EQ(longOne->tokens.size(), 2u);
  EXPECT_EQ(other->ending, Ending::Length);
}

TEST_F(SchedulerTest, PromptsShareRows) {
  start({.context = 1000, .positions = 4000, .batch = 64, .threads = 1}, {});
  auto longOne = submit(640, 1), shortOne = submit(30, 1, 20);
  ASSERT_TRUE(scheduler->step());
  EXPECT_EQ(shortOne->tokens.size(), 1u);
  EXPECT_EQ(fake->calls.back().tokens.size(), 64u);
  finish();
  EXPECT_EQ(longOne->tokens.size(), 1u);
}

TEST_F(SchedulerTest, OneRowAtATimeIsForAllInTurn) {
  start({.context = 1000, .positions = 4000, .batch = 1, .threads = 1}, {});
  auto talker = submit(1, 30), prompt = submit(20, 3, 20);
  for (int i = 0; i != 50; ++i)
    scheduler->step();
  EXPECT_EQ(prompt->ending, Ending::Length);
  finish();
  EXPECT_EQ(talker->tokens.size(), 30u);
}

TEST_F(SchedulerTest, BeginningsAreComputedOnce) {
  start({.context = 1000, .positions = 4000, .batch = 32, .threads = 1}, {});
  std::vector<std::shared_ptr<Listener>> listeners;
  for (int i = 0; i != 4; ++i)
    listeners.push_back(submit(320, 3));
  finish();
  for (const auto &listener : listeners)
    EXPECT_EQ(listener->tokens, listeners[0]->tokens);
  Scheduler::Counts counts = scheduler->counts();
  EXPECT_EQ(counts.promptTokens, 4 * 320);
  EXPECT_EQ(counts.reusedTokens, 3 * 256);
  // And are found by those who come later.
  submit(320, 1);
  finish();
  EXPECT_EQ(scheduler->counts().reusedTokens, 3 * 256 + 319);
}

TEST_F(SchedulerTest, WhoLeavesIsDroppedBeforeTheNextCall) {
  start({.context = 1000, .positions = 1000, .batch = 64, .threads = 1},
        {.parallel = 1});
  auto first = submit(900, 90), second = submit(900, 90, 20);
  ASSERT_TRUE(scheduler->step());
  size_t calls = fake->calls.size();
  first->wanted = second->wanted = false;
  scheduler->step();
  EXPECT_EQ(first->ending, Ending::Cancelled);
  EXPECT_EQ(second->ending, Ending::Cancelled); // it had not been taken up
  EXPECT_EQ(fake->calls.size(), calls);
  EXPECT_EQ(scheduler->counts().promisedPages, 0);
  EXPECT_EQ(executor->pageCounts().available, executor->pageCounts().pages);
}

TEST_F(SchedulerTest, PlacesAndPagesAreLimited) {
  start({.context = 640, .positions = 640, .batch = 64, .threads = 1},
        {.parallel = 3, .waiting = 4});
  std::vector<std::shared_ptr<Listener>> listeners;
  for (int32_t i = 0; i != 4; ++i)
    listeners.push_back(submit(190, 40, i)); // 4 of 10 pages each
  TextRequest request{.prompt = {1}, .mostTokens = 1};
  EXPECT_EQ(scheduler->submit(request, std::make_shared<Listener>()),
            Scheduler::Admission::Full);
  ASSERT_TRUE(scheduler->step());
  EXPECT_EQ(scheduler->counts().active, 2);
  EXPECT_EQ(scheduler->counts().waiting, 2);
  EXPECT_EQ(scheduler->counts().promisedPages, 8);
  finish();
  for (const auto &listener : listeners)
    EXPECT_EQ(listener->tokens.size(), 40u);
  scheduler->drain();
  EXPECT_EQ(scheduler->submit(request, std::make_shared<Listener>()),
            Scheduler::Admission::Draining);
}

TEST_F(SchedulerTest, WhatCanNeverBeComputedIsRefused) {
  start({.context = 640, .positions = 320, .threads = 1}, {});
  EXPECT_FALSE(scheduler->check({.prompt = {}, .mostTokens = 1}));
  EXPECT_FALSE(scheduler->check({.prompt = {40}, .mostTokens = 1}));
  EXPECT_FALSE(scheduler->check({.prompt = Tokens(300, 1), .mostTokens = 22}));
  EXPECT_FALSE(scheduler->check(
      {.prompt = {1}, .mostTokens = std::numeric_limits<int32_t>::max()}));
  EXPECT_TRUE(scheduler->check({.prompt = Tokens(300, 1), .mostTokens = 20}));
}

TEST_F(SchedulerTest, Endings) {
  start({.context = 640, .positions = 6400, .threads = 1}, {});
  auto none = submit(3, 0);
  auto stopped = submit(3, 20);
  stopped->stopAfter = 4;
  TextRequest request{.prompt = {1}, .mostTokens = 20, .ends = {5}};
  request.sampling.temperature = 0;
  auto ended = submit(request);
  request.deadline = std::chrono::steady_clock::now();
  auto late = submit(request);
  finish();
  EXPECT_EQ(none->ending, Ending::Length);
  EXPECT_EQ(stopped->ending, Ending::Stopped);
  EXPECT_EQ(stopped->tokens.size(), 4u);
  EXPECT_EQ(ended->ending, Ending::Stopped);
  EXPECT_EQ(ended->tokens, (Tokens{2, 3, 4}));
  EXPECT_EQ(late->ending, Ending::TimedOut);
}

/// A text whose logits are not finite, or whose grammar allows nothing, ends
/// alone.
TEST_F(SchedulerTest, WhoFailsFailsAlone) {
  start({.context = 640, .positions = 6400, .threads = 1}, {});
  auto good = submit(3, 20);
  std::vector<std::string> texts(40);
  texts[1] = "a";
  Automaton automaton = *Automaton::compile(*parseRegex("b"));
  TextRequest request{.prompt = {1}, .mostTokens = 20};
  request.constraint.emplace(std::make_shared<Automaton>(automaton),
                             std::make_shared<TokenTrie>(texts), Tokens{});
  auto bad = submit(request);
  finish();
  EXPECT_EQ(good->tokens.size(), 20u);
  EXPECT_EQ(bad->ending, Ending::Failed);
  EXPECT_NE(bad->message, "");

  fake->best = std::numeric_limits<float>::infinity();
  auto infinite = submit(3, 20);
  finish();
  EXPECT_EQ(infinite->ending, Ending::Failed);
  EXPECT_NE(infinite->message.find("finite"), std::string::npos);
}

TEST_F(SchedulerTest, RunsUntilItIsDrained) {
  start({.context = 640, .positions = 6400, .threads = 1}, {});
  std::thread runner([&] { scheduler->run(); });
  std::vector<std::shared_ptr<Listener>> listeners;
  for (int i = 0; i != 20; ++i)
    listeners.push_back(submit(3, 20));
  scheduler->drain();
  runner.join();
  for (const auto &listener : listeners)
    EXPECT_EQ(listener->ending, Ending::Length);
  auto left = std::make_shared<Listener>();
  start({.context = 640, .positions = 6400, .threads = 1}, {});
  scheduler->submit({.prompt = {1}, .mostTokens = 1}, left);
  scheduler.reset();
  EXPECT_EQ(left->ending, Ending::Cancelled);
}

} // namespace
