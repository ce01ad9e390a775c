//===- Gather.h - Results of other ranks ------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_GATHER_H
#define IGNIS_RUNTIME_LIB_GATHER_H

#include "Platform.h"
#include "ignis/Runtime/ABI.h"
#include "ignis/Runtime/Group.h"

#include <atomic>
#include <memory>

namespace ignis::runtime {

/// What is exchanged: see ignis_rt_all_gather.
struct GatherTask {
  uint8_t *buffer;
  int64_t rows;
  int64_t columns;
  int64_t width;
  int64_t elementBytes;
  bool firstOnly;

  bool isQuantized() const { return elementBytes == 1; }
  /// From one row to the next.
  int64_t stride() const {
    return isQuantized() ? ignis_q8_row_bytes(columns) : columns * elementBytes;
  }
  /// Bytes of so many columns, with their scales and sums.
  int64_t bytesOf(int64_t count) const {
    return isQuantized() ? count + count / 32 * 8 : count * elementBytes;
  }
};

/// A rank's side of a group: packs its columns, one row after the other, so
/// that what is sent is contiguous. Used by one thread at a time.
class Gatherer {
public:
  /// With staging memory for rows of up to `rowBytes` bytes; check isReady().
  Gatherer(const ignis_group &group, int64_t rowBytes);

  bool isReady() const { return staging.data() && sizes; }
  const ignis_group &group() const { return table; }
  void run(const GatherTask &task);

  uint64_t calls() const { return callCount; }
  uint64_t bytes() const { return byteCount; }

private:
  void exchange(const GatherTask &task);

  const ignis_group &table;
  Memory staging;
  std::unique_ptr<int64_t[]> sizes; ///< of the ranks' pieces
  std::atomic<uint64_t> callCount = 0;
  std::atomic<uint64_t> byteCount = 0;
};

} // namespace ignis::runtime

#endif // IGNIS_RUNTIME_LIB_GATHER_H
