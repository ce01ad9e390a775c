//===- RowBatch.h - The rows of a call, as the program reads them *- C++
//-*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_ROWBATCH_H
#define IGNIS_LIB_ENGINE_ROWBATCH_H

#include "ignis/Runtime/ABI.h"

#include <span>
#include <vector>

namespace ignis {

/// Of a sequence of so many positions.
inline int64_t countPages(int64_t positions) {
  return (positions + IGNIS_PAGE_POSITIONS - 1) / IGNIS_PAGE_POSITIONS;
}

class RowBatch {
public:
  /// Tokens of one sequence, the first at `position`. Those from `firstRow` on
  /// want logits. `pages` outlive the batch.
  void add(std::span<const int32_t> tokens, int64_t position,
           const int32_t *pages, int64_t firstRow) {
    auto row = static_cast<int64_t>(ids.size());
    auto count = static_cast<int64_t>(tokens.size());
    spans.push_back({row, count, position, pages});
    ids.insert(ids.end(), tokens.begin(), tokens.end());
    for (int64_t i = 0; i != count; ++i) {
      positions.push_back(position + i);
      if (i >= firstRow)
        outputs.push_back(static_cast<int32_t>(row + i));
    }
  }

  const int32_t *tokens() const { return ids.data(); }
  /// Refers to the batch.
  ignis_rows rows() const {
    return {static_cast<int64_t>(ids.size()),     positions.data(),
            static_cast<int64_t>(outputs.size()), outputs.data(),
            static_cast<int64_t>(spans.size()),   spans.data()};
  }

private:
  std::vector<int32_t> ids;
  std::vector<int64_t> positions;
  std::vector<int32_t> outputs;
  std::vector<ignis_span> spans;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_ROWBATCH_H
