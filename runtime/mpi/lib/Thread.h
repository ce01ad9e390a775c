//===- Thread.h - Threads beside the program's own --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_MPI_LIB_THREAD_H
#define IGNIS_RUNTIME_MPI_LIB_THREAD_H

#include <chrono>
#include <thread>
#include <utility>

#include <signal.h>

namespace ignis::mpi {

/// A launcher that was interrupted, or has lost a rank, asks all to end and
/// kills them a second later. So long a thread waits for what may explain it.
constexpr std::chrono::milliseconds lastWords{600};

/// Runs `body` on a thread that gets no signals: they are for the program's
/// own.
template <class Body>
std::thread startThread(Body body) {
  sigset_t asynchronous, before;
  sigfillset(&asynchronous);
  for (int fault : {SIGBUS, SIGSEGV, SIGFPE, SIGILL, SIGTRAP, SIGABRT})
    sigdelset(&asynchronous, fault);
  pthread_sigmask(SIG_SETMASK, &asynchronous, &before);
  struct Restore {
    const sigset_t &mask;
    ~Restore() { pthread_sigmask(SIG_SETMASK, &mask, nullptr); }
  } restore{before}; // whether there is a thread to be had or not
  return std::thread(std::move(body));
}

} // namespace ignis::mpi

#endif // IGNIS_RUNTIME_MPI_LIB_THREAD_H
