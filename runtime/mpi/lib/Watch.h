//===- Watch.h - Whether the other ranks are alive --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_MPI_LIB_WATCH_H
#define IGNIS_RUNTIME_MPI_LIB_WATCH_H

#include "Channel.h"
#include "Patience.h"

#include <atomic>
#include <thread>

namespace ignis::mpi {

/// A thread that tells the other ranks now and then that this one is alive, and
/// ends the process if one of them is not. MPI itself would wait for ever.
class Watch {
public:
  Watch(Channel &channel, const ignis_transport_options &options);
  ~Watch() { stop(); }

  /// Tells the others that this rank is done, waits until they are, and ends
  /// the watch.
  void leave();
  /// Tells the others why this rank ends before they are done.
  void fail(const char *reason);

private:
  enum class State : int32_t { AtWork, Interrupted, Done, Failed };

  /// What ranks send each other.
  struct Beat {
    State state = State::AtWork;
    char reason[IGNIS_ERROR_SIZE] = {};
  };

  struct Peer {
    int rank;
    Beat last;               ///< that came from it
    Clock::time_point heard; ///< when
    Clock::time_point changed; ///< when its state last did
    Clock::time_point due; ///< the next beat to it
    Beat in, out;
    MPI_Request receiving = MPI_REQUEST_NULL, sending = MPI_REQUEST_NULL;
  };

  void stop();
  void run();
  /// Sends and receives; the channel's lock is held.
  void exchange();
  void receive(Peer &peer);
  void send(Peer &peer);
  void announce(State state, const char *reason = "");
  /// Ends the process if it cannot go on.
  void judge();
  void noteInterruption();
  /// Ends the process, which was interrupted; if another rank is silent, that
  /// is what it ends for.
  void endInterrupted();
  void endFor(const Peer &peer, const std::string &why);

  Channel &channel;
  ignis_transport_options options;
  Clock::duration timeout, period;
  std::vector<Peer> peers;
  Beat own;
  bool interrupted = false;
  Clock::time_point interruptedAt;
  std::atomic<bool> leaving = false;
  std::thread thread;
};

} // namespace ignis::mpi

#endif // IGNIS_RUNTIME_MPI_LIB_WATCH_H
