//===- Gather.cpp - Results of other ranks --------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Gather.h"

#include <algorithm>
#include <cstring>
#include <new>

using namespace ignis::runtime;

/// Rows go in several calls if they do not fit: more at once gains nothing.
static constexpr int64_t stagingBytes = int64_t(4) << 20;

Gatherer::Gatherer(const ignis_group &group, int64_t rowBytes)
    : table(group), staging(size_t(std::max(stagingBytes, rowBytes))),
      sizes(new (std::nothrow) int64_t[size_t(group.ranks)]) {}

namespace {
/// Bytes of a row, from its beginning.
struct Piece {
  int64_t begin;
  int64_t bytes;
};
} // namespace

/// The columns of a rank, not more than `columns`.
static ignis_range columnsOf(const GatherTask &task, int64_t rank,
                             int64_t ranks) {
  int64_t units = (task.columns + task.width - 1) / task.width;
  ignis_range range = ignis_rank_parts(units, units, rank, ranks);
  return {std::min(range.begin * task.width, task.columns),
          std::min(range.end * task.width, task.columns)};
}

/// Calls visit(piece) for what belongs to these columns of a row.
template <class Visit>
static void forEachPiece(const GatherTask &task, ignis_range columns,
                         Visit visit) {
  int64_t size = task.elementBytes;
  visit(Piece{columns.begin * size, (columns.end - columns.begin) * size});
  if (!task.isQuantized())
    return;
  int64_t first = columns.begin / 32, blocks = columns.end / 32 - first;
  visit(Piece{task.columns + first * 4, blocks * 4});
  visit(Piece{task.columns + task.columns / 8 + first * 4, blocks * 4});
}

void Gatherer::run(const GatherTask &task) {
  if (task.rows == 0)
    return;
  int64_t most = std::max<int64_t>(
      1, int64_t(staging.size()) / task.bytesOf(task.columns));
  for (int64_t row = 0; row < task.rows; row += most) {
    GatherTask part = task;
    part.buffer += row * task.stride();
    part.rows = std::min(most, task.rows - row);
    exchange(part);
  }
}

void Gatherer::exchange(const GatherTask &task) {
  const int64_t ranks = table.ranks;
  uint8_t *own = staging.data();
  int64_t total = 0;
  for (int64_t rank = 0; rank < ranks; ++rank) {
    ignis_range columns = columnsOf(task, rank, ranks);
    sizes[size_t(rank)] = task.rows * task.bytesOf(columns.end - columns.begin);
    if (rank < table.rank)
      own += sizes[size_t(rank)];
    total += sizes[size_t(rank)];
  }
  for (int64_t row = 0; row < task.rows; ++row)
    forEachPiece(task, columnsOf(task, table.rank, ranks), [&](Piece piece) {
      memcpy(own, task.buffer + row * task.stride() + piece.begin,
             size_t(piece.bytes));
      own += piece.bytes;
    });
  (task.firstOnly ? table.gather : table.all_gather)(
      table.context, staging.data(), sizes.get());
  callCount.fetch_add(1, std::memory_order_relaxed);
  byteCount.fetch_add(uint64_t(total), std::memory_order_relaxed);
  if (task.firstOnly && table.rank != 0)
    return;
  const uint8_t *from = staging.data();
  for (int64_t rank = 0; rank < ranks; ++rank) {
    if (rank == table.rank) {
      from += sizes[size_t(rank)];
      continue;
    }
    for (int64_t row = 0; row < task.rows; ++row)
      forEachPiece(task, columnsOf(task, rank, ranks), [&](Piece piece) {
        memcpy(task.buffer + row * task.stride() + piece.begin, from,
               size_t(piece.bytes));
        from += piece.bytes;
      });
  }
}
