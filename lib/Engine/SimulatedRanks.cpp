//===- SimulatedRanks.cpp - Several ranks in one process ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A rank that exchanges shows its piece, passes the turn on and waits until it
// comes back: by then every other has shown its own. It may be an exchange
// ahead of those behind it, never two, so that two places are enough.
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/SimulatedRanks.h"

#include "ignis/Engine/Worker.h"
#include "ignis/Support/Print.h"

#include <algorithm>

using namespace ignis;

//===----------------------------------------------------------------------===//
// Turns
//===----------------------------------------------------------------------===//

void SimulatedRanks::waitForTurn(const Seat &seat) {
  std::unique_lock lock(mutex);
  changed.wait(lock, [&] { return turn == seat.table.rank; });
}

/// To the next that is still there.
void SimulatedRanks::passTurn(const Seat &seat) {
  std::lock_guard lock(mutex);
  int64_t count = std::ssize(seats);
  do
    turn = (turn + 1) % count;
  while (turn != seat.table.rank && seats[static_cast<size_t>(turn)]->isGone);
  changed.notify_all();
}

void SimulatedRanks::leave(Seat &seat) {
  {
    std::lock_guard lock(mutex);
    seat.isGone = true;
  }
  passTurn(seat);
}

int SimulatedRanks::exchange(Seat &seat, const void *piece, int64_t bytes) {
  int place = static_cast<int>(seat.exchanges++ % 2);
  const auto *begin = static_cast<const std::byte *>(piece);
  seat.pieces[place].assign(begin, begin + bytes);
  passTurn(seat);
  waitForTurn(seat);
  return place;
}

//===----------------------------------------------------------------------===//
// The table
//===----------------------------------------------------------------------===//

void SimulatedRanks::gather(void *context, void *all, const int64_t *sizes) {
  Seat &seat = *static_cast<Seat *>(context);
  auto *at = static_cast<std::byte *>(all);
  const std::byte *own = at;
  for (int64_t rank = 0; rank != seat.table.rank; ++rank)
    own += sizes[rank];
  int place = seat.ranks->exchange(seat, own, sizes[seat.table.rank]);
  for (const auto &other : seat.ranks->seats) {
    const std::vector<std::byte> &piece = other->pieces[place];
    std::ranges::copy(piece, at);
    at += sizes[other->table.rank];
  }
}

void SimulatedRanks::broadcast(void *context, void *data, int64_t bytes) {
  Seat &seat = *static_cast<Seat *>(context);
  bool isFirst = seat.table.rank == 0;
  int place = seat.ranks->exchange(seat, data, isFirst ? bytes : 0);
  const std::vector<std::byte> &piece = seat.ranks->seats[0]->pieces[place];
  std::ranges::copy(piece, static_cast<std::byte *>(data));
}

//===----------------------------------------------------------------------===//
// Ranks
//===----------------------------------------------------------------------===//

SimulatedRanks::SimulatedRanks(int64_t count) {
  for (int64_t rank = 0; rank != count; ++rank) {
    auto &seat = seats.emplace_back(std::make_unique<Seat>());
    seat->ranks = this;
    seat->table = {rank, count, seat.get(), gather, gather, broadcast};
  }
}

Expected<void> SimulatedRanks::addWorker(int64_t rank, const GGUFFile &file,
                                         const ModelDescription &description,
                                         const ignis_program &program,
                                         ExecutorOptions options) {
  Seat &seat = *seats[static_cast<size_t>(rank)];
  auto model =
      Model::create(file, description, program, Rank::of(&seat.table));
  if (!model)
    return tl::unexpected(std::move(model.error()));
  seat.model = std::move(*model);
  options.group = &seat.table;
  auto runner = CallRunner::create(*seat.model, options);
  if (!runner)
    return tl::unexpected(std::move(runner.error()));
  seat.runner = std::move(*runner);
  return {};
}

void SimulatedRanks::work(Seat &seat) {
  waitForTurn(seat);
  Expected<void> done = runWorker(*seat.runner, seat.table);
  if (!done)
    print(stderr, "rank {}: {}\n", seat.table.rank, done.error().message);
  leave(seat);
}

Expected<std::unique_ptr<SimulatedRanks>> SimulatedRanks::create(
    const GGUFFile &file, const ModelDescription &description,
    const ignis_program &program, const ExecutorOptions &options,
    int64_t count) {
  std::unique_ptr<SimulatedRanks> ranks(new SimulatedRanks(count));
  for (int64_t rank = 1; rank != count; ++rank)
    if (auto added =
            ranks->addWorker(rank, file, description, program, options);
        !added)
      return tl::unexpected(std::move(added.error()));
  for (auto &seat : ranks->seats)
    if (seat->runner)
      seat->thread =
          std::thread([&ranks = *ranks, &seat = *seat] { ranks.work(seat); });
  return ranks;
}

SimulatedRanks::~SimulatedRanks() {
  leave(*seats.front()); // whose executor has told the others to end
  for (auto &seat : seats)
    if (seat->thread.joinable())
      seat->thread.join();
}
