//===- SimulatedRanks.h - Several ranks in one process ---------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_SIMULATEDRANKS_H
#define IGNIS_ENGINE_SIMULATEDRANKS_H

#include "ignis/Engine/CallRunner.h"

#include <condition_variable>
#include <thread>

namespace ignis {

/// A group of ranks that this process plays in turn, each with its own rows of
/// the weights, cache, arena and threads: one runs until it needs what others
/// have, then the next. To see, without other machines, that they give the same
/// bits. Whoever makes it is rank 0.
class SimulatedRanks {
public:
  /// `options` are those of rank 0's executor, which ends before this object.
  static Expected<std::unique_ptr<SimulatedRanks>>
  create(const GGUFFile &file, const ModelDescription &description,
         const ignis_program &program, const ExecutorOptions &options,
         int64_t count);
  ~SimulatedRanks();

  /// Rank 0's.
  const ignis_group *group() const { return &seats.front()->table; }

private:
  /// A rank's side of an exchange.
  struct Seat {
    SimulatedRanks *ranks;
    ignis_group table;
    std::vector<std::byte> pieces[2]; ///< of this exchange and the one before
    uint64_t exchanges = 0;
    bool isGone = false;
    std::unique_ptr<Model> model; ///< null: rank 0, which has its own
    std::unique_ptr<CallRunner> runner;
    std::thread thread;
  };

  explicit SimulatedRanks(int64_t count);

  Expected<void> addWorker(int64_t rank, const GGUFFile &file,
                           const ModelDescription &description,
                           const ignis_program &program,
                           ExecutorOptions options);
  void work(Seat &seat);
  void waitForTurn(const Seat &seat);
  void passTurn(const Seat &seat);
  void leave(Seat &seat);
  /// Shows `piece` to the others and waits until all have shown theirs: these
  /// are pieces[result] of each seat.
  int exchange(Seat &seat, const void *piece, int64_t bytes);
  static void gather(void *context, void *all, const int64_t *sizes);
  static void broadcast(void *context, void *data, int64_t bytes);

  std::vector<std::unique_ptr<Seat>> seats;
  std::mutex mutex;
  std::condition_variable changed;
  int64_t turn = 0;
};

} // namespace ignis

#endif // IGNIS_ENGINE_SIMULATEDRANKS_H
