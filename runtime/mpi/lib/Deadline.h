//===- Deadline.h - What all ranks do together, in time ---------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_MPI_LIB_DEADLINE_H
#define IGNIS_RUNTIME_MPI_LIB_DEADLINE_H

#include "ignis/Runtime/Transport.h"

#include <condition_variable>
#include <mutex>
#include <string>
#include <thread>

namespace ignis::mpi {

/// While this exists, the process has to get on: MPI starts and ends in calls
/// that return once all ranks have made them, and of a rank that never does
/// nobody hears. After 30 s, or the options' timeout if that is longer, a thread
/// ends the process.
class Deadline {
public:
  /// "not all ranks have `done` within 30 s", and `wayOut`.
  Deadline(const ignis_transport_options &options, const char *done,
           const char *wayOut);
  ~Deadline();

private:
  void run(const std::string &line);

  ignis_transport_options options;
  std::mutex mutex;
  std::condition_variable changed;
  bool isMet = false;
  std::thread thread;
};

} // namespace ignis::mpi

#endif // IGNIS_RUNTIME_MPI_LIB_DEADLINE_H
