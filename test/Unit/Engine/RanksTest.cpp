//===- RanksTest.cpp - What rank 0 tells the others -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "CallMessage.h"
#include "FakeProgram.h"

#include "ignis/Engine/SimulatedRanks.h"

#include <cstring>

using namespace ignis;
using ignis::test::TinyModel;

namespace {

/// A group of two in which what rank 0 sends lies here until it is received.
struct Wire {
  static void send(void *context, void *data, int64_t bytes) {
    auto &wire = *static_cast<Wire *>(context);
    const auto *begin = static_cast<const std::byte *>(data);
    wire.bytes.insert(wire.bytes.end(), begin, begin + bytes);
    ++wire.broadcasts;
  }
  static void receive(void *context, void *data, int64_t bytes) {
    auto &wire = *static_cast<Wire *>(context);
    ASSERT_LE(wire.at + bytes, std::ssize(wire.bytes));
    std::memcpy(data, wire.bytes.data() + wire.at, static_cast<size_t>(bytes));
    wire.at += bytes;
  }
  ignis_group first{0, 2, this, nullptr, nullptr, send};
  ignis_group second{1, 2, this, nullptr, nullptr, receive};
  std::vector<std::byte> bytes;
  int64_t at = 0;
  int broadcasts = 0;

  int64_t *words() { return reinterpret_cast<int64_t *>(bytes.data()); }
};

class CallMessageTest : public TinyModel {
protected:
  void SetUp() override {
    TinyModel::SetUp();
    loaded = *Model::create(*file, model, fake->program);
    ExecutorOptions options;
    options.threads = 1;
    options.batch = 20;
    options.positions = 3 * 64;
    options.context = 32;
    runner = *CallRunner::create(*loaded, options);
  }
  Wire send(const RowBatch &batch, std::span<const PageCopy> copies = {}) {
    Wire wire;
    CallMessage::of(batch, copies).send(wire.first);
    return wire;
  }
  Expected<CallMessage::Call> receive(Wire &wire) {
    wire.second.context = &wire;
    return CallMessage::receive(wire.second).read(*runner);
  }

  std::unique_ptr<Model> loaded;
  std::unique_ptr<CallRunner> runner;
};

TEST_F(CallMessageTest, ArrivesAsItWas) {
  const std::vector<int32_t> one = {3, 1, 2}, other = {39};
  const int32_t pages[] = {2}, others[] = {0};
  RowBatch batch;
  batch.add(one, 5, pages, 1);
  batch.add(other, 0, others, 1); // wants none
  const PageCopy copies[] = {{1, 2, 7}};
  Wire wire = send(batch, copies);
  EXPECT_EQ(wire.broadcasts, 1);
  Expected<CallMessage::Call> call = receive(wire);
  ASSERT_TRUE(call) << call.error().message;
  ASSERT_EQ(call->copies.size(), 1u);
  EXPECT_EQ(call->copies[0].from, 1);
  EXPECT_EQ(call->copies[0].to, 2);
  EXPECT_EQ(call->copies[0].positions, 7);
  ignis_rows rows = call->batch.rows();
  ASSERT_EQ(rows.count, 4);
  EXPECT_TRUE(std::equal(rows.positions, rows.positions + 4,
                         std::vector<int64_t>{5, 6, 7, 0}.begin()));
  ASSERT_EQ(rows.output_count, 2);
  EXPECT_EQ(rows.outputs[0], 1);
  EXPECT_EQ(rows.outputs[1], 2);
  ASSERT_EQ(rows.span_count, 2);
  EXPECT_EQ(rows.spans[0].pages[0], 2);
  EXPECT_EQ(rows.spans[1].pages[0], 0);
  EXPECT_EQ(call->batch.tokens()[3], 39);
}

TEST_F(CallMessageTest, ALongCallTakesASecondBroadcast) {
  std::vector<std::vector<int32_t>> tokens(20, {7});
  const int32_t page = 1;
  RowBatch batch;
  for (const auto &row : tokens)
    batch.add(row, 3, &page, 0);
  std::vector<PageCopy> copies(3, PageCopy{0, 1, 64});
  Wire wire = send(batch, copies);
  EXPECT_EQ(wire.broadcasts, 1); // 2 + 9 + 20 * 5 words
  batch.add(tokens[0], 3, &page, 0);
  std::vector<PageCopy> more(9, PageCopy{0, 1, 64});
  EXPECT_EQ(send(batch, more).broadcasts, 2);
}

TEST_F(CallMessageTest, TheEndIsNoCall) {
  Wire wire;
  CallMessage::end().send(wire.first);
  wire.second.context = &wire;
  EXPECT_TRUE(CallMessage::receive(wire.second).isEnd());
}

/// Whatever a word is changed to, what is read has room or is refused.
TEST_F(CallMessageTest, RefusesWhatHasNoRoom) {
  const std::vector<int32_t> tokens = {3, 1};
  const int32_t page = 2;
  RowBatch batch;
  batch.add(tokens, 4, &page, 1);
  const PageCopy copy = {0, 1, 3};
  const Wire sent = send(batch, {&copy, 1});
  int refused = 0;
  for (int64_t at = 0; at != 12; ++at)
    for (int64_t value : {int64_t{-1}, int64_t{1000}, INT64_MAX, INT64_MIN}) {
      Wire wire = sent;
      wire.at = 0;
      wire.words()[at] = value;
      if (at == 0 && value > 128)
        continue; // a second broadcast, which nobody sends
      Expected<CallMessage::Call> call = receive(wire);
      refused += !call;
      if (!call)
        continue;
      ignis_rows rows = call->batch.rows();
      EXPECT_LE(rows.count, 20);
      for (int64_t i = 0; i != rows.span_count; ++i)
        EXPECT_LT(rows.spans[i].pages[0], 3);
    }
  // All but what lies behind the last word.
  EXPECT_GE(refused, 40);
}

using SimulatedRanksTest = TinyModel;

/// Groups that come to nothing end, too.
TEST_F(SimulatedRanksTest, EndWithoutACall) {
  fake->program.head_units = 2;
  ExecutorOptions options;
  options.threads = 1;
  for (int64_t count : {1, 2, 5}) {
    auto ranks =
        SimulatedRanks::create(*file, model, fake->program, options, count);
    ASSERT_TRUE(ranks) << ranks.error().message;
    EXPECT_EQ((*ranks)->group()->ranks, count);
    if (count == 2)
      continue; // no executor is made
    auto first = Model::create(*file, model, fake->program, Rank{0, count});
    options.group = (*ranks)->group();
    auto executor = Executor::create(**first, options);
    ASSERT_TRUE(executor) << executor.error().message;
    options.group = nullptr;
  }
}

TEST_F(SimulatedRanksTest, AModelOfAnotherRankIsRefused) {
  fake->program.head_units = 2;
  ExecutorOptions options;
  options.threads = 1;
  auto ranks = SimulatedRanks::create(*file, model, fake->program, options, 2);
  ASSERT_TRUE(ranks);
  auto alone = Model::create(*file, model, fake->program);
  options.group = (*ranks)->group();
  auto executor = Executor::create(**alone, options);
  ASSERT_FALSE(executor);
  EXPECT_EQ(executor.error().message,
            "expected a model of rank 0 of 2, found 0 of 1");
}

TEST_F(SimulatedRanksTest, ASequenceIsNotSavedByOneOfSeveral) {
  fake->program.head_units = 2;
  ExecutorOptions options;
  options.threads = 1;
  auto ranks = SimulatedRanks::create(*file, model, fake->program, options, 2);
  auto first = Model::create(*file, model, fake->program, Rank{0, 2});
  options.group = (*ranks)->group();
  auto executor = Executor::create(**first, options);
  ASSERT_TRUE(executor);
  Sequence sequence(**executor);
  SavedText beside;
  auto saved = sequence.save(path + ".saved", beside);
  ASSERT_FALSE(saved);
  EXPECT_EQ(saved.error().code, ExitCode::Usage);
  auto loaded = Sequence::load(**executor, path + ".saved", beside);
  EXPECT_FALSE(loaded);
}

} // namespace
