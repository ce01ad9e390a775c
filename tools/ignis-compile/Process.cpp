//===- Process.cpp - Programs run on the way ------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Process.h"

#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Program.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

extern char **environ;

using namespace ignis;

//===----------------------------------------------------------------------===//
// Signals
//===----------------------------------------------------------------------===//

static constexpr int kEnding[] = {SIGINT, SIGTERM, SIGHUP};

HeldSignals::HeldSignals() {
  sigemptyset(&held);
  for (int signal : kEnding)
    sigaddset(&held, signal);
  sigprocmask(SIG_BLOCK, &held, &saved);
  // A file that grows too large is an error of writing it.
  std::signal(SIGXFSZ, SIG_IGN);
}

HeldSignals::~HeldSignals() {
  // The exit code is the answer to what came.
  int taken;
  while (hasCome() && sigwait(&held, &taken) == 0)
    ;
  sigprocmask(SIG_SETMASK, &saved, nullptr);
}

bool HeldSignals::hasCome() const {
  sigset_t pending;
  sigpending(&pending);
  for (int signal : kEnding)
    if (sigismember(&pending, signal) == 1)
      return true;
  return false;
}

Expected<void> HeldSignals::check() const {
  if (hasCome())
    return makeError(ExitCode::Interrupted, "interrupted");
  return {};
}

//===----------------------------------------------------------------------===//
// Processes
//===----------------------------------------------------------------------===//

std::string ignis::findProgram(const std::string &name) {
  auto path = llvm::sys::findProgramByName(name);
  return path && llvm::sys::fs::can_execute(*path) ? *path : "";
}

namespace {
/// A child in a process group of its own, whose output comes through a pipe.
class Child {
public:
  Expected<void> start(const std::vector<std::string> &arguments,
                       const HeldSignals &signals);
  ~Child();

  /// Appends output; false at its end.
  bool read(std::string &output);
  /// Waits for the end, and tells whether it was a good one.
  bool join();

private:
  pid_t pid = -1;
  int pipeEnd = -1;
};
} // namespace

Expected<void> Child::start(const std::vector<std::string> &arguments,
                            const HeldSignals &signals) {
  int ends[2];
  if (pipe(ends) != 0)
    return makeError(ExitCode::Failure, "cannot make a pipe: {}",
                     std::strerror(errno));
  pipeEnd = ends[0];
  fcntl(pipeEnd, F_SETFD, FD_CLOEXEC);

  posix_spawn_file_actions_t actions;
  posix_spawn_file_actions_init(&actions);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDOUT_FILENO);
  posix_spawn_file_actions_adddup2(&actions, ends[1], STDERR_FILENO);
  posix_spawn_file_actions_addclose(&actions, ends[1]);
  posix_spawnattr_t attributes;
  posix_spawnattr_init(&attributes);
  posix_spawnattr_setflags(&attributes,
                           POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGMASK);
  posix_spawnattr_setpgroup(&attributes, 0);
  posix_spawnattr_setsigmask(&attributes, &signals.before());

  std::vector<char *> pointers;
  for (const std::string &argument : arguments)
    pointers.push_back(const_cast<char *>(argument.c_str()));
  pointers.push_back(nullptr);
  int failure = posix_spawn(&pid, pointers[0], &actions, &attributes,
                            pointers.data(), environ);
  posix_spawnattr_destroy(&attributes);
  posix_spawn_file_actions_destroy(&actions);
  close(ends[1]);
  if (failure == 0)
    return {};
  pid = -1;
  return makeError(ExitCode::Failure, "{}: cannot run: {}", arguments[0],
                   std::strerror(failure));
}

Child::~Child() {
  if (pid > 0) {
    kill(-pid, SIGKILL);
    waitpid(pid, nullptr, 0);
  }
  if (pipeEnd >= 0)
    close(pipeEnd);
}

bool Child::read(std::string &output) {
  constexpr int milliseconds = 100; // how long a signal may have to wait
  pollfd ready = {pipeEnd, POLLIN, 0};
  if (poll(&ready, 1, milliseconds) <= 0)
    return true;
  char piece[4096];
  ssize_t size = ::read(pipeEnd, piece, sizeof(piece));
  if (size > 0)
    output.append(piece, static_cast<size_t>(size));
  return size > 0;
}

bool Child::join() {
  int status = 0;
  pid_t ended;
  do
    ended = waitpid(pid, &status, 0);
  while (ended < 0 && errno == EINTR);
  pid = -1;
  return ended > 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

Expected<ProcessResult>
ignis::runProcess(const std::vector<std::string> &arguments,
                  const HeldSignals &signals) {
  Child child;
  if (auto started = child.start(arguments, signals); !started)
    return tl::unexpected(std::move(started.error()));
  ProcessResult result;
  while (child.read(result.output))
    if (auto checked = signals.check(); !checked)
      return tl::unexpected(std::move(checked.error()));
  result.succeeded = child.join();
  return result;
}
