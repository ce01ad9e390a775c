//===- Channel.cpp - MPI as a rank uses it --------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Channel.h"

#include "Deadline.h"
#include "Patience.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <stdexcept>

#include <sched.h>

using namespace ignis::mpi;

Channel::Channel(const ignis_transport_options &options) : options(options) {
  // Faults are answered by the program itself. What the user says goes.
  setenv("OMPI_MCA_opal_signal", "", 0);
  int level = MPI_THREAD_SINGLE;
  if (MPI_Init_thread(nullptr, nullptr, MPI_THREAD_SERIALIZED, &level) !=
      MPI_SUCCESS)
    throw std::runtime_error("MPI does not start");
  if (level < MPI_THREAD_SERIALIZED)
    throw std::runtime_error("this MPI cannot be used by two threads in turn");
  MPI_Comm_set_errhandler(MPI_COMM_WORLD, MPI_ERRORS_RETURN);
  for (MPI_Comm *comm : {&resultComm, &beatComm}) {
    check(MPI_Comm_dup(MPI_COMM_WORLD, comm));
    check(MPI_Comm_set_errhandler(*comm, MPI_ERRORS_RETURN));
  }
  check(MPI_Comm_rank(MPI_COMM_WORLD, &ownRank));
  check(MPI_Comm_size(MPI_COMM_WORLD, &count));
}

void Channel::check(int code) const {
  if (code == MPI_SUCCESS)
    return;
  char reason[MPI_MAX_ERROR_STRING + 1] = {};
  int size = 0;
  MPI_Error_string(code, reason, &size);
  end(std::string("between ranks: ") + reason);
}

std::string Channel::nameOf(int rank) const {
  std::string name =
      "rank " + std::to_string(rank) + " of " + std::to_string(count);
  return hosts.empty() ? name : name + " (" + hosts[size_t(rank)] + ")";
}

void Channel::wait(MPI_Request &request) {
  for (Patience patience(crowded);; patience.rest()) {
    int done = 0;
    std::lock_guard lock(mutex_);
    check(MPI_Test(&request, &done, MPI_STATUS_IGNORE));
    if (done)
      return;
  }
}

namespace {
/// Where a rank is and what it does there.
struct Place {
  char host[MPI_MAX_PROCESSOR_NAME] = {};
  int64_t machine = 0; ///< the lowest rank on the same one
  int64_t threads = 1;
  cpu_set_t cpus = {};

  bool sharesWith(const Place &other) const {
    return machine == other.machine && CPU_EQUAL(&cpus, &other.cpus);
  }
};
} // namespace

void Channel::findPlaces(int64_t threads) {
  std::vector<Place> places(static_cast<size_t>(count));
  Place &own = places[size_t(ownRank)];
  own.threads = std::max<int64_t>(threads, 1);
  sched_getaffinity(0, sizeof own.cpus, &own.cpus);
  {
    std::lock_guard lock(mutex_);
    int size = 0;
    check(MPI_Get_processor_name(own.host, &size));
    // Names are no good for that: containers may have one in common.
    MPI_Comm machine;
    check(MPI_Comm_split_type(resultComm, MPI_COMM_TYPE_SHARED, ownRank,
                              MPI_INFO_NULL, &machine));
    int first = ownRank;
    check(MPI_Bcast(&first, 1, MPI_INT, 0, machine));
    own.machine = first;
    check(MPI_Comm_free(&machine));
  }
  complete([&](MPI_Request *request) {
    return MPI_Iallgather(MPI_IN_PLACE, 0, MPI_DATATYPE_NULL, places.data(),
                          sizeof(Place), MPI_BYTE, resultComm, request);
  });
  int64_t threadsThere = 0;
  sharing_ = 0;
  std::lock_guard lock(mutex_);
  for (const Place &place : places) {
    hosts.emplace_back(place.host);
    if (!place.sharesWith(own))
      continue;
    ++sharing_;
    threadsThere += place.threads;
  }
  crowded = threadsThere > CPU_COUNT(&own.cpus);
}

void Channel::finish() {
  Deadline leaving(options, "left", "");
  std::lock_guard lock(mutex_);
  MPI_Comm_free(&resultComm);
  MPI_Comm_free(&beatComm);
  MPI_Finalize();
}
