//===- Comparison.h - Where two runs part --------------------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_DIFF_COMPARISON_H
#define IGNIS_DIFF_COMPARISON_H

#include "Trace.h"

namespace ignis::diff {

/// Compares two programs, call by call. Values are matched by their names, and
/// those of one name from the last one back: what is computed on the way to it
/// differs with the fusions, the last one does not.
class Comparison {
public:
  Comparison(const TracedProgram &left, const TracedProgram &right)
      : left(left), right(right) {}

  /// The first value of the left program's order, and its first element, that
  /// has other bits on the right, for people; none if the calls are equal.
  Expected<std::optional<std::string>> compare(const Call &a, const Call &b);

  /// What was compared so far, and what could not be.
  std::string summary() const;
  /// Whether anything was.
  bool hasCompared() const { return compared != 0; }

private:
  Expected<std::optional<std::string>> compare(const ListedValue &ofLeft,
                                               const ListedValue &ofRight,
                                               const Call &a, const Call &b);
  std::string describe(const ListedValue &ofLeft, const ListedValue &ofRight,
                       const Call &call) const;

  const TracedProgram &left, &right;
  int64_t calls = 0, rows = 0;
  int64_t compared = 0; ///< values, each as often as it was
  int64_t before = 0;   ///< those of this call
  /// Values of the call that lacks most.
  size_t onlyLeft = 0, onlyRight = 0, unlike = 0;
  std::string firstOnlyLeft, firstOnlyRight, firstUnlike;
};

} // namespace ignis::diff

#endif // IGNIS_DIFF_COMPARISON_H
