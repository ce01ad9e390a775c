//===- Group.h - Processes that compute together ------------------*- C -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A model that is larger than a machine runs on several: each is a rank, which
// computes its rows of every matrix and gets the others' results. What carries
// them is behind this table, so that neither runtime nor engine links it.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_GROUP_H
#define IGNIS_RUNTIME_GROUP_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/// The functions are called by one thread of a rank at a time, by all ranks in
/// the same order with the same sizes, and return when they are done. Where a
/// rank has left they do not return.
typedef struct ignis_group {
  int64_t rank;  ///< 0 <= rank < ranks; rank 0 talks to the user
  int64_t ranks; ///< 1 or more
  void *context;
  /// `all` has room for sizes[r] bytes (0 or more) of every rank r, one after
  /// the other in the order of ranks, and the rank's own stand in their place.
  /// Puts the others' into theirs.
  void (*all_gather)(void *context, void *all, const int64_t *sizes);
  /// The same, for rank 0 alone: what others find in `all` is of no use.
  void (*gather)(void *context, void *all, const int64_t *sizes);
  /// Fills `data` with rank 0's. Other ranks may wait here for long, and then
  /// should leave the CPU to others.
  void (*broadcast)(void *context, void *data, int64_t bytes);
} ignis_group;

#ifdef __cplusplus
}
#endif

#endif // IGNIS_RUNTIME_GROUP_H
