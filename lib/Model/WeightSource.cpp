//===- WeightSource.cpp - Random weights ----------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "WeightSource.h"
#include "ignis/Model/Quantize.h"

#include <algorithm>
#include <cstring>

using namespace ignis;

void WeightSource::fill(ignis_type type, float center, float spread,
                        std::span<std::byte> row) {
  switch (type) {
  case IGNIS_TYPE_F32:
    return fillWith<float>(row, [&](float x) { return center + spread * x; });
  case IGNIS_TYPE_F16:
    return fillWith<uint16_t>(
        row, [&](float x) { return narrowToF16(center + spread * x); });
  case IGNIS_TYPE_BF16:
    return fillWith<uint16_t>(
        row, [&](float x) { return narrowToBF16(center + spread * x); });
  default:
    return fillBlocks(*findWeightFormat(type), spread, row);
  }
}

/// `convert` gets a multiple of 2^-23 in [-1, 1).
template <typename T, typename Convert>
void WeightSource::fillWith(std::span<std::byte> row, Convert convert) {
  for (size_t i = 0; i != row.size(); i += sizeof(T)) {
    T value = convert(2 * random.nextFloat() - 1);
    std::memcpy(&row[i], &value, sizeof(T));
  }
}

namespace {

/// Of blocks of random bytes.
struct Units {
  float spread; ///< sqrt(3) times the rms of the values, in units of d
  float offset; ///< the second binary16 number, in units of d: it centres them
};

} // namespace

static Units getUnits(ignis_type type) {
  switch (type) {
  case IGNIS_TYPE_Q4_0:
    return {8, 0};
  case IGNIS_TYPE_Q4_1:
    return {8, -7.5f};
  case IGNIS_TYPE_Q5_0:
    return {16, 0};
  case IGNIS_TYPE_Q5_1:
    return {16, -15.5f};
  case IGNIS_TYPE_IQ4_NL:
    return {117, 0};
  case IGNIS_TYPE_Q2_K:
    return {24, 1.5f};
  case IGNIS_TYPE_Q3_K:
    return {75, 0};
  case IGNIS_TYPE_Q4_K:
    return {447, 7.5f};
  case IGNIS_TYPE_Q5_K:
    return {901, 15.5f};
  case IGNIS_TYPE_Q6_K:
    return {2364, 0};
  case IGNIS_TYPE_IQ4_XS:
    return {2157, 0};
  default:
    return {127, 0}; // Q8_0
  }
}

/// Random bytes, and scales from half to one and a half times the mean. Of Q8_0
/// any byte but -128, which no quantiser makes.
void WeightSource::fillBlocks(const WeightFormat &format, float spread,
                              std::span<std::byte> row) {
  auto [unit, offset] = getUnits(format.type);
  auto size = static_cast<size_t>(format.blockBytes);
  auto at = static_cast<size_t>(format.scalesAt);
  size_t scaleBytes = static_cast<size_t>(format.scales) * sizeof(uint16_t);
  for (; !row.empty(); row = row.subspan(size)) {
    float d = spread / unit * (0.5f + random.nextFloat());
    uint16_t scales[] = {narrowToF16(d), narrowToF16(offset * d)};
    std::memcpy(&row[at], scales, scaleBytes);
    fillBytes(row.first(at));
    std::span<std::byte> rest = row.first(size).subspan(at + scaleBytes);
    fillBytes(rest);
    if (format.type == IGNIS_TYPE_Q8_0)
      std::ranges::replace(rest, std::byte{0x80}, std::byte{0x81});
  }
}

void WeightSource::fillBytes(std::span<std::byte> bytes) {
  while (!bytes.empty()) {
    uint64_t bits = random.next();
    size_t count = std::min(bytes.size(), sizeof(bits));
    std::memcpy(bytes.data(), &bits, count);
    bytes = bytes.subspan(count);
  }
}
