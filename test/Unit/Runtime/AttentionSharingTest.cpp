//===- AttentionSharingTest.cpp - Chunks that other threads compute -------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AttentionCase.h"

#include "Attend.h"

#include <chrono>
#include <mutex>
#include <set>
#include <thread>

namespace {

using namespace ignis::runtime;

class AttentionSharingTest : public IsaTest {};

/// Longer and shorter texts, heads that threads cannot divide evenly, and more
/// threads than heads: each thread has what compiled code gives it.
TEST_P(AttentionSharingTest, AnyThreadsSameBits) {
  Random random(1);
  std::vector<std::unique_ptr<Sequence>> sequences;
  std::vector<Sequence *> all;
  for (int64_t before : {2600, 0, 511, 512, 5000, 40}) {
    int64_t tokens = random.between(1, 4);
    sequences.push_back(std::make_unique<Sequence>(
        random, Shape{3, 1, 32, before + tokens, tokens, IGNIS_TYPE_F16}));
    all.push_back(sequences.back().get());
  }
  Pool pool(random, all);
  AttentionCall call(self(), pool, all);
  const ignis_rows *rows = call.rows.get();
  for (int threads = 1; threads <= 8; ++threads) {
    Team team = makeTeam(threads);
    for (int round = 0; round < 5; ++round) {
      std::vector<float> places = call.q; // results replace queries
      runOnTeam(team, [&](const ignis_thread *thread) {
        ignis_rt_attend(thread, pool.cache.get(), 1, places.data(), 3, rows,
                        3 * thread->id / thread->count,
                        3 * (thread->id + 1) / thread->count, places.data());
        ignis_rt_barrier(thread);
      });
      EXPECT_TRUE(sameBits(places.data(), call.expected.data(),
                           int64_t(call.expected.size())))
          << threads << " threads";
    }
  }
}

INSTANTIATE_FOR_EVERY_ISA(AttentionSharingTest);

/// The threads that computed chunks.
std::mutex mutex;
std::set<std::thread::id> helpers;

void noteAndAttend(const Attention &task, int64_t firstRow, int64_t rows,
                   int64_t chunk, AttentionSum *sums) {
  setOf(currentKernels())
      .attention.attendChunk(task, firstRow, rows, chunk, sums);
  // Time for another one to come.
  auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(5);
  for (;;) {
    std::lock_guard lock(mutex);
    helpers.insert(std::this_thread::get_id());
    if (helpers.size() > 1 || std::chrono::steady_clock::now() > end)
      return;
  }
}

TEST(AttentionBoardTest, WhoWaitsHelps) {
  if (std::thread::hardware_concurrency() < 2)
    GTEST_SKIP() << "threads wait for each other's CPU here";
  Random random(2);
  Sequence sequence(random, {2, 1, 64, 3000, 1, IGNIS_TYPE_F32});
  std::vector<float> expected = sequence.expected();
  Pool pool(random, {&sequence});
  pool.append(self(), sequence, 0, 3000);
  Rows rows;
  rows.add(sequence.pages, sequence.first(), 1);
  const ignis_rows *call = rows.get();

  Kernels kernels = setOf(currentKernels());
  kernels.attention.attendChunk = noteAndAttend;
  Error error;
  Team team(ignis_rt_team_create(
      reinterpret_cast<const ignis_kernels *>(&kernels), 2, 0, error.text));
  ASSERT_TRUE(team) << error.text;
  helpers.clear();
  // One that the system held up meanwhile comes another time.
  for (int round = 0; round < 1000 && helpers.size() < 2; ++round) {
    std::vector<float> out(expected.size());
    runOnTeam(team, [&](const ignis_thread *thread) {
      if (thread->id == 0)
        ignis_rt_attend(thread, pool.cache.get(), 1, sequence.q.data(), 2, call,
                        0, 2, out.data());
    });
    EXPECT_TRUE(sameBits(out.data(), expected.data(), int64_t(out.size())));
  }
  EXPECT_EQ(helpers.size(), 2u);
}

} // namespace
