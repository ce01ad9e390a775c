//===- Group.cpp - A process as one of several ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Group.h"

#include "ignis/Support/Program.h"
#include "ignis/Support/Signals.h"

#include <charconv>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <string_view>
#include <thread>

#include <unistd.h>

using namespace ignis;

static int64_t readVariable(const char *name, int64_t missing) {
  const char *text = std::getenv(name);
  std::string_view digits(text ? text : "");
  int64_t value = missing;
  auto [rest, failed] =
      std::from_chars(digits.begin(), digits.end(), value);
  return failed == std::errc() && rest == digits.end() && value >= 0 ? value
                                                                     : missing;
}

Launch Launch::ofProcess() {
  Launch launch{readVariable("OMPI_COMM_WORLD_RANK", 0),
                readVariable("OMPI_COMM_WORLD_SIZE", 1)};
  return launch.rank < launch.ranks ? launch : Launch{};
}

std::string Launch::introduce(const std::string &name) const {
  if (rank == 0)
    return name;
  // Whatever is printed, rank 0 prints it.
  if (!std::freopen("/dev/null", "w", stdout))
    std::fclose(stdout);
  std::string introduced = fmt::format("{}, rank {} of {}", name, rank, ranks);
  nameProgram(introduced);
  return introduced;
}

/// On the thread that watches the others, wherever the rest of the process is.
static void endRank(const char *line) {
  if (line)
    writeLastLine({line});
  // The launcher kills all ranks once the first has ended: each is to have said
  // why before.
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  removeUnfinished();
  _exit(line ? static_cast<int>(ExitCode::Failure) : getInterruptedCode());
}

Expected<void> ignis::runAsRank(
    Expected<TransportOpener *> open, int64_t threads, double timeout,
    const std::function<Expected<void>(const ignis_group &)> &run) {
  if (!open)
    return tl::unexpected(std::move(open.error()));
  catchSignals();
  ignis_transport_options options{IGNIS_ABI_VERSION, threads, timeout,
                                  /*most_bytes=*/0, isInterrupted, endRank};
  char reason[IGNIS_ERROR_SIZE];
  ignis_transport *transport = (*open)(&options, reason);
  if (!transport)
    return makeError(ExitCode::Failure, "joining the other ranks: {}", reason);
  ignis_rt_share_cpus(static_cast<int>(transport->sharing));
  Expected<void> done = run(transport->group);
  if (done && transport->group.rank > 0 && isInterrupted())
    done = makeError(ExitCode::Interrupted, "interrupted");
  bool isInTime = done || done.error().code == ExitCode::Interrupted;
  transport->leave(transport,
                   isInTime ? nullptr : done.error().message.c_str());
  return done;
}
