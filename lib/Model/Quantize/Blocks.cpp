//===- Blocks.cpp - Bytes of the block formats ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Blocks.h"

#include <cstring>

using namespace ignis::quantize;

namespace {

/// Writes a block from its first byte to its last.
class Bytes {
public:
  explicit Bytes(std::byte *to) : to(to) {}

  void half(uint16_t value) {
    std::memcpy(to, &value, sizeof(value));
    to += sizeof(value);
  }
  template <size_t count>
  void array(const std::array<uint8_t, count> &bytes) {
    std::memcpy(to, bytes.data(), count);
    to += count;
  }

private:
  std::byte *to;
};

} // namespace

/// `level` as the field that holds it: `zero` is its value for level 0.
static uint8_t getCode(int level, int zero) {
  return static_cast<uint8_t>(level + zero);
}

//===----------------------------------------------------------------------===//
// Blocks of 32
//===----------------------------------------------------------------------===//

/// Byte i holds the low four bits of codes i and i + 16.
static std::array<uint8_t, 16> packNibbles(const Block &block, int zero) {
  std::array<uint8_t, 16> bytes;
  for (int i = 0; i != 16; ++i)
    bytes[i] = (getCode(block.levels[i], zero) & 15) |
               (getCode(block.levels[i + 16], zero) & 15) << 4;
  return bytes;
}

/// Bit i is the fifth of code i.
static std::array<uint8_t, 4> packFifthBits(const Block &block, int zero) {
  std::array<uint8_t, 4> bytes{};
  for (int i = 0; i != 32; ++i)
    bytes[i / 8] |= (getCode(block.levels[i], zero) >> 4 & 1) << i % 8;
  return bytes;
}

void ignis::quantize::packQ4_0(const Block &block, std::byte *to) {
  Bytes bytes(to);
  bytes.half(block.d);
  bytes.array(packNibbles(block, 8));
}

void ignis::quantize::packQ4_1(const Block &block, std::byte *to) {
  Bytes bytes(to);
  bytes.half(block.d);
  bytes.half(block.m);
  bytes.array(packNibbles(block, 0));
}

void ignis::quantize::packQ5_0(const Block &block, std::byte *to) {
  Bytes bytes(to);
  bytes.half(block.d);
  bytes.array(packFifthBits(block, 16));
  bytes.array(packNibbles(block, 16));
}

void ignis::quantize::packQ5_1(const Block &block, std::byte *to) {
  Bytes bytes(to);
  bytes.half(block.d);
  bytes.half(block.m);
  bytes.array(packFifthBits(block, 0));
  bytes.array(packNibbles(block, 0));
}

void ignis::quantize::packQ8_0(const Block &block, std::byte *to) {
  Bytes(to).half(block.d);
  std::memcpy(to + sizeof(block.d), block.levels.data(), Block::elements);
}

void ignis::quantize::packIQ4_NL(const Block &block, std::byte *to) {
  Bytes bytes(to);
  bytes.half(block.d);
  bytes.array(packNibbles(block, 0));
}

//===----------------------------------------------------------------------===//
// Blocks of 256
//===----------------------------------------------------------------------===//

/// Fields of `width` bits (1, 2 or 4) from bit `shift` of each code, in runs of
/// `run` bytes: byte i of a run holds codes i, i + run, i + 2 * run...
template <int width, int run>
static std::array<uint8_t, 32 * width> packFields(const SuperBlock &block,
                                                  int zero, int shift) {
  constexpr int fields = 8 / width;
  std::array<uint8_t, 32 * width> bytes{};
  for (int i = 0; i != static_cast<int>(bytes.size()); ++i)
    for (int field = 0; field != fields; ++field) {
      int element = i / run * run * fields + field * run + i % run;
      int code = getCode(block.levels[element], zero);
      bytes[i] |= (code >> shift & ((1 << width) - 1)) << field * width;
    }
  return bytes;
}

void ignis::quantize::packQ2_K(const SuperBlock &block, std::byte *to) {
  std::array<uint8_t, 16> scales;
  for (int i = 0; i != 16; ++i)
    scales[i] = block.scales[i] | block.mins[i] << 4;
  Bytes bytes(to);
  bytes.array(scales);
  bytes.array(packFields<2, 32>(block, 0, 0));
  bytes.half(block.d);
  bytes.half(block.dmin);
}

void ignis::quantize::packQ3_K(const SuperBlock &block, std::byte *to) {
  // Low nibbles of scales i and i + 8, then the two high bits of scales i,
  // i + 4, i + 8 and i + 12.
  std::array<uint8_t, 12> scales{};
  for (int i = 0; i != 16; ++i) {
    uint8_t code = getCode(block.scales[i], 32);
    scales[i % 8] |= (code & 15) << i / 8 * 4;
    scales[8 + i % 4] |= code >> 4 << i / 4 * 2;
  }
  Bytes bytes(to);
  bytes.array(packFields<1, 32>(block, 4, 2));
  bytes.array(packFields<2, 32>(block, 4, 0));
  bytes.array(scales);
  bytes.half(block.d);
}

/// Eight scales and eight mins of six bits, as Q4_K and Q5_K hold them: the
/// first four in six bits a byte, the others in nibbles and the free high bits.
static std::array<uint8_t, 12> packScalesAndMins(const SuperBlock &block) {
  std::array<uint8_t, 12> bytes;
  for (int i = 0; i != 4; ++i) {
    int scale = block.scales[i + 4];
    int min = block.mins[i + 4];
    bytes[i] = block.scales[i] | scale >> 4 << 6;
    bytes[i + 4] = block.mins[i] | min >> 4 << 6;
    bytes[i + 8] = (scale & 15) | (min & 15) << 4;
  }
  return bytes;
}

void ignis::quantize::packQ4_K(const SuperBlock &block, std::byte *to) {
  Bytes bytes(to);
  bytes.half(block.d);
  bytes.half(block.dmin);
  bytes.array(packScalesAndMins(block));
  bytes.array(packFields<4, 32>(block, 0, 0));
}

void ignis::quantize::packQ5_K(const SuperBlock &block, std::byte *to) {
  Bytes bytes(to);
  bytes.half(block.d);
  bytes.half(block.dmin);
  bytes.array(packScalesAndMins(block));
  bytes.array(packFields<1, 32>(block, 0, 4));
  bytes.array(packFields<4, 32>(block, 0, 0));
}

void ignis::quantize::packQ6_K(const SuperBlock &block, std::byte *to) {
  Bytes bytes(to);
  bytes.array(packFields<4, 64>(block, 32, 0));
  bytes.array(packFields<2, 32>(block, 32, 4));
  std::array<uint8_t, 16> scales;
  std::memcpy(scales.data(), block.scales.data(), scales.size());
  bytes.array(scales);
  bytes.half(block.d);
}

void ignis::quantize::packIQ4_XS(const SuperBlock &block, std::byte *to) {
  uint16_t high = 0;
  std::array<uint8_t, 4> low{};
  for (int i = 0; i != 8; ++i) {
    uint8_t code = getCode(block.scales[i], 32);
    high |= static_cast<uint16_t>(code >> 4 << 2 * i);
    low[i / 2] |= (code & 15) << i % 2 * 4;
  }
  Bytes bytes(to);
  bytes.half(block.d);
  bytes.half(high);
  bytes.array(low);
  bytes.array(packFields<4, 16>(block, 0, 0));
}
