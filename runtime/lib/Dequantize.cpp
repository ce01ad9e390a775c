//===- Dequantize.cpp - What a block of a file says -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The formats are ggml's:
// https://github.com/ggml-org/ggml/blob/master/src/ggml-common.h.
// "Super-blocks" of 256 values are eight blocks of 32 here.
//
//===----------------------------------------------------------------------===//

#include "Dequantize.h"
#include "Half.h"
#include "ignis/Runtime/Runtime.h"
#include "ignis/Runtime/WeightFormats.h"

#include <cstring>

using namespace ignis;
using namespace ignis::runtime;

/// The values that four bits stand for in the formats IQ4.
static constexpr int8_t iq4Values[16] = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

static uint32_t wordAt(const uint8_t *p) {
  uint32_t word;
  memcpy(&word, p, sizeof word);
  return word;
}

static uint16_t halfWordAt(const uint8_t *p) {
  uint16_t word;
  memcpy(&word, p, sizeof word);
  return word;
}

static float halfAt(const uint8_t *p) { return floatOfHalf(halfWordAt(p)); }

/// Value i's nibble in 16 bytes: low ones, then high ones.
static int nibble(const uint8_t *bytes, int i) {
  return bytes[i % 16] >> i / 16 * 4 & 15;
}

/// Values of a block of their own: d, m if there is one, fifth bits, nibbles.
static void readBlock32(ignis_type type, const uint8_t *bytes,
                        WeightBlock &block) {
  block.scale = halfAt(bytes);
  const uint8_t *rest = bytes + 2;
  if (type == IGNIS_TYPE_Q8_0) {
    memcpy(block.values, rest, sizeof block.values);
    return;
  }
  if (type == IGNIS_TYPE_Q4_1 || type == IGNIS_TYPE_Q5_1) {
    block.hasMins = true;
    block.min = halfAt(rest);
    rest += 2;
  }
  bool hasFifthBits = type == IGNIS_TYPE_Q5_0 || type == IGNIS_TYPE_Q5_1;
  uint32_t fifthBits = hasFifthBits ? wordAt(rest) : 0;
  rest += hasFifthBits ? 4 : 0;
  int offset = type == IGNIS_TYPE_Q4_0 ? 8 : type == IGNIS_TYPE_Q5_0 ? 16 : 0;
  for (int i = 0; i < 32; ++i) {
    int code = nibble(rest, i) | int(fifthBits >> i & 1) << 4;
    block.values[i] =
        type == IGNIS_TYPE_IQ4_NL ? iq4Values[code] : int8_t(code - offset);
  }
}

/// Q4_K and Q5_K: d, dmin, 8 scales and 8 mins of 6 bits, fifth bits, nibbles.
static void readBlockQ45K(ignis_type type, const uint8_t *bytes, int b,
                          WeightBlock &block) {
  const uint8_t *sixBits = bytes + 4;
  const uint8_t *fifthBits = sixBits + 12;
  bool hasFifthBits = type == IGNIS_TYPE_Q5_K;
  const uint8_t *nibbles = fifthBits + (hasFifthBits ? 32 : 0) + b / 2 * 32;
  int scale, min;
  if (b < 4) {
    scale = sixBits[b] & 63;
    min = sixBits[4 + b] & 63;
  } else {
    scale = (sixBits[4 + b] & 15) | sixBits[b - 4] >> 6 << 4;
    min = sixBits[4 + b] >> 4 | sixBits[b] >> 6 << 4;
  }
  block.scale = halfAt(bytes) * float(scale);
  block.hasMins = true;
  block.min = -(halfAt(bytes + 2) * float(min));
  for (int i = 0; i < 32; ++i) {
    int fifthBit = hasFifthBits ? fifthBits[i] >> b & 1 : 0;
    block.values[i] = int8_t((nibbles[i] >> b % 2 * 4 & 15) | fifthBit << 4);
  }
}

/// d, 8 scales of 6 bits (high ones apart), nibbles.
static void readBlockIQ4XS(const uint8_t *bytes, int b, WeightBlock &block) {
  int scale = (bytes[4 + b / 2] >> b % 2 * 4 & 15) |
              (halfWordAt(bytes + 2) >> 2 * b & 3) << 4;
  block.scale = halfAt(bytes) * float(scale - 32);
  for (int i = 0; i < 32; ++i)
    block.values[i] = iq4Values[nibble(bytes + 8 + 16 * b, i)];
}

/// 16 scales and mins of 4 bits, values of 2 bits, d, dmin.
static void readBlockQ2K(const uint8_t *bytes, int b, WeightBlock &block) {
  const uint8_t *twoBits = bytes + 16 + b / 4 * 32;
  block.scale = halfAt(bytes + 80);
  block.hasMins = true;
  block.min = -halfAt(bytes + 82);
  for (int h = 0; h < 2; ++h) {
    block.scales[h] = bytes[2 * b + h] & 15;
    block.mins[h] = bytes[2 * b + h] >> 4;
  }
  for (int i = 0; i < 32; ++i)
    block.values[i] = twoBits[i] >> b % 4 * 2 & 3;
}

/// Third bits, two lower bits, 16 scales of 6 bits, d.
static void readBlockQ3K(const uint8_t *bytes, int b, WeightBlock &block) {
  const uint8_t *twoBits = bytes + 32 + b / 4 * 32;
  const uint8_t *sixBits = bytes + 96;
  block.scale = halfAt(bytes + 108);
  for (int h = 0; h < 2; ++h) {
    int k = 2 * b + h;
    block.scales[h] = (sixBits[k % 8] >> k / 8 * 4 & 15) +
                      (sixBits[8 + k % 4] >> k / 4 * 2 & 3) * 16 - 32;
  }
  for (int i = 0; i < 32; ++i)
    block.values[i] =
        int8_t((twoBits[i] >> b % 4 * 2 & 3) + (bytes[i] >> b & 1) * 4 - 4);
}

/// Four lower bits, two higher bits, 16 scales of 8 bits, d.
static void readBlockQ6K(const uint8_t *bytes, int b, WeightBlock &block) {
  int quarter = b % 4;
  const uint8_t *nibbles = bytes + b / 4 * 64 + quarter % 2 * 32;
  const uint8_t *twoBits = bytes + 128 + b / 4 * 32;
  block.scale = halfAt(bytes + 208);
  for (int h = 0; h < 2; ++h)
    block.scales[h] = int8_t(bytes[192 + 2 * b + h]);
  for (int i = 0; i < 32; ++i)
    block.values[i] = int8_t((nibbles[i] >> quarter / 2 * 4 & 15) +
                             (twoBits[i] >> quarter * 2 & 3) * 16 - 32);
}

void ignis::runtime::readBlock(ignis_type type, const uint8_t *row,
                               int64_t index, WeightBlock &block) {
  const WeightFormat &format = *findWeightFormat(type);
  int64_t blocks = format.blockValues / 32;
  const uint8_t *bytes = row + index / blocks * format.blockBytes;
  auto b = int(index % blocks);
  block.scales[0] = block.scales[1] = 1;
  block.mins[0] = block.mins[1] = 1;
  block.min = 0;
  block.hasMins = false;
  switch (type) {
  case IGNIS_TYPE_Q2_K:
    return readBlockQ2K(bytes, b, block);
  case IGNIS_TYPE_Q3_K:
    return readBlockQ3K(bytes, b, block);
  case IGNIS_TYPE_Q4_K:
  case IGNIS_TYPE_Q5_K:
    return readBlockQ45K(type, bytes, b, block);
  case IGNIS_TYPE_Q6_K:
    return readBlockQ6K(bytes, b, block);
  case IGNIS_TYPE_IQ4_XS:
    return readBlockIQ4XS(bytes, b, block);
  default:
    return readBlock32(type, bytes, block);
  }
}

void ignis_rt_dequantize(ignis_type type, const void *source, int64_t cols,
                         float *out) {
  const auto *row = static_cast<const uint8_t *>(source);
  switch (type) {
  case IGNIS_TYPE_F32:
    memcpy(out, row, size_t(cols) * sizeof *out);
    return;
  case IGNIS_TYPE_F16:
    for (int64_t i = 0; i < cols; ++i)
      out[i] = halfAt(row + 2 * i);
    return;
  case IGNIS_TYPE_BF16:
    for (int64_t i = 0; i < cols; ++i)
      out[i] = floatOfBfloat(halfWordAt(row + 2 * i));
    return;
  default:
    break;
  }
  for (int64_t b = 0; b < cols / 32; ++b) {
    WeightBlock block;
    readBlock(type, row, b, block);
    for (int h = 0; h < 2; ++h) {
      float scale = block.scale * float(block.scales[h]);
      float min = block.min * float(block.mins[h]);
      for (int i = 16 * h; i < 16 * h + 16; ++i) {
        float value = scale * float(block.values[i]);
        *out++ = block.hasMins ? value + min : value;
      }
    }
  }
}
