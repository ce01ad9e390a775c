//===- Watch.cpp - Whether the other ranks are alive ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Watch.h"

#include "Thread.h"

#include <algorithm>
#include <cstdio>
#include <cstring>

using namespace ignis::mpi;
using namespace std::chrono_literals;

/// Between two looks.
static constexpr Clock::duration tick = 20ms;
/// What ends several ranks at once does not reach all in the same instant, and
/// a rank that knows why it ends by itself is to say that.
static constexpr Clock::duration grace = 300ms;

static Clock::duration fromSeconds(double seconds) {
  return std::chrono::duration_cast<Clock::duration>(
      std::chrono::duration<double>(std::min(seconds, 1e9)));
}

Watch::Watch(Channel &channel, const ignis_transport_options &options)
    : channel(channel), options(options),
      timeout(fromSeconds(options.timeout)),
      period(std::min<Clock::duration>(1s, timeout / 5)) {
  Clock::time_point now = Clock::now();
  for (int rank = 0; rank != channel.ranks(); ++rank)
    if (rank != channel.rank())
      peers.push_back({rank, {}, now, now, now, {}, {}});
  {
    std::lock_guard lock(channel.mutex());
    for (Peer &peer : peers)
      channel.check(MPI_Irecv(&peer.in, sizeof peer.in, MPI_BYTE, peer.rank, 0,
                              channel.beats(), &peer.receiving));
  }
  thread = startThread([this] { run(); });
}

void Watch::stop() {
  leaving = true;
  if (thread.joinable())
    thread.join();
}

void Watch::run() {
  while (!leaving) {
    {
      std::lock_guard lock(channel.mutex());
      exchange();
      judge();
    }
    std::this_thread::sleep_for(tick);
  }
}

void Watch::exchange() {
  noteInterruption();
  for (Peer &peer : peers) {
    receive(peer);
    send(peer);
  }
}

void Watch::receive(Peer &peer) {
  for (;;) {
    int arrived = 0;
    channel.check(MPI_Test(&peer.receiving, &arrived, MPI_STATUS_IGNORE));
    if (!arrived)
      return;
    peer.heard = Clock::now();
    if (peer.in.state != peer.last.state) {
      peer.changed = peer.heard;
      peer.due = peer.heard; // it may want to know who is there
    }
    peer.last = peer.in;
    peer.last.reason[sizeof peer.last.reason - 1] = '\0';
    channel.check(MPI_Irecv(&peer.in, sizeof peer.in, MPI_BYTE, peer.rank, 0,
                            channel.beats(), &peer.receiving));
  }
}

void Watch::send(Peer &peer) {
  int sent = 0;
  channel.check(MPI_Test(&peer.sending, &sent, MPI_STATUS_IGNORE));
  Clock::time_point now = Clock::now();
  if (!sent || now < peer.due)
    return;
  peer.out = own;
  peer.due = now + period;
  channel.check(MPI_Isend(&peer.out, sizeof peer.out, MPI_BYTE, peer.rank, 0,
                          channel.beats(), &peer.sending));
}

void Watch::announce(State state, const char *reason) {
  own.state = state;
  snprintf(own.reason, sizeof own.reason, "%s", reason);
  for (Peer &peer : peers)
    peer.due = Clock::now();
}

//===----------------------------------------------------------------------===//
// When the process has to end
//===----------------------------------------------------------------------===//

void Watch::noteInterruption() {
  if (interrupted || !options.is_interrupted())
    return;
  interrupted = true;
  interruptedAt = Clock::now();
  announce(State::Interrupted);
}

void Watch::judge() {
  Clock::time_point now = Clock::now();
  if (interrupted) {
    if (now - interruptedAt > lastWords)
      endInterrupted();
    return;
  }
  for (const Peer &peer : peers) {
    bool isAnswered = now - peer.changed > grace;
    if (peer.last.state == State::Failed && isAnswered)
      endFor(peer, std::string(": ") + peer.last.reason);
    if (peer.last.state == State::Interrupted && isAnswered)
      endFor(peer, " was interrupted");
    if (now - peer.heard <= timeout)
      continue;
    char seconds[32];
    snprintf(seconds, sizeof seconds, "%g", options.timeout);
    endFor(peer, std::string(" has given no sign of life for ") + seconds +
                     " s");
  }
}

void Watch::endInterrupted() {
  for (const Peer &peer : peers)
    if (peer.last.state == State::Failed)
      endFor(peer, std::string(": ") + peer.last.reason);
  for (const Peer &peer : peers)
    if (peer.heard < interruptedAt && peer.last.state != State::Done)
      endFor(peer, " is gone");
  options.end(nullptr);
}

void Watch::endFor(const Peer &peer, const std::string &why) {
  channel.end(channel.nameOf(peer.rank) + why);
}

void Watch::leave() {
  stop();
  {
    std::lock_guard lock(channel.mutex());
    noteInterruption();
    announce(State::Done);
  }
  auto isThrough = [](Peer &peer) {
    return peer.last.state == State::Done && peer.sending == MPI_REQUEST_NULL;
  };
  for (bool allDone = false; !allDone;) {
    {
      std::lock_guard lock(channel.mutex());
      exchange();
      // All have the last word, and this rank has that of all.
      allDone = std::ranges::all_of(peers, isThrough);
      if (!allDone)
        judge();
    }
    if (!allDone)
      std::this_thread::sleep_for(1ms);
  }
  std::lock_guard lock(channel.mutex());
  for (Peer &peer : peers) {
    MPI_Cancel(&peer.receiving);
    MPI_Wait(&peer.receiving, MPI_STATUS_IGNORE);
  }
}

void Watch::fail(const char *reason) {
  stop();
  {
    std::lock_guard lock(channel.mutex());
    announce(State::Failed, reason);
  }
  // Others may be gone already.
  for (Clock::time_point end = Clock::now() + grace; Clock::now() < end;) {
    {
      std::lock_guard lock(channel.mutex());
      exchange();
      if (std::ranges::all_of(peers, [](Peer &peer) {
            return peer.sending == MPI_REQUEST_NULL;
          }))
        return;
    }
    std::this_thread::sleep_for(1ms);
  }
}
