//===- Transport.h - What carries results between ranks -----------*- C -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How a process joins its group and leaves it. runtime/mpi implements this over
// MPI, in a library of its own: `libignis-mpi.so` for programs that load it,
// `libignis-mpi.a` for those that are linked ahead of time.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_TRANSPORT_H
#define IGNIS_RUNTIME_TRANSPORT_H

#include "ignis/Runtime/Group.h"
#include "ignis/Runtime/Runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

typedef struct ignis_transport_options {
  int64_t abi_version; ///< IGNIS_ABI_VERSION of the program
  int64_t threads;     ///< that compute in this process; 0: its fair share
  /// Seconds after which a rank that gave no sign of life is taken for lost,
  /// above 0. Ranks give one several times as often.
  double timeout;
  int64_t most_bytes; ///< in one call of MPI; 0: as many as it can count
  /// Whether this process was asked to end by a signal.
  bool (*is_interrupted)(void);
  /// Ends the process on the spot, from whatever thread: with this line for the
  /// user and exit code 1, or, if it is null, as one that was interrupted.
  void (*end)(const char *line);
} ignis_transport_options;

typedef struct ignis_transport {
  ignis_group group;
  /// Ranks that run on this machine and on the same CPUs, itself included.
  int64_t sharing;
  /// Leaves the group and lets go of the transport, once all ranks have come
  /// here; or, with a reason, at once: the process is to end, and the others do
  /// so too, with this line.
  void (*leave)(struct ignis_transport *transport, const char *reason);
} ignis_transport;

/// Joins the group that this process was started in, once all its ranks do.
/// From then on a thread of its own watches for ranks that are lost, and ends
/// the process in their place. Returns null, with a line in `error`, if there
/// is no group to be had.
ignis_transport *
ignis_transport_open(const ignis_transport_options *options,
                     char error[IGNIS_ERROR_SIZE]);

#ifdef __cplusplus
}
#endif

#endif // IGNIS_RUNTIME_TRANSPORT_H
