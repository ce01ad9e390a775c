//===- Interrupt.cpp - Ctrl-C ---------------------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Interrupt.h"

#include <signal.h>

using namespace ignis;

static std::atomic<bool> interrupted = false;
static_assert(std::atomic<bool>::is_always_lock_free,
              "set by a signal handler");

const std::atomic<bool> &ignis::catchSignals() {
  interrupted = false;
  struct sigaction onInterrupt = {};
  onInterrupt.sa_handler = [](int) { interrupted = true; };
  // Without SA_RESTART, so that waiting for input ends too.
  onInterrupt.sa_flags = static_cast<int>(SA_RESETHAND);
  sigaction(SIGINT, &onInterrupt, nullptr);

  struct sigaction ignore = {};
  ignore.sa_handler = SIG_IGN;
  sigaction(SIGPIPE, &ignore, nullptr);
  sigaction(SIGXFSZ, &ignore, nullptr);
  return interrupted;
}
