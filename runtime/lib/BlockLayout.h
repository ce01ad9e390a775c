//===- BlockLayout.h - Blocks as tiles read them ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A layout tells a tile of its blocks of 16 rows by 32 columns:
//   hasMins, hasHalves    which scales there are besides one of each row
//   isPacked              whether it is that of packed weights
//   unitBlocks, unitBytes of what follows one another
//   Scale                 the type of a row's scale
//   operand<Register>(unit, b, i, at)   line i of block b's operand, from byte
//                         `at` on
//   scales(unit, b, room) the scales of block b by ScaleLines, perhaps in
//                         `room`
// One token reads packed weights, once; what several tokens read is expanded
// first. Q8_0 is multiplied as it is packed. Included once per kernel file.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKLAYOUT_H
#define IGNIS_RUNTIME_LIB_BLOCKLAYOUT_H

#include "BlockPanel.h"

#include <type_traits>

namespace {

//===----------------------------------------------------------------------===//
// Scales
//===----------------------------------------------------------------------===//

/// Offsets of lines in binary32, one lane a row; mins of halves are pairs of 16
/// bits. Scales of halves are sc_a - sc_b and sc_b: a block's sum of integers is
/// sc_a a + sc_b b = (sc_a - sc_b) a + sc_b (a + b), so that the sums of the
/// second half begin where the first's end. All is below 2^24, so exact.
template <bool Mins, bool Halves>
struct ScaleLines {
  static constexpr bool hasMins = Mins, hasHalves = Halves;
  static constexpr int64_t minAt = lineBytes;
  static constexpr int64_t halfScalesAt = minAt + Mins * lineBytes;
  static constexpr int64_t halfMinsAt = halfScalesAt + 2 * lineBytes;
  static constexpr int64_t scaleBytes =
      halfScalesAt + Halves * (Mins ? 3 : 2) * lineBytes;
};

template <class Format>
using ScaleLinesOf = ScaleLines<Format::hasMins, Format::hasHalves>;

/// Scales of block b of the file's block whose header is given.
template <class Format>
inline void expandScales(const uint8_t *header, int b, uint8_t *to) {
  using Lines = ScaleLinesOf<Format>;
  auto floats = [&](int64_t at) { return reinterpret_cast<float *>(to + at); };
  BlockScales scales = Format::scales(header, b);
  scales.scale.store(floats(0));
  if constexpr (Format::hasMins)
    scales.min.store(floats(Lines::minAt));
  if constexpr (Format::hasHalves) {
    const auto &[first, second] = scales.halfScales;
    (first - second).store(floats(Lines::halfScalesAt));
    second.store(floats(Lines::halfScalesAt + lineBytes));
  }
  if constexpr (Format::hasMins && Format::hasHalves)
    scales.halfMins.store(to + Lines::halfMinsAt);
}

//===----------------------------------------------------------------------===//
// Packed
//===----------------------------------------------------------------------===//

/// `Count` bits of line i of an operand, `Up` bits up.
template <int Count, int Up, class Register>
inline Register unpackBits(const uint8_t *from, int i) {
  auto line = Register::load(from + i % Count * lineBytes);
  int bit = i / Count * Count;
  return (bit < Up ? line << (Up - bit) : line >> (bit - Up)) &
         (((1 << Count) - 1) << Up);
}

/// lineBytes i of an operand, as codes.
template <int Bits, class Register>
inline Register unpackCodes(const uint8_t *from, int i) {
  constexpr int low = Bits == 8 ? 8 : Bits >= 4 ? 4 : 2;
  auto codes = unpackBits<low, 0, Register>(from, i);
  if constexpr (Bits > low)
    codes = codes |
            unpackBits<Bits - low, low, Register>(from + low * lineBytes, i);
  return codes;
}

template <class Tile, class Format>
struct PackedLayout : ScaleLinesOf<Format> {
  using Unit = PackedUnit<Format>;
  static constexpr bool isPacked = true;
  static constexpr bool isQ8_0 = Format::type == IGNIS_TYPE_Q8_0;
  static constexpr int unitBlocks = Unit::blocks;
  static constexpr int64_t unitBytes = Unit::bytes;
  using Scale = std::conditional_t<isQ8_0, uint16_t, float>;

  template <class Register>
  static Register operand(const uint8_t *unit, int b, int i, int64_t at) {
    auto codes = unpackCodes<Format::bits, Register>(
        unit + Unit::codesAt + b * Unit::codeBytes + at, i);
    if constexpr (isQ8_0)
      return codes; // packed as operands
    else
      return operandOf<Tile, Format>(codes);
  }
  static const uint8_t *scales(const uint8_t *unit, int b, uint8_t *room) {
    const uint8_t *header = unit + b / Format::fileBlocks * Unit::headerBytes();
    if constexpr (isQ8_0)
      return header; // read as it is
    expandScales<Format>(header, b % Format::fileBlocks, room);
    return room;
  }
};

/// Requests block b's share of the lines of the unit that stands some way
/// behind. `Locality` is __builtin_prefetch's: 2 for L2, 3 for L1. On a Zen 4
/// core a request into L1 holds a fill buffer until the data arrive, and
/// streams were 0.87 times as fast as with requests into L2; twice as far ahead
/// they were 0.7 times as fast.
template <class Unit, int Locality = 2>
inline void requestAhead(const uint8_t *unit, int64_t b) {
  constexpr int64_t distance = 25 * lineBytes;
  constexpr int64_t lines = Unit::unitBytes / lineBytes;
  for (int64_t i = b * lines / Unit::unitBlocks;
       i < (b + 1) * lines / Unit::unitBlocks; ++i)
    __builtin_prefetch(unit + distance + i * lineBytes, 0, Locality);
}

//===----------------------------------------------------------------------===//
// Expanded
//===----------------------------------------------------------------------===//

/// Blocks of an operand, then its scales.
template <bool Mins, bool Halves>
struct ExpandedLayout : ScaleLines<Mins, Halves> {
  static constexpr bool isPacked = false;
  static constexpr int64_t blockBytes =
      operandBytes + ScaleLines<Mins, Halves>::scaleBytes;
  static constexpr int unitBlocks = 1;
  static constexpr int64_t unitBytes = blockBytes;
  using Scale = float;

  template <class Register>
  static Register operand(const uint8_t *block, int, int i, int64_t at) {
    return Register::load(block + i * lineBytes + at);
  }
  static const uint8_t *scales(const uint8_t *block, int, uint8_t *) {
    return block + operandBytes;
  }
};

/// What several tokens read.
template <class Tile, class Format>
using LayoutOf =
    std::conditional_t<Format::type == IGNIS_TYPE_Q8_0,
                       PackedLayout<Tile, FormatQ8_0>,
                       ExpandedLayout<Format::hasMins, Format::hasHalves>>;

/// Of blocks as a tile reads them, from a unit's first on.
template <class Layout>
constexpr int64_t bytesOf(int64_t blocks) {
  return blocks / Layout::unitBlocks * Layout::unitBytes;
}

template <class Tile>
using RegisterOf = Integers<uint8_t, Tile::registerBytes>;

/// A packed unit's first `blocks` blocks; requests what comes after it.
template <class Tile, class Format>
void expandUnit(const uint8_t *unit, int64_t blocks, uint8_t *to) {
  using From = PackedLayout<Tile, Format>;
  if constexpr (From::isQ8_0) {
    memcpy(to, unit, size_t(From::unitBytes));
    return;
  }
  for (int b = 0; b < blocks; ++b, to += LayoutOf<Tile, Format>::unitBytes) {
    requestAhead<From>(unit, b);
    for (int i = 0; i < 8; ++i)
      for (int64_t at = 0; at < lineBytes; at += Tile::registerBytes)
        From::template operand<RegisterOf<Tile>>(unit, b, i, at)
            .store(to + i * lineBytes + at);
    From::scales(unit, b, to + operandBytes);
  }
}

/// Rows of the file as a tile reads them.
template <class Tile, class Format>
void expandSource(const uint8_t *source, int64_t rowBytes, int64_t rows,
                  int64_t blocks, uint8_t *to) {
  if constexpr (Format::type == IGNIS_TYPE_Q8_0)
    packBlocks<Tile, Format>(source, rowBytes, rows, blocks, to);
  else
    forEachBlock<Tile, Format>(
        source, rowBytes, rows, blocks,
        [&](const uint8_t *header, int b, Bytes(&lines)[8], int64_t) {
          for (int i = 0; i < 8; ++i)
            lines[i].store(to + i * lineBytes);
          for (int64_t at = 0; at < operandBytes; at += Tile::registerBytes)
            operandOf<Tile, Format>(RegisterOf<Tile>::load(to + at))
                .store(to + at);
          expandScales<Format>(header, b, to + operandBytes);
          to += LayoutOf<Tile, Format>::unitBytes;
        });
}

//===----------------------------------------------------------------------===//
// Single rows
//===----------------------------------------------------------------------===//

/// Row r of block b by itself.
template <class Tile, class Format>
inline void readBlock(const uint8_t *unit, int b, int64_t r, float *out) {
  using Layout = PackedLayout<Tile, Format>;
  constexpr int offset = operandOffset<Tile, Format>();
  constexpr int64_t n = Tile::valuesAtOnce;
  alignas(64) uint8_t operand[operandBytes], room[Layout::scaleBytes];
  for (int i = 0; i < 8; ++i)
    for (int64_t at = 0; at < lineBytes; at += Tile::registerBytes)
      Layout::template operand<RegisterOf<Tile>>(unit, b, i, at)
          .store(operand + i * lineBytes + at);
  const uint8_t *scales = Layout::scales(unit, b, room);
  float scale, min = 0, halfScales[2] = {1, 1}, halfMins[2] = {1, 1};
  if constexpr (Layout::isQ8_0) {
    uint16_t half;
    memcpy(&half, scales + r * 2, sizeof half);
    scale = floatOfHalf(half);
  } else {
    auto at = [&](int64_t place) {
      float value;
      memcpy(&value, scales + place + r * 4, sizeof value);
      return value;
    };
    scale = at(0);
    if constexpr (Format::hasMins)
      min = at(Layout::minAt);
    for (int h = 0; Format::hasHalves && h < 2; ++h) {
      halfScales[h] = at(Layout::halfScalesAt + lineBytes);
      if (h == 0)
        halfScales[h] += at(Layout::halfScalesAt);
      if constexpr (Format::hasMins) {
        int16_t value;
        memcpy(&value, scales + Layout::halfMinsAt + r * 4 + h * 2, 2);
        halfMins[h] = float(value);
      }
    }
  }
  for (int64_t i = 0; i < blockValues; ++i) {
    uint8_t byte = operand[i / n * n * groupRows + n * r + i % n];
    int u = Tile::unsignedOperands ? byte - offset : int8_t(byte);
    float value = (scale * halfScales[i / 16]) * float(u);
    out[i] = Format::hasMins ? value + min * halfMins[i / 16] : value;
  }
}

/// BlockKernels::readRow.
template <class Tile, class Format>
void readPackedRow(const uint8_t *panel, int64_t r, int64_t cols, float *out) {
  using Unit = PackedUnit<Format>;
  for (int64_t i = 0; i < cols / blockValues; ++i, out += blockValues)
    readBlock<Tile, Format>(panel + i / Unit::blocks * Unit::bytes,
                            int(i % Unit::blocks), r, out);
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKLAYOUT_H
