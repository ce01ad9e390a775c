//===- WeightFormats.h - The table of weight formats, in C++ ----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_WEIGHTFORMATS_H
#define IGNIS_RUNTIME_WEIGHTFORMATS_H

#include "ignis/Runtime/ABI.h"

#include <cstdint>

namespace ignis {

/// What a product takes beside its weights.
enum class Activation : uint8_t {
  F32, ///< binary32
  Q8,  ///< blocks of 32 bytes, see ABI.h
};

/// A line of WeightFormats.def.
struct WeightFormat {
  ignis_type type;
  const char *name;
  int64_t blockValues;
  int64_t blockBytes;
  Activation activation;
  int64_t scales;
  int64_t scalesAt;

  /// Whether elements stand alone, as those of a vector do.
  constexpr bool isPlain() const { return blockValues == 1; }
  constexpr int64_t rowBytes(int64_t cols) const {
    return cols / blockValues * blockBytes;
  }
};

inline constexpr WeightFormat weightFormats[] = {
#define IGNIS_WEIGHT_FORMAT(symbol, number, name, values, bytes, activation,   \
                            scales, scalesAt)                                  \
  {IGNIS_TYPE_##symbol,    name,   values,  bytes,                             \
   Activation::activation, scales, scalesAt},
#include "ignis/Runtime/WeightFormats.def"
};

/// Null for a number that is not in the table.
static constexpr const WeightFormat *findWeightFormat(int64_t number) {
  for (const WeightFormat &format : weightFormats)
    if (format.type == number)
      return &format;
  return nullptr;
}

} // namespace ignis

#endif // IGNIS_RUNTIME_WEIGHTFORMATS_H
