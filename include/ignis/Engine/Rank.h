//===- Rank.h - Which of several machines this is --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_RANK_H
#define IGNIS_ENGINE_RANK_H

#include "ignis/Runtime/ABI.h"
#include "ignis/Runtime/Group.h"

namespace ignis {

/// A place in a group of processes that compute one model together.
struct Rank {
  int64_t number = 0; ///< 0 talks to the user
  int64_t count = 1;

  /// Alone if `group` is null.
  static Rank of(const ignis_group *group) {
    return group ? Rank{group->rank, group->ranks} : Rank{};
  }
  bool isAlone() const { return count == 1; }
  /// The rows of a matrix that products ask the rank for.
  ignis_range rowsOf(const ignis_program_weight &weight) const {
    return ignis_rank_rows(weight.rows, weight.parts, weight.units, number,
                           count);
  }
  /// The key/value heads that it keeps.
  ignis_range kvHeadsOf(const ignis_program &program) const {
    return ignis_rank_parts(program.model.kv_heads, program.head_units, number,
                            count);
  }
};

} // namespace ignis

#endif // IGNIS_ENGINE_RANK_H
