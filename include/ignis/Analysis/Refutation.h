//===- Refutation.h - Why blocks do not fit ---------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A proof that blocks do not fit under a height, which can be checked without
// trusting, or knowing, the search that found it.
//
// Suppose they fit. Among the placements under the height take the one with the
// least sum of offsets, and list the blocks by ascending (offset, position in
// `order`). In it every block lies as low as those before it allow. The proof
// follows this list: having placed some blocks (at first none), the rest being
// later in the list, it names one of
//
//   cut t     at the time t the open blocks end above the height, even if the
//             lowest of them lies as low as any of them can
//   top b     the open block b ends above the height wherever it lies
//   part b    b and the open blocks connected to it by lifetimes are looked at
//             alone from here on
//   branch t  whichever open block is the next in the list, there is a proof
//             for that: they follow, by (offset, position). Left out are those
//             that cannot be next: blocks before the last one in the list,
//             blocks that have room for another open one below them (which
//             could be moved there, for a lesser sum), and blocks so high that
//             what is open at t would end above the height.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_REFUTATION_H
#define IGNIS_ANALYSIS_REFUTATION_H

#include "ignis/Analysis/Placement.h"

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/Error.h"

#include <string>
#include <vector>

namespace ignis {

struct RefutationStep {
  enum class Kind : uint8_t { Cut, Top, Part, Branch };
  Kind kind;
  /// A time (cut, branch), or a position in the order (top, part).
  int64_t at;
};

struct Refutation {
  int64_t height = 0;
  /// Indices of blocks; those that are not in it are not needed.
  llvm::SmallVector<size_t> order;
  std::vector<RefutationStep> steps; ///< depth first
};

/// Whether the refutation proves that `blocks` do not fit under its height; an
/// error says which step fails. O(blocks^2) a step.
llvm::Error checkRefutation(llvm::ArrayRef<Block> blocks,
                            const Refutation &refutation);

/// The steps as text: `c`, `t`, `p` or `b` and a number each, spaces between.
std::string printSteps(llvm::ArrayRef<RefutationStep> steps);
llvm::Expected<std::vector<RefutationStep>> parseSteps(llvm::StringRef text);

} // namespace ignis

#endif // IGNIS_ANALYSIS_REFUTATION_H
