//===- Signals.h - What a program does before it is ended -------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// INT, TERM, HUP and QUIT end a program with code 128 + N, after what it had
// begun was removed. A signal that was ignored when it started stays ignored.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_SIGNALS_H
#define IGNIS_SUPPORT_SIGNALS_H

#include <atomic>
#include <string>
#include <utility>

#include <signal.h>

namespace ignis {

/// From now on the signals that end a program remove what is registered below.
/// SIGPIPE and SIGXFSZ are ignored, so that writing fails with a reason.
void handleSignals();

/// From now on the first signal sets the flag that is returned, and the program
/// ends in its own way; the second ends it at once.
const std::atomic<bool> &catchSignals();

/// Whether that flag is set.
bool isInterrupted();

/// Takes the flag back, so that the program goes on and the next signal is the
/// first one again. Only of INT, which a terminal sends; else false.
bool resumeAfterInterrupt();

/// The exit code of a program that was interrupted: 128 + the signal's number.
int getInterruptedCode();

/// Removes what is registered. For those who end the process on the spot.
void removeUnfinished();

/// A signal, caught or not, kills this process and those of its group; 0: none.
void setKilledOnSignal(int process);

/// For handlers of faults that have no answer to one: the signal has its own
/// effect once they return. Before that, another thread's fault has it too.
void leaveUnanswered(int signal);

/// For handlers of faults: whether someone has sent the signal. It then has its
/// own effect, as nothing would fault once more.
bool endsAsSent(int signal, const siginfo_t &info);

/// While it lives, signals that end the program wait.
class HeldSignals {
public:
  HeldSignals();
  HeldSignals(const HeldSignals &) = delete;
  HeldSignals &operator=(const HeldSignals &) = delete;
  ~HeldSignals();

private:
  sigset_t before;
};

/// While it lives, a file of this name goes with the process that a signal
/// ends.
class RemovedOnSignal {
public:
  explicit RemovedOnSignal(std::string path);
  RemovedOnSignal(RemovedOnSignal &&other) noexcept
      : path_(std::exchange(other.path_, nullptr)) {}
  RemovedOnSignal &operator=(RemovedOnSignal &&other) noexcept {
    std::swap(path_, other.path_);
    return *this;
  }
  ~RemovedOnSignal();

  const std::string &path() const { return *path_; }

private:
  const std::string *path_; ///< stays where it is, for the handler
};

} // namespace ignis

#endif // IGNIS_SUPPORT_SIGNALS_H
