//===- TeamTest.cpp - Threads and barriers --------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <sys/resource.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

TEST(TeamTest, EveryThreadRunsOnce) {
  for (int threads : {1, 2, 3, 7, 8, 9, 17, 65}) {
    Team team = makeTeam(threads);
    EXPECT_EQ(ignis_rt_team_size(team.get()), threads);
    std::vector<int> runs(size_t(threads), 0);
    for (int round = 1; round <= 3; ++round) {
      runOnTeam(team, [&](const ignis_thread *thread) {
        EXPECT_EQ(thread->count, threads);
        ++runs[size_t(thread->id)];
      });
      for (int count : runs)
        EXPECT_EQ(count, round);
    }
  }
}

/// Each thread reads what its neighbour wrote before the barrier. The writes
/// are plain, so that a sanitizer sees a barrier that does not order them.
TEST(TeamTest, BarriersOrderPlainWrites) {
  for (int threads : {2, 3, 8, 20}) {
    Team team = makeTeam(threads);
    const int rounds = threads > 4 ? 50 : 500;
    std::vector<int> values(size_t(threads), 0);
    std::atomic<int> wrong = 0;
    runOnTeam(team, [&](const ignis_thread *thread) {
      auto own = size_t(thread->id);
      auto neighbour = size_t((thread->id + 1) % thread->count);
      for (int round = 1; round <= rounds; ++round) {
        values[own] = round;
        ignis_rt_barrier(thread);
        if (values[neighbour] != round)
          ++wrong;
        ignis_rt_barrier(thread);
      }
    });
    EXPECT_EQ(wrong, 0);
    EXPECT_EQ(ignis_rt_team_barriers(team.get()), uint64_t(2 * rounds));
  }
}

/// With a baton each phase runs thread after thread.
TEST(TeamTest, RunsPhasesInTheOrderThatIsAskedFor) {
  constexpr int threads = 5, phases = 4;
  auto run = [](ignis_order order, uint64_t seed) {
    Team team = makeTeam(threads);
    ignis_rt_team_set_order(team.get(), order, seed);
    std::vector<int64_t> seen; // plain: the baton orders its writers
    for (int round = 0; round < 2; ++round)
      runOnTeam(team, [&](const ignis_thread *thread) {
        for (int phase = 0; phase < phases; ++phase) {
          if (phase)
            ignis_rt_barrier(thread);
          seen.push_back(thread->id);
        }
      });
    return seen;
  };
  std::vector<int64_t> ascending, descending;
  for (int i = 0; i < 2 * phases * threads; ++i) {
    ascending.push_back(i % threads);
    descending.push_back(threads - 1 - i % threads);
  }
  EXPECT_EQ(run(IGNIS_ORDER_ASCENDING, 0), ascending);
  EXPECT_EQ(run(IGNIS_ORDER_DESCENDING, 0), descending);

  std::vector<int64_t> shuffled = run(IGNIS_ORDER_SHUFFLED, 1);
  EXPECT_EQ(shuffled, run(IGNIS_ORDER_SHUFFLED, 1));
  EXPECT_NE(shuffled, run(IGNIS_ORDER_SHUFFLED, 2));
  EXPECT_NE(shuffled, ascending);
  for (int phase = 0; phase < 2 * phases; ++phase) {
    auto begin = shuffled.begin() + phase * threads;
    std::sort(begin, begin + threads);
  }
  EXPECT_EQ(shuffled, ascending);
}

TEST(TeamTest, SleepingThreadsWake) {
  Team team = makeTeam(4);
  std::atomic<int> runs = 0;
  for (int round = 0; round < 5; ++round) {
    usleep(3000); // longer than they spin
    runOnTeam(team, [&](const ignis_thread *thread) {
      if (thread->id == round % 4)
        usleep(2000);
      ignis_rt_barrier(thread);
      ++runs;
    });
  }
  EXPECT_EQ(runs, 20);
}

TEST(TeamTest, ScratchIsAlignedAndApart) {
  Team team = makeTeam(5, 1000);
  std::vector<uint8_t *> scratch(5);
  runOnTeam(team, [&](const ignis_thread *thread) {
    scratch[size_t(thread->id)] = thread->scratch;
    memset(thread->scratch, int(thread->id), 1000);
  });
  for (size_t i = 0; i < 5; ++i) {
    EXPECT_EQ(reinterpret_cast<uintptr_t>(scratch[i]) % 64, 0u);
    for (size_t b = 0; b < 1000; ++b)
      ASSERT_EQ(scratch[i][b], i);
  }
}

TEST(TeamTest, BoundTablesAreSeen) {
  Team team = makeTeam(3);
  const void *weights[] = {nullptr};
  float rope = 0;
  ignis_rt_team_bind(team.get(), weights, &rope);
  runOnTeam(team, [&](const ignis_thread *thread) {
    EXPECT_EQ(thread->weights, weights);
    EXPECT_EQ(thread->rope, &rope);
    EXPECT_EQ(thread->team, team.get());
  });
}

/// Teams at work have no more threads together than there are CPUs.
TEST(TeamTest, TeamsDoNotGetInEachOthersWay) {
  const auto cpus = int(sysconf(_SC_NPROCESSORS_ONLN));
  std::atomic<int> working = 0, most = 0;
  auto work = [&](int threads) {
    Team team = makeTeam(threads);
    for (int round = 0; round != 20; ++round)
      runOnTeam(team, [&](const ignis_thread *thread) {
        int now = ++working;
        for (int seen = most; seen < now;)
          most.compare_exchange_weak(seen, now);
        ignis_rt_barrier(thread);
        usleep(100);
        ignis_rt_barrier(thread);
        --working;
      });
  };
  std::vector<std::thread> others;
  for (int threads : {1, cpus, cpus / 2 + 1, 1, cpus})
    others.emplace_back(work, threads);
  for (std::thread &other : others)
    other.join();
  EXPECT_LE(most, cpus);
  EXPECT_GT(most, 0);
}

TEST(TeamTest, RefusesCountsOutOfRange) {
  Error error;
  for (int threads : {0, -1, 1025, 10000}) {
    EXPECT_FALSE(
        ignis_rt_team_create(currentKernels(), threads, 0, error.text));
    EXPECT_EQ(std::string(error.text),
              "expects 1 to 1024 threads, got " + std::to_string(threads));
  }
  EXPECT_FALSE(ignis_rt_team_create(currentKernels(), 2, SIZE_MAX, error.text));
  EXPECT_FALSE(
      ignis_rt_team_create(currentKernels(), 2, SIZE_MAX / 2, error.text));
}

TEST(TeamTest, DefaultIsWhatTheProcessMayUse) {
  int threads = ignis_rt_default_threads();
  EXPECT_GE(threads, 1);
  EXPECT_LE(threads, sysconf(_SC_NPROCESSORS_CONF));
  // The caller's affinity is what it was.
  { makeTeam(threads); }
  EXPECT_EQ(ignis_rt_default_threads(), threads);
}

TEST(TeamTest, ThreadsLeaveSignalsToTheirHost) {
  Team team = makeTeam(3);
  std::atomic<int> wrong = 0;
  runOnTeam(team, [&](const ignis_thread *thread) {
    sigset_t blocked;
    pthread_sigmask(SIG_SETMASK, nullptr, &blocked);
    bool isWorker = thread->id != 0;
    for (int signal : {SIGINT, SIGTERM, SIGUSR1, SIGALRM, SIGCHLD})
      wrong += (sigismember(&blocked, signal) == 1) != isWorker;
    for (int fault : {SIGBUS, SIGSEGV})
      wrong += sigismember(&blocked, fault) == 1;
  });
  EXPECT_EQ(wrong, 0);
}

/// In a process of its own, which is allowed no more memory than it has.
TEST(TeamTest, MemoryThatEndsIsAnError) {
#if defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
  GTEST_SKIP() << "a sanitizer's own memory comes first";
#endif
#endif
  std::vector<ignis_team *> teams(100000); // room to keep them
  pid_t child = fork();
  if (child == 0) {
    const rlimit limit = {1, 1};
    setrlimit(RLIMIT_AS, &limit);
    char error[IGNIS_ERROR_SIZE] = "";
    for (ignis_team *&team : teams)
      if (team = ignis_rt_team_create(self()->kernels, 1, 0, error); !team)
        _exit(error[0] ? 0 : 1);
    _exit(2);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

TEST(TeamTest, AForkedProcessHasOnlyItsMemory) {
  Team team = makeTeam(3);
  EXPECT_TRUE(ignis_rt_team_is_here(team.get()));
  pid_t child = fork();
  if (child == 0) {
    bool isHere = ignis_rt_team_is_here(team.get());
    team.reset(); // waits for nobody
    _exit(isHere ? 1 : 0);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
}

} // namespace
