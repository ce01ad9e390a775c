//===- Team.cpp - Threads that run a program together ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Attend.h"
#include "Barrier.h"
#include "Baton.h"
#include "Gather.h"
#include "Guard.h"
#include "Platform.h"
#include "ignis/Runtime/Runtime.h"

#include <algorithm>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <mutex>
#include <new>
#include <optional>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>
#include <vector>

using namespace ignis::runtime;

namespace {

/// Who may run. Teams at work have no more threads together than there are
/// CPUs, in the order in which they came: the threads of a team wait for each
/// other, and one that waits for its CPU would hold up the rest.
class Admission {
public:
  explicit Admission(int threads) : threads(threads) {
    std::unique_lock lock(mutex);
    uint64_t ticket = nextTicket++;
    changed.wait(lock, [&] {
      return ticket == serving &&
             (running == 0 ||
              running + threads <= CpuSet::ofProcess().physicalCores());
    });
    ++serving;
    running += threads;
    changed.notify_all();
  }
  Admission(const Admission &) = delete;
  ~Admission() {
    std::lock_guard lock(mutex);
    running -= threads;
    changed.notify_all();
  }

private:
  static inline std::mutex mutex;
  static inline std::condition_variable changed;
  static inline uint64_t nextTicket = 0;
  static inline uint64_t serving = 0;
  static inline int running = 0; ///< threads
  int threads;
};

/// A record of its own cache lines, as every thread reads its own all the time.
struct alignas(64) Member {
  ignis_thread thread;
  pthread_t handle;
};

/// Long enough for a phase that is unevenly split and for the work between two
/// tokens, short enough not to be noticed as load when nothing is generated.
constexpr std::chrono::microseconds spinTime{200};

/// Processes that have the CPUs of this one.
std::atomic<int> sharing = 1;

/// With more threads than CPUs, those that wait must make room.
std::chrono::microseconds spinTimeFor(int threads) {
  return threads * int64_t(sharing) <= CpuSet::ofProcess().logicalCpus()
             ? spinTime
             : std::chrono::microseconds{0};
}

} // namespace

struct ignis_team {
  explicit ignis_team(int threads)
      : members(size_t(threads)), barrier(threads, spinTimeFor(threads)),
        baton(threads), board(threads) {}

  int size() const { return int(members.size()); }
  /// At the barrier, helping with attention unless threads are to take turns.
  void wait(int thread) {
    barrier.wait(thread, [this] {
      return board.hasOffers() && baton.isFree() && board.help();
    });
  }
  /// The CPU for a thread, or -1: a team that leaves cores to others also
  /// leaves the choice to the system, which knows where those others run.
  int cpuOf(int thread) const {
    const CpuSet &cpus = CpuSet::ofProcess();
    bool all = size() > 1 && size() == cpus.physicalCores() && sharing == 1;
    return all ? cpus.at(thread) : -1;
  }

  pid_t process = getpid(); ///< the one that has the threads
  std::vector<Member> members;
  Memory scratch;
  Barrier barrier;
  Baton baton;
  AttentionBoard board;
  std::unique_ptr<Gatherer> gatherer; ///< null: the team computes alone
  std::atomic<uint64_t> barriers = 0;

  enum class State : uint32_t { Starting, Running, Abandoned };
  /// Threads wait for it to leave Starting.
  std::atomic<State> state = State::Starting;

  /// What to run; null: stop. Written before the barrier that opens a run.
  void (*body)(const ignis_thread *thread, void *argument) = nullptr;
  void *argument = nullptr;
};

/// Threads meet at the barrier when a run begins and when it ends.
static void *work(void *argument) {
  auto *self = static_cast<const ignis_thread *>(argument);
  ignis_team &team = *self->team;
  team.state.wait(ignis_team::State::Starting, std::memory_order_acquire);
  if (team.state.load(std::memory_order_acquire) ==
      ignis_team::State::Abandoned)
    return nullptr;
  PinnedThread pinned(team.cpuOf(int(self->id)));
  for (;;) {
    team.wait(int(self->id));
    if (!team.body)
      return nullptr;
    team.baton.take(int(self->id));
    team.body(self, team.argument);
    team.baton.pass();
    team.wait(int(self->id));
  }
}

static void startWith(ignis_team &team, ignis_team::State state) {
  team.state.store(state, std::memory_order_release);
  team.state.notify_all();
}

/// Starts a thread that takes none of the signals that a host's own threads
/// wait for, with a stack of at least 1 MiB.
static int startThread(Member &member) {
  sigset_t asynchronous, before;
  sigfillset(&asynchronous);
  for (int fault : {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGABRT})
    sigdelset(&asynchronous, fault);
  pthread_attr_t attributes;
  pthread_attr_init(&attributes);
  size_t stack = 0;
  pthread_attr_getstacksize(&attributes, &stack);
  pthread_attr_setstacksize(&attributes, std::max(stack, size_t(1) << 20));
  pthread_sigmask(SIG_SETMASK, &asynchronous, &before);
  int failed =
      pthread_create(&member.handle, &attributes, work, &member.thread);
  pthread_sigmask(SIG_SETMASK, &before, nullptr);
  pthread_attr_destroy(&attributes);
  return failed;
}

static ignis_team *createTeam(const ignis_kernels *kernels, int threads,
                              size_t scratch_bytes,
                              char error[IGNIS_ERROR_SIZE]) {
  if (threads < 1 || threads > 1024) {
    snprintf(error, IGNIS_ERROR_SIZE, "expects 1 to 1024 threads, got %d",
             threads);
    return nullptr;
  }
  size_t each = (scratch_bytes + 63) / 64 * 64;
  size_t total = 0;
  if (each < scratch_bytes ||
      __builtin_mul_overflow(each, size_t(threads), &total)) {
    snprintf(error, IGNIS_ERROR_SIZE, "scratch of %zu bytes is too large",
             scratch_bytes);
    return nullptr;
  }
  auto team = std::make_unique<ignis_team>(threads);
  team->scratch = Memory(total);
  if (!team->scratch.data()) {
    snprintf(error, IGNIS_ERROR_SIZE,
             "no memory for %zu bytes of scratch for %d threads", total,
             threads);
    return nullptr;
  }
  for (int i = 0; i < threads; ++i)
    team->members[size_t(i)].thread = {i,
                                       threads,
                                       nullptr,
                                       nullptr,
                                       team->scratch.data() + each * size_t(i),
                                       team.get(),
                                       kernels,
                                       0,
                                       1};
  for (int i = 1; i < threads; ++i) {
    Member &member = team->members[size_t(i)];
    int failed = startThread(member);
    if (failed == 0)
      continue;
    startWith(*team, ignis_team::State::Abandoned);
    for (int j = 1; j < i; ++j)
      pthread_join(team->members[size_t(j)].handle, nullptr);
    snprintf(error, IGNIS_ERROR_SIZE, "starting thread %d of %d failed: %s", i,
             threads, strerror(failed));
    return nullptr;
  }
  startWith(*team, ignis_team::State::Running);
  return team.release();
}

ignis_team *ignis_rt_team_create(const ignis_kernels *kernels, int threads,
                                 size_t scratch_bytes,
                                 char error[IGNIS_ERROR_SIZE]) {
  return guarded<ignis_team *>(nullptr, error, [&] {
    return createTeam(kernels, threads, scratch_bytes, error);
  });
}

bool ignis_rt_team_is_here(const ignis_team *team) {
  return team->process == getpid();
}

void ignis_rt_team_destroy(ignis_team *team) {
  if (!team)
    return;
  // A child of the process has only the memory.
  if (ignis_rt_team_is_here(team)) {
    team->body = nullptr;
    team->wait(0);
    for (int i = 1; i < team->size(); ++i)
      pthread_join(team->members[size_t(i)].handle, nullptr);
  }
  delete team;
}

AttentionBoard &ignis::runtime::boardOf(ignis_team *team) {
  return team->board;
}

int ignis_rt_team_size(const ignis_team *team) { return team->size(); }

const ignis_kernels *ignis_rt_team_kernels(const ignis_team *team) {
  return team->members[0].thread.kernels;
}

void ignis_rt_team_bind(ignis_team *team, const void *const *weights,
                        const float *rope) {
  for (Member &member : team->members) {
    member.thread.weights = weights;
    member.thread.rope = rope;
  }
}

void ignis_rt_team_set_order(ignis_team *team, ignis_order order,
                             uint64_t seed) {
  team->baton.setOrder(order, seed);
}

void ignis_rt_team_run(ignis_team *team,
                       void (*body)(const ignis_thread *thread, void *argument),
                       void *argument) {
  // Ranks of one process wait for each other, and whoever plays them says who
  // runs.
  std::optional<Admission> admission;
  if (!team->gatherer)
    admission.emplace(team->size());
  PinnedThread pinned(team->cpuOf(0));
  team->body = body;
  team->argument = argument;
  team->wait(0);
  team->baton.take(0);
  body(&team->members[0].thread, argument);
  team->baton.pass();
  team->wait(0);
}

void ignis_rt_barrier(const ignis_thread *thread) {
  ignis_team &team = *thread->team;
  team.baton.pass();
  team.wait(int(thread->id));
  team.baton.take(int(thread->id));
  if (thread->id == 0)
    team.barriers.store(team.barriers.load(std::memory_order_relaxed) + 1,
                        std::memory_order_relaxed);
}

bool ignis_rt_team_join(ignis_team *team, const ignis_group *group,
                        int64_t row_bytes) {
  std::unique_ptr<Gatherer> gatherer(new (std::nothrow)
                                         Gatherer(*group, row_bytes));
  if (!gatherer || !gatherer->isReady())
    return false;
  team->gatherer = std::move(gatherer);
  for (Member &member : team->members) {
    member.thread.rank = group->rank;
    member.thread.ranks = group->ranks;
  }
  return true;
}

void ignis_rt_all_gather(const ignis_thread *thread, uint8_t *buffer,
                         int64_t rows, int64_t columns, int64_t width,
                         int64_t element_bytes, int64_t first_only) {
  ignis_team &team = *thread->team;
  team.baton.pass();
  team.wait(int(thread->id));
  if (team.gatherer) {
    if (thread->id == 0)
      team.gatherer->run(
          {buffer, rows, columns, width, element_bytes, first_only != 0});
    team.wait(int(thread->id));
  }
  team.baton.take(int(thread->id));
}

uint64_t ignis_rt_team_gathers(const ignis_team *team) {
  return team->gatherer ? team->gatherer->calls() : 0;
}

uint64_t ignis_rt_team_gathered_bytes(const ignis_team *team) {
  return team->gatherer ? team->gatherer->bytes() : 0;
}

uint64_t ignis_rt_team_barriers(const ignis_team *team) {
  return team->barriers.load(std::memory_order_relaxed);
}

void ignis_rt_share_cpus(int processes) { sharing = std::max(processes, 1); }

int ignis_rt_default_threads(void) {
  int cores = CpuSet::ofProcess().physicalCores() / sharing;
  int quota = cpuQuota();
  return std::clamp(quota == 0 ? cores : std::min(cores, quota), 1, 1024);
}
