//===- LinearForm.h - Bytes as a function of the tokens --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sizes and offsets are a * T + b bytes in the number of tokens T, which runs
// from 1 to a maximum. A statement about two forms that holds at both ends of
// that range holds everywhere in it, because their difference is linear.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_LINEARFORM_H
#define IGNIS_ANALYSIS_LINEARFORM_H

#include "llvm/ADT/ArrayRef.h"
#include "llvm/ADT/SmallVector.h"

#include <algorithm>
#include <cstdint>
#include <string>

namespace ignis {

/// perToken * T + constant.
struct LinearForm {
  int64_t perToken = 0;
  int64_t constant = 0;

  int64_t at(int64_t tokens) const { return perToken * tokens + constant; }

  bool operator==(const LinearForm &) const = default;
  LinearForm operator+(LinearForm other) const {
    return {perToken + other.perToken, constant + other.constant};
  }
  LinearForm &operator+=(LinearForm other) { return *this = *this + other; }
};

/// Whether a <= b for every T from 1 to maxTokens.
inline bool atMost(LinearForm a, LinearForm b, int64_t maxTokens) {
  return a.at(1) <= b.at(1) && a.at(maxTokens) <= b.at(maxTokens);
}

/// A form that is nowhere less than either: the greater one where the two do
/// not cross, else the greater coefficients, which keeps multiples of the
/// alignment multiples of it.
inline LinearForm join(LinearForm a, LinearForm b, int64_t maxTokens) {
  if (atMost(a, b, maxTokens))
    return b;
  if (atMost(b, a, maxTokens))
    return a;
  return {std::max(a.perToken, b.perToken), std::max(a.constant, b.constant)};
}

/// The forms that are the greatest somewhere between 1 and maxTokens, by
/// ascending slope: {0} for none. O(n log n).
llvm::SmallVector<LinearForm> upperEnvelope(llvm::ArrayRef<LinearForm> forms,
                                            int64_t maxTokens);

/// The greatest value at `tokens`; 0 for none.
int64_t maximumAt(llvm::ArrayRef<LinearForm> forms, int64_t tokens);

/// 1, maxTokens and the numbers of tokens on either side of where two
/// neighbours of the envelope cross, ascending.
llvm::SmallVector<int64_t> breakpoints(llvm::ArrayRef<LinearForm> envelope,
                                       int64_t maxTokens);

/// `896*T + 64`.
std::string toString(LinearForm form);

} // namespace ignis

#endif // IGNIS_ANALYSIS_LINEARFORM_H
