//===- FormatOracle.cpp - Weight formats, value by value ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Oracle.h"

#include <cmath>
#include <cstdlib>
#include <cstring>

using namespace oracle;

namespace {

/// What makes a weight: (s * a) * u + m * b.
struct Parts {
  int u;
  float s;
  int a = 1;
  bool hasMin = false;
  float m = 0;
  int b = 1;
};

/// Bytes of which fields are read by the numbers of their bits.
struct Bits {
  const uint8_t *bytes;

  float half(int at) const {
    return floatOfHalf(uint16_t(bytes[at] | bytes[at + 1] << 8));
  }
  /// `count` bits from bit `bit` on, counted from byte `at`.
  int field(int at, int bit, int count) const {
    int value = 0;
    for (int i = 0; i < count; ++i)
      value |= (bytes[at + (bit + i) / 8] >> (bit + i) % 8 & 1) << i;
    return value;
  }
};

} // namespace

static const int iq4[] = {-127, -104, -83, -65, -49, -35, -22, -10,
                          1,    13,   25,  38,  53,  69,  89,  113};

/// A scale or min (`which` 0 or 1) of Q4_K and Q5_K.
static int sixBits(Bits block, int which, int j) {
  int low = 4 + 4 * which;
  if (j < 4)
    return block.field(low + j, 0, 6);
  return block.field(8 + j, 4 * which, 4) | block.field(low + j - 4, 6, 2) << 4;
}

/// Weight i of a block.
static Parts partsOf(ignis_type type, const uint8_t *bytes, int i) {
  Bits block{bytes};
  // Of four bits, values 16 apart share a byte in blocks of 32, and values 32
  // apart in those of 256.
  auto pairs16 = [&](int at) {
    return block.field(at + i % 16, i / 16 * 4, 4);
  };
  auto pairs32 = [&](int at) {
    return block.field(at + i / 64 * 32 + i % 32, i / 32 % 2 * 4, 4);
  };
  auto quads = [&](int at) {
    return block.field(at + i / 128 * 32 + i % 32, i / 32 % 4 * 2, 2);
  };
  int j = i / 32, k = i / 16;
  switch (type) {
  case IGNIS_TYPE_Q4_0:
    return {pairs16(2) - 8, block.half(0)};
  case IGNIS_TYPE_Q4_1:
    return {pairs16(4), block.half(0), 1, true, block.half(2)};
  case IGNIS_TYPE_Q5_0:
    return {(pairs16(6) | block.field(2, i, 1) << 4) - 16, block.half(0)};
  case IGNIS_TYPE_Q5_1:
    return {pairs16(8) | block.field(4, i, 1) << 4, block.half(0), 1, true,
            block.half(2)};
  case IGNIS_TYPE_Q8_0:
    return {int8_t(bytes[2 + i]), block.half(0)};
  case IGNIS_TYPE_IQ4_NL:
    return {iq4[pairs16(2)], block.half(0)};
  case IGNIS_TYPE_Q2_K:
    return {quads(16), block.half(80),  block.field(k, 0, 4),
            true,      -block.half(82), block.field(k, 4, 4)};
  case IGNIS_TYPE_Q3_K:
    return {(quads(32) | block.field(i % 32, j, 1) << 2) - 4, block.half(108),
            (block.field(96 + k % 8, k / 8 * 4, 4) |
             block.field(104 + k % 4, k / 4 * 2, 2) << 4) -
                32};
  case IGNIS_TYPE_Q4_K:
    return {pairs32(16), block.half(0) * float(sixBits(block, 0, j)), 1, true,
            -(block.half(2) * float(sixBits(block, 1, j)))};
  case IGNIS_TYPE_Q5_K:
    return {pairs32(48) | block.field(16 + i % 32, j, 1) << 4,
            block.half(0) * float(sixBits(block, 0, j)), 1, true,
            -(block.half(2) * float(sixBits(block, 1, j)))};
  case IGNIS_TYPE_Q6_K:
    return {(block.field(i / 128 * 64 + i % 64, i / 64 % 2 * 4, 4) | quads(128)
                                                                         << 4) -
                32,
            block.half(208), int8_t(bytes[192 + k])};
  case IGNIS_TYPE_IQ4_XS:
    return {iq4[block.field(8 + 16 * j + i % 16, i / 16 % 2 * 4, 4)],
            block.half(0) * float((block.field(4, 4 * j, 4) |
                                   block.field(2, 2 * j, 2) << 4) -
                                  32)};
  default:
    abort();
  }
}

float oracle::weightAt(const ignis::WeightFormat &format, const uint8_t *row,
                       int64_t i) {
  const uint8_t *block = row + i / format.blockValues * format.blockBytes;
  Parts parts = partsOf(format.type, block, int(i % format.blockValues));
  float value = (parts.s * float(parts.a)) * float(parts.u);
  return parts.hasMin ? value + parts.m * float(parts.b) : value;
}

float oracle::dotBlocks(const ignis::WeightFormat &format,
                        const uint8_t *weights, const uint8_t *row, int64_t k) {
  float acc = 0;
  for (int64_t i = 0; i < k; i += 32) {
    float d;
    memcpy(&d, row + k + i / 8, 4);
    const uint8_t *block = weights + i / format.blockValues * format.blockBytes;
    int64_t products = 0, sums = 0;
    Parts parts;
    for (int l = 0; l < 32; ++l) {
      parts = partsOf(format.type, block, int(i % format.blockValues) + l);
      int q = int8_t(row[i + l]);
      products += parts.a * parts.u * q;
      sums += parts.b * q;
    }
    acc = std::fma(parts.s * d, float(products), acc);
    if (parts.hasMin)
      acc = std::fma(parts.m * d, float(sums), acc);
  }
  return acc;
}
