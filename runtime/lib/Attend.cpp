//===- Attend.cpp - Attention, divided by chunks too ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Attend.h"

#include "Platform.h"

#include <algorithm>
#include <sched.h>

using namespace ignis::runtime;

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

/// Takes a chunk into the sums of the rows that see it.
void AttentionRows::add(int64_t chunk, const AttentionSum *next) {
  for (int64_t r = 0; r < rows; ++r)
    if (task.chunksOf(firstRow + r) > chunk)
      kernels.combine(sums[r], next[r], task.cache.headDim);
}

void AttentionRows::finish() const {
  for (int64_t r = 0; r < rows; ++r)
    kernels.finish(sums[r], task.cache.headDim,
                   task.out + task.offsetOf(firstRow + r));
}

void AttentionRows::run() {
  kernels.attendChunk(task, firstRow, rows, 0, sums);
  for (int64_t chunk = 1; chunk < chunks; ++chunk) {
    kernels.attendChunk(task, firstRow, rows, chunk, parts[0]);
    add(chunk, parts[0]);
  }
  finish();
}

bool AttentionRows::computeOne() {
  int64_t chunk = taken.load(std::memory_order_relaxed);
  do {
    if (chunk >=
        std::min(chunks, combined.load(std::memory_order_acquire) + placeCount))
      return false;
  } while (!taken.compare_exchange_weak(chunk, chunk + 1,
                                        std::memory_order_relaxed));
  kernels.attendChunk(task, firstRow, rows, chunk, parts[chunk % placeCount]);
  done[chunk % placeCount].store(chunk + 1, std::memory_order_release);
  return true;
}

void AttentionRows::runShared() {
  constexpr int spins = 1000; // a chunk takes microseconds
  for (int64_t chunk = 0; chunk < chunks; ++chunk) {
    const int64_t place = chunk % placeCount;
    for (int i = 0;
         done[place].load(std::memory_order_acquire) != chunk + 1; ++i) {
      if (computeOne())
        continue;
      // Another thread is at it, and perhaps needs this one's CPU.
      if (i < spins)
        relaxCpu();
      else
        sched_yield();
    }
    if (chunk == 0)
      std::copy_n(parts[0], rows, sums);
    else
      add(chunk, parts[place]);
    combined.store(chunk + 1, std::memory_order_release);
  }
  finish();
}

//===----------------------------------------------------------------------===//
// Board
//===----------------------------------------------------------------------===//

void AttentionBoard::run(int64_t thread, AttentionRows &rows) {
  Place &place = places[size_t(thread)];
  place.rows.store(&rows);
  offers.fetch_add(1, std::memory_order_release);
  rows.runShared();
  offers.fetch_sub(1, std::memory_order_relaxed);
  // Either a helper that comes now sees that there is nothing, or it is seen.
  place.rows.store(nullptr);
  while (place.helpers.load() != 0)
    relaxCpu();
}

bool AttentionBoard::help() {
  bool helped = false;
  for (int i = 0; i < threads; ++i) {
    Place &place = places[size_t(i)];
    place.helpers.fetch_add(1);
    if (AttentionRows *rows = place.rows.load())
      while (rows->computeOne())
        helped = true;
    place.helpers.fetch_sub(1);
  }
  return helped;
}

void ignis::runtime::attend(const ignis_thread &thread, const Attention &task) {
  const AttentionKernels &kernels = setOf(thread.kernels).attention;
  for (int64_t row = 0; row < task.rows(); row += kernels.rows) {
    AttentionRows rows(kernels, task, row,
                       std::min(kernels.rows, task.rows() - row));
    if (thread.count > 1 && rows.chunkCount() > 1)
      boardOf(thread.team).run(thread.id, rows);
    else
      rows.run();
  }
}
