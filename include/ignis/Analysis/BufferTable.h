//===- BufferTable.h - Buffers as comma-separated values --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MiniMalloc's format (github.com/google/minimalloc), read and written: a
// header, then a line for each buffer, whose lifetime does not include `upper`.
//
//   id,lower,upper,size
//   b1,0,3,4
//
// A plan has a fifth column, `offset`.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_BUFFERTABLE_H
#define IGNIS_ANALYSIS_BUFFERTABLE_H

#include "ignis/Analysis/Placement.h"

#include "llvm/Support/Error.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace ignis {

/// The most buffers that are read: placing them one by one takes O(n^2).
inline constexpr size_t maxTableBuffers = 1 << 16;

struct BufferTable {
  std::vector<std::string> ids;
  llvm::SmallVector<Block> blocks;
  /// If the table is a plan.
  std::optional<llvm::SmallVector<int64_t>> offsets;
};

/// Columns may stand in any order. The error says which line is wrong: numbers
/// that are none, an empty lifetime, a negative size or offset, sizes or
/// offsets of more than maxTotalBytes, and columns that are unknown here, such
/// as MiniMalloc's gaps.
llvm::Expected<BufferTable> parseBufferTable(llvm::StringRef text);

void printBufferTable(const BufferTable &table, llvm::raw_ostream &os);

} // namespace ignis

#endif // IGNIS_ANALYSIS_BUFFERTABLE_H
