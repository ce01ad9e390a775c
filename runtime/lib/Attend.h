//===- Attend.h - Attention, divided by chunks too --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Compiled code divides attention by heads. Where a team has more threads than
// heads, or the heads do not come out even, threads wait at the barrier behind
// it; meanwhile they attend to chunks of what others have begun. A chunk's sums
// are the same whoever computes them, and the owner combines them in order, so
// that no bit depends on it. Nobody waits for help: an owner computes whatever
// nobody has taken.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_ATTEND_H
#define IGNIS_RUNTIME_LIB_ATTEND_H

#include "Kernels.h"

#include <atomic>
#include <memory>

namespace ignis::runtime {

/// Rows that go over the chunks of a sequence together.
class AttentionRows {
public:
  AttentionRows(const AttentionKernels &kernels, const Attention &task,
                int64_t firstRow, int64_t rows)
      : kernels(kernels), task(task), firstRow(firstRow), rows(rows),
        chunks(task.chunksOf(firstRow + rows - 1)) {}

  int64_t chunkCount() const { return chunks; }
  /// By this thread alone.
  void run();
  /// By this thread and whoever calls computeOne meanwhile.
  void runShared();
  /// Computes a chunk that nobody has taken; false if there is none now.
  bool computeOne();

private:
  void add(int64_t chunk, const AttentionSum *next);
  void finish() const;

  /// Chunks that are computed before those in front of them are combined.
  static constexpr int64_t placeCount = 8;

  const AttentionKernels &kernels;
  const Attention &task;
  const int64_t firstRow;
  const int64_t rows;
  const int64_t chunks;
  AttentionSum sums[mostAttentionRows];
  // Chunk c is computed in place c % placeCount.
  AttentionSum parts[placeCount][mostAttentionRows];
  std::atomic<int64_t> taken = 0;
  std::atomic<int64_t> combined = 0;
  std::atomic<int64_t> done[placeCount] = {}; ///< the chunk there, plus 1
};

/// Where the threads of a team find each other's work.
class AttentionBoard {
public:
  explicit AttentionBoard(int threads)
      : threads(threads), places(std::make_unique<Place[]>(size_t(threads))) {}

  /// Runs the rows of a thread, which others may help with.
  void run(int64_t thread, AttentionRows &rows);
  /// Whether a thread has rows that others may help with.
  bool hasOffers() const { return offers.load(std::memory_order_acquire) > 0; }
  /// Computes chunks of others as long as there are any; false if there were
  /// none.
  bool help();

private:
  struct alignas(64) Place {
    std::atomic<AttentionRows *> rows = nullptr;
    std::atomic<int> helpers = 0; ///< that may look at them
  };
  int threads;
  std::unique_ptr<Place[]> places;
  alignas(64) std::atomic<int> offers = 0;
};

/// A team's; in Team.cpp.
AttentionBoard &boardOf(ignis_team *team);

void attend(const ignis_thread &thread, const Attention &task);

} // namespace ignis::runtime

#endif // IGNIS_RUNTIME_LIB_ATTEND_H
