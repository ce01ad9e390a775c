//===- Signals.cpp - What a program does before it is ended ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/Signals.h"

#include <signal.h>
#include <unistd.h>

using namespace ignis;

static constexpr int endingSignals[] = {SIGINT, SIGTERM, SIGHUP, SIGQUIT};

static std::atomic<bool> isCaught = false;
static std::atomic<bool> interrupted = false;
static std::atomic<int> interruptedBy = SIGINT;
static std::atomic<pid_t> killed = 0;
static_assert(std::atomic<bool>::is_always_lock_free &&
                  std::atomic<pid_t>::is_always_lock_free &&
                  std::atomic<const std::string *>::is_always_lock_free,
              "used by a signal handler");

namespace {
/// For a path, or free. Never deleted, so that the handler may look at any time.
struct Place {
  std::atomic<const std::string *> path;
  Place *next;
};
} // namespace

static std::atomic<Place *> unfinished = nullptr;

void ignis::removeUnfinished() {
  // Whoever takes a path out of its place is the one to remove it.
  for (Place *place = unfinished; place; place = place->next)
    if (const std::string *path = place->path.exchange(nullptr))
      unlink(path->c_str());
}

static void killOthers() {
  pid_t process = killed.load();
  if (process <= 0)
    return;
  kill(-process, SIGKILL);
  kill(process, SIGKILL); // before it has a group of its own
}

static void onEnding(int signal) {
  killOthers();
  if (isCaught && !interrupted) {
    interruptedBy = signal;
    interrupted = true;
    return;
  }
  removeUnfinished();
  _exit(128 + signal);
}

void ignis::handleSignals() {
  struct sigaction action = {};
  action.sa_handler = onEnding; // no SA_RESTART: waiting for input ends too
  sigfillset(&action.sa_mask);
  for (int signal : endingSignals) {
    struct sigaction before;
    if (sigaction(signal, nullptr, &before) == 0 &&
        before.sa_handler != SIG_IGN)
      sigaction(signal, &action, nullptr);
  }
  signal(SIGPIPE, SIG_IGN);
  signal(SIGXFSZ, SIG_IGN);
}

const std::atomic<bool> &ignis::catchSignals() {
  interrupted = false;
  isCaught = true;
  handleSignals();
  return interrupted;
}

bool ignis::isInterrupted() { return interrupted; }

bool ignis::resumeAfterInterrupt() {
  if (interruptedBy != SIGINT)
    return false;
  interrupted = false;
  return true;
}

int ignis::getInterruptedCode() { return 128 + interruptedBy; }

void ignis::setKilledOnSignal(int process) {
  killed = process;
  if (interrupted)
    killOthers();
}

void ignis::leaveUnanswered(int signal) { ::signal(signal, SIG_DFL); }

bool ignis::endsAsSent(int signal, const siginfo_t &info) {
  bool isSent = info.si_code <= 0;
  if (isSent) {
    leaveUnanswered(signal);
    raise(signal);
  }
  return isSent;
}

HeldSignals::HeldSignals() {
  sigset_t ending;
  sigemptyset(&ending);
  for (int signal : endingSignals)
    sigaddset(&ending, signal);
  pthread_sigmask(SIG_BLOCK, &ending, &before);
}

HeldSignals::~HeldSignals() { pthread_sigmask(SIG_SETMASK, &before, nullptr); }

RemovedOnSignal::RemovedOnSignal(std::string path)
    : path_(new std::string(std::move(path))) {
  for (Place *place = unfinished; place; place = place->next) {
    const std::string *none = nullptr;
    if (place->path.compare_exchange_strong(none, path_))
      return;
  }
  auto *added = new Place{path_, unfinished};
  while (!unfinished.compare_exchange_weak(added->next, added)) {
  }
}

RemovedOnSignal::~RemovedOnSignal() {
  for (Place *place = unfinished; place && path_; place = place->next) {
    const std::string *own = path_;
    if (place->path.compare_exchange_strong(own, nullptr)) {
      delete path_;
      return;
    }
  }
  // The handler has taken it, may be reading it, and ends the process.
}
