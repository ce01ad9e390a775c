//===- CallMessage.h - A call, as rank 0 tells it ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_CALLMESSAGE_H
#define IGNIS_LIB_ENGINE_CALLMESSAGE_H

#include "RowBatch.h"

#include "ignis/Engine/Executor.h"

namespace ignis {

/// Words of 64 bits: how many there are, page copies, and of each span its
/// tokens and pages. A few rows fit one broadcast.
class CallMessage {
public:
  static CallMessage of(const RowBatch &batch,
                        std::span<const PageCopy> copies);
  /// After the last call.
  static CallMessage end() { return CallMessage({1}); }

  /// On rank 0 and on all others.
  void send(const ignis_group &group);
  static CallMessage receive(const ignis_group &group);

  bool isEnd() const { return words.size() == 1; }

  struct Call {
    std::vector<PageCopy> copies;
    std::vector<std::vector<int32_t>> pages; ///< of each span
    RowBatch batch;                          ///< refers to `pages`
  };
  /// Refuses what the runner has no room for.
  Expected<Call> read(const CallRunner &runner) const;

private:
  explicit CallMessage(std::vector<int64_t> words) : words(std::move(words)) {}

  std::vector<int64_t> words;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_CALLMESSAGE_H
