//===- Channel.h - MPI as a rank uses it ------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_MPI_LIB_CHANNEL_H
#define IGNIS_RUNTIME_MPI_LIB_CHANNEL_H

#include "ignis/Runtime/Transport.h"

#include <mpi.h>

#include <mutex>
#include <string>
#include <vector>

namespace ignis::mpi {

/// MPI, which two threads of a rank use: the one that computes, and the one
/// that watches the others. One call at a time: MPI libraries that admit more
/// pay for that in each.
class Channel {
public:
  /// Starts MPI, once all ranks do.
  explicit Channel(const ignis_transport_options &options);

  int rank() const { return ownRank; }
  int ranks() const { return count; }
  MPI_Comm results() const { return resultComm; }
  MPI_Comm beats() const { return beatComm; }
  std::mutex &mutex() { return mutex_; }

  /// Finds out where the ranks are; all do at the same time.
  void findPlaces(int64_t threads);
  /// Those of this machine that have the same CPUs, this one included.
  int sharing() const { return sharing_; }

  /// "rank 2 of 4 (host)".
  std::string nameOf(int rank) const;

  /// Ends the process if a call of MPI did not succeed.
  void check(int code) const;
  void end(const std::string &line) const { options.end(line.c_str()); }

  /// Runs `start`, which begins something and returns a request, and waits.
  template <class Start>
  void complete(Start start) {
    MPI_Request request;
    {
      std::lock_guard lock(mutex_);
      check(start(&request));
    }
    wait(request);
  }

  /// Frees what it has of MPI, and ends MPI once all ranks do.
  void finish();

private:
  void wait(MPI_Request &request);

  ignis_transport_options options;
  std::mutex mutex_;
  MPI_Comm resultComm = MPI_COMM_NULL, beatComm = MPI_COMM_NULL;
  int ownRank = 0, count = 1, sharing_ = 1;
  bool crowded = false;
  std::vector<std::string> hosts; ///< of each rank, once they are known
};

} // namespace ignis::mpi

#endif // IGNIS_RUNTIME_MPI_LIB_CHANNEL_H
