//===- Rows.h - Every row that a program gives -----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUN_ROWS_H
#define IGNIS_RUN_ROWS_H

#include "ignis/Engine/Options.h"

#include <cstdint>
#include <string>
#include <vector>

namespace ignis {

/// What a program gives: for the tokens in batches, then one by one.
struct Rows {
  std::vector<uint32_t> logits;     ///< their bits
  std::vector<uint64_t> candidates; ///< where there are no logits

  bool operator==(const Rows &) const = default;
};

/// Runs `program` on the tokens `options.ids`.
Expected<Rows> computeRows(const GGUFFile &file, const ModelDescription &model,
                           const ignis_program &program,
                           const Options &options);

/// Where rows of a prompt of so many tokens differ first, for people.
std::string describeDifference(const Rows &expected, const Rows &found,
                               size_t prompt);

} // namespace ignis

#endif // IGNIS_RUN_ROWS_H
