//===- Hyperparameters.h - A model's numbers, as attributes hold them --*- C++
//-*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_IR_HYPERPARAMETERS_H
#define IGNIS_IR_HYPERPARAMETERS_H

#include "ignis/Runtime/ABI.h"
#include "llvm/ADT/Hashing.h"

#include <cstring>

// Both structures are numbers of eight bytes without a gap, and equal where
// their bytes are: what an attribute must tell apart.
static_assert(sizeof(ignis_rope) % 8 == 0 &&
              sizeof(ignis_hyperparameters) % 8 == 0);

inline bool operator==(const ignis_rope &a, const ignis_rope &b) {
  return std::memcmp(&a, &b, sizeof(a)) == 0;
}
inline bool operator==(const ignis_hyperparameters &a,
                       const ignis_hyperparameters &b) {
  return std::memcmp(&a, &b, sizeof(a)) == 0;
}
inline llvm::hash_code hash_value(const ignis_rope &values) {
  return llvm::hash_value(
      llvm::StringRef(reinterpret_cast<const char *>(&values), sizeof(values)));
}
inline llvm::hash_code hash_value(const ignis_hyperparameters &values) {
  return llvm::hash_value(
      llvm::StringRef(reinterpret_cast<const char *>(&values), sizeof(values)));
}

#endif // IGNIS_IR_HYPERPARAMETERS_H
