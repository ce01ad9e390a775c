//===- WeightTable.h - A program's weights, found in a file ----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_WEIGHTTABLE_H
#define IGNIS_ENGINE_WEIGHTTABLE_H

#include "ignis/Engine/Handles.h"
#include "ignis/Engine/Rank.h"
#include "ignis/Model/ModelDescription.h"

#include <vector>

namespace ignis {

/// Refuses a program that was compiled for another runtime or another model,
/// with both values.
Expected<void> checkProgram(const ignis_program &program, const GGUFFile &file,
                            const ModelDescription &model);

/// The table that compiled code reads, and the matrices' handles. Refers to the
/// file's bytes, which outlive it.
class WeightTable {
public:
  /// The program was checked.
  static Expected<WeightTable> create(const ignis_program &program,
                                      const ModelDescription &model, Rank rank);

  const void *const *data() const { return pointers.data(); }

  /// Of the rows that products ask the rank for.
  int64_t matrixBytes() const { return bytes; }

  /// Packs up to `limit` bytes more; 0 once all are. `release` lets the pages
  /// of a mapped file go.
  int64_t pack(ignis_team *team, int64_t limit, bool release);

private:
  const float *copyVector(const ModelTensor &tensor);

  std::vector<const void *> pointers; ///< in the program's order
  std::vector<std::vector<float>> vectors;
  std::vector<WeightHandle> owners;
  std::vector<ignis_weight *> matrices; ///< each once
  int64_t bytes = 0;
};

} // namespace ignis

#endif // IGNIS_ENGINE_WEIGHTTABLE_H
