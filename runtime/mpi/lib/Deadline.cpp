//===- Deadline.cpp - What all ranks do together, in time -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Deadline.h"

#include "Patience.h"
#include "Thread.h"

#include <algorithm>
#include <cstdio>

using namespace ignis::mpi;
using namespace std::chrono_literals;

/// A launcher starts all ranks before any of them gets far, but a machine may
/// have to read the program from afar first.
static constexpr double leastSeconds = 30;

Deadline::Deadline(const ignis_transport_options &options, const char *done,
                   const char *wayOut)
    : options(options) {
  this->options.timeout = std::max(options.timeout, leastSeconds);
  char line[256];
  snprintf(line, sizeof line, "not all ranks have %s within %g s%s", done,
           this->options.timeout, wayOut);
  thread = startThread([this, text = std::string(line)] { run(text); });
}

Deadline::~Deadline() {
  {
    std::lock_guard lock(mutex);
    isMet = true;
  }
  changed.notify_one();
  thread.join();
}

void Deadline::run(const std::string &line) {
  auto end = Clock::now() + std::chrono::duration<double>(options.timeout);
  Clock::time_point interruptedAt = Clock::time_point::max();
  std::unique_lock lock(mutex);
  while (!changed.wait_for(lock, 20ms, [this] { return isMet; })) {
    Clock::time_point now = Clock::now();
    if (now >= end)
      options.end(line.c_str());
    if (!options.is_interrupted())
      continue;
    interruptedAt = std::min(interruptedAt, now);
    // The launcher may ask for that since another rank has met its deadline:
    // this one's own is then near. A watch that knows more speaks before.
    if (now - interruptedAt > lastWords + 200ms)
      options.end(nullptr);
  }
}
