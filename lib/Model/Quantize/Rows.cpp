//===- Rows.cpp - Rows of weights in other formats ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Encoders.h"
#include "ignis/Model/Quantize.h"
#include "ignis/Runtime/WeightFormats.h"

#include <algorithm>
#include <cassert>
#include <cmath>
#include <cstring>

using namespace ignis;
using namespace ignis::quantize;

static bool encodeF32(const float *weight, std::byte *to) {
  std::memcpy(to, weight, sizeof(*weight));
  return true;
}

static bool encodeF16(const float *weight, std::byte *to) {
  uint16_t bits = narrowToF16(*weight);
  std::memcpy(to, &bits, sizeof(bits));
  return std::isfinite(widenF16(bits));
}

static bool encodeBF16(const float *weight, std::byte *to) {
  uint16_t bits = narrowToBF16(*weight);
  std::memcpy(to, &bits, sizeof(bits));
  return std::isfinite(widenBF16(bits));
}

static bool encodeBlock(ignis_type type, const float *weights, std::byte *to) {
  switch (type) {
#define IGNIS_WEIGHT_FORMAT(symbol, ...)                                       \
  case IGNIS_TYPE_##symbol:                                                    \
    return encode##symbol(weights, to);
#include "ignis/Runtime/WeightFormats.def"
  }
  return false;
}

bool ignis::encodeRow(ignis_type type, std::span<const float> weights,
                      std::span<std::byte> to) {
  const WeightFormat &format = *findWeightFormat(type);
  auto values = static_cast<size_t>(format.blockValues);
  auto bytes = static_cast<size_t>(format.blockBytes);
  assert(weights.size() % values == 0 &&
         to.size() == weights.size() / values * bytes && "no whole blocks");
  if (!std::ranges::all_of(weights, [](float x) { return std::isfinite(x); }))
    return false;
  for (size_t i = 0; i != weights.size() / values; ++i)
    if (!encodeBlock(type, &weights[i * values], &to[i * bytes]))
      return false;
  return true;
}
