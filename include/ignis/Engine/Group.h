//===- Group.h - A process as one of several -------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// mpirun starts a program once for each rank. Rank 0 does what a process alone
// does; the others compute for it (Worker.h) and say nothing unless something
// is wrong. Whichever ends, the others end too, and say for whom.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_GROUP_H
#define IGNIS_ENGINE_GROUP_H

#include "ignis/Engine/CallRunner.h"
#include "ignis/Runtime/Transport.h"

#include <functional>
#include <string>

namespace ignis {

using TransportOpener = decltype(ignis_transport_open);

/// How a process was started.
struct Launch {
  int64_t rank = 0, ranks = 1;

  /// By mpirun, or alone.
  static Launch ofProcess();
  /// What a rank is called in messages, its last one too: "ignis-run, rank 2 of
  /// 4"; rank 0 is called `name`. Others write nothing to stdout from then on.
  std::string introduce(const std::string &name) const;
};

/// Opens the library that lies beside the program's own, lib/ignis/
/// libignis-mpi.so.
Expected<TransportOpener *> loadTransport();

/// What `run` returns, which is given the group of ranks that this process was
/// started in. `threads` are to compute in it (0: its share of the machine), and
/// a rank that is silent for `timeout` seconds is lost. When `run` returns,
/// whatever other ranks may wait for is gone; with an error they end, too.
Expected<void>
runAsRank(Expected<TransportOpener *> open, int64_t threads, double timeout,
          const std::function<Expected<void>(const ignis_group &)> &run);

/// Refuses unless all ranks of the options' group are about to run the same
/// program on the same model with the same options: then all of them refuse.
Expected<void> agreeWithRanks(const Model &model,
                              const ExecutorOptions &options);

/// Computes for rank 0 until that is done with the model.
Expected<void> computeForFirst(Model &model, const ExecutorOptions &options);

} // namespace ignis

#endif // IGNIS_ENGINE_GROUP_H
