//===- TransportDriver.cpp - A rank that only gathers and broadcasts ------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Started by mpirun: see test/MPI. Ends with 0 if all was right.
//
//===----------------------------------------------------------------------===//

#include "ignis/Runtime/Transport.h"

#include <atomic>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <numeric>
#include <random>
#include <string_view>
#include <thread>
#include <vector>

#include <signal.h>
#include <unistd.h>

using namespace std::chrono_literals;

static std::atomic<bool> interrupted = false;

/// One line, however many ranks write at once.
static void say(const std::string &line) {
  std::string whole = line + "\n";
  if (write(STDERR_FILENO, whole.data(), whole.size()) < 0)
    _exit(9);
}

[[noreturn]] static void endProcess(const char *line) {
  if (line)
    say(std::string("driver: error: ") + line);
  // The launcher kills all once one has ended: each is to have its say.
  std::this_thread::sleep_for(200ms);
  _exit(line ? 1 : 128 + SIGTERM);
}

/// What rank `rank` has at byte i in round `round`.
static char valueOf(int64_t rank, int64_t i, int round) {
  return static_cast<char>(rank * 31 + i * 7 + round * 13 + i / 251);
}

static void expect(bool condition, const char *what, int round) {
  if (!condition)
    endProcess((std::string(what) + " of round " + std::to_string(round) +
                " is not what was sent")
                   .c_str());
}

/// Random sizes, none and one byte among them, the same in all ranks.
static void runRounds(const ignis_group &group, int rounds, int64_t most) {
  std::mt19937_64 random(7);
  for (int round = 0; round != rounds; ++round) {
    std::vector<int64_t> sizes(static_cast<size_t>(group.ranks));
    for (int64_t &size : sizes)
      size = random() % 4 == 0 ? int64_t(random() % 2)
                               : int64_t(random() % uint64_t(most));
    int64_t total = std::reduce(sizes.begin(), sizes.end());
    std::vector<char> all(static_cast<size_t>(total)), whole;
    int64_t at = 0;
    for (int64_t rank = 0; rank != group.ranks; ++rank)
      for (int64_t i = 0; i != sizes[size_t(rank)]; ++i, ++at) {
        whole.push_back(valueOf(rank, i, round));
        all[size_t(at)] = rank == group.rank ? whole.back() : 'x';
      }
    std::vector<char> own = all;
    group.all_gather(group.context, all.data(), sizes.data());
    expect(all == whole, "all_gather", round);

    all = own;
    group.gather(group.context, all.data(), sizes.data());
    expect(all == (group.rank == 0 ? whole : own), "gather", round);

    all = group.rank == 0 ? whole : own;
    group.broadcast(group.context, all.data(), total);
    expect(all == whole, "broadcast", round);
  }
}

/// A call that all ranks are to come to.
static void meet(const ignis_group &group) {
  std::vector<int64_t> ones(size_t(group.ranks), 1);
  std::vector<char> all(size_t(group.ranks));
  group.all_gather(group.context, all.data(), ones.data());
}

/// Which of MPI's functions this process comes to and does not get through.
static std::string_view obstacle;

/// As a machine does that is switched off.
static void passUnlessObstacle(std::string_view function) {
  if (function == obstacle)
    raise(SIGSTOP);
}

// The transport calls these.
extern "C" {
int PMPI_Finalize();
int MPI_Finalize();
int PMPI_Get_processor_name(char *name, int *size);
int MPI_Get_processor_name(char *name, int *size);

int MPI_Finalize() {
  passUnlessObstacle("finalize");
  return PMPI_Finalize();
}

int MPI_Get_processor_name(char *name, int *size) {
  passUnlessObstacle("places");
  return PMPI_Get_processor_name(name, size);
}
}

/// driver rounds N MOST | pieces N MOST | time CALLS BYTES | wait SECONDS |
/// fail RANK | shares | stop RANK finalize|places
int main(int argc, char **argv) {
  signal(SIGTERM, [](int) { interrupted = true; });
  std::string_view what = argc > 1 ? argv[1] : "";
  auto number = [&](int i) { return argc > i ? std::atol(argv[i]) : 0; };
  const char *rank = std::getenv("OMPI_COMM_WORLD_RANK");
  if (what == "stop" && argc > 3 && rank && std::atol(rank) == number(2))
    obstacle = argv[3];
  ignis_transport_options options{
      IGNIS_ABI_VERSION, 1, /*timeout=*/5,
      what == "pieces" ? int64_t{1000} : 0,
      [] { return interrupted.load(); }, endProcess};
  char error[IGNIS_ERROR_SIZE];
  ignis_transport *transport = ignis_transport_open(&options, error);
  if (!transport)
    endProcess(error);
  const ignis_group &group = transport->group;
  say("rank " + std::to_string(group.rank) + " is process " +
      std::to_string(getpid()));

  if (what == "rounds" || what == "pieces") {
    runRounds(group, static_cast<int>(number(2)), number(3));
    if (group.rank == 0)
      say("all was as it was sent");
  } else if (what == "time") {
    std::vector<int64_t> sizes(size_t(group.ranks), number(3) / group.ranks);
    std::vector<char> all(static_cast<size_t>(number(3)));
    auto begin = std::chrono::steady_clock::now();
    for (long call = 0; call != number(2); ++call)
      group.all_gather(group.context, all.data(), sizes.data());
    std::chrono::duration<double, std::micro> took =
        std::chrono::steady_clock::now() - begin;
    if (group.rank == 0)
      printf("%.2f us a call\n", took.count() / double(number(2)));
  } else if (what == "wait") {
    // Rank 1 stays away; the others wait for it.
    if (group.rank == 1)
      std::this_thread::sleep_for(1s * number(2));
    meet(group);
  } else if (what == "fail") {
    if (group.rank == number(2)) {
      transport->leave(transport, "cannot read the model");
      return 1;
    }
    meet(group);
  } else if (what == "shares") {
    say("rank " + std::to_string(group.rank) + " shares with " +
        std::to_string(transport->sharing));
  }
  transport->leave(transport, nullptr);
  return 0;
}
