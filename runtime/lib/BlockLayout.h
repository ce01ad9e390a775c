//===- BlockLayout.h - Blocks as tiles read them ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A layout tells a tile of its blocks of 16 rows by 32 columns:
//   HasMins, HasHalves    which scales there are besides one of each row
//   IsPacked              whether it is that of packed weights
//   UnitBlocks, UnitBytes of what follows one another
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
  static constexpr bool HasMins = Mins, HasHalves = Halves;
  static constexpr int64_t MinAt = Line;
  static constexpr int64_t HalfScalesAt = MinAt + Mins * Line;
  static constexpr int64_t HalfMinsAt = HalfScalesAt + 2 * Line;
  static constexpr int64_t ScaleBytes =
      HalfScalesAt + Halves * (Mins ? 3 : 2) * Line;
};

template <class Format>
using ScaleLinesOf = ScaleLines<Format::HasMins, Format::HasHalves>;

/// Scales of block b of the file's block whose header is given.
template <class Format>
inline void expandScales(const uint8_t *header, int b, uint8_t *to) {
  using Lines = ScaleLinesOf<Format>;
  auto floats = [&](int64_t at) { return reinterpret_cast<float *>(to + at); };
  BlockScales scales = Format::scales(header, b);
  scales.scale.store(floats(0));
  if constexpr (Format::HasMins)
    scales.min.store(floats(Lines::MinAt));
  if constexpr (Format::HasHalves) {
    const auto &[first, second] = scales.halfScales;
    (first - second).store(floats(Lines::HalfScalesAt));
    second.store(floats(Lines::HalfScalesAt + Line));
  }
  if constexpr (Format::HasMins && Format::HasHalves)
    scales.halfMins.store(to + Lines::HalfMinsAt);
}

//===----------------------------------------------------------------------===//
// Packed
//===----------------------------------------------------------------------===//

/// `Count` bits of line i of an operand, `Up` bits up.
template <int Count, int Up, class Register>
inline Register unpackBits(const uint8_t *from, int i) {
  auto line = Register::load(from + i % Count * Line);
  int bit = i / Count * Count;
  return (bit < Up ? line << (Up - bit) : line >> (bit - Up)) &
         (((1 << Count) - 1) << Up);
}

/// Line i of an operand, as codes.
template <int Bits, class Register>
inline Register unpackCodes(const uint8_t *from, int i) {
  constexpr int low = Bits == 8 ? 8 : Bits >= 4 ? 4 : 2;
  auto codes = unpackBits<low, 0, Register>(from, i);
  if constexpr (Bits > low)
    codes =
        codes | unpackBits<Bits - low, low, Register>(from + low * Line, i);
  return codes;
}

template <class Tile, class Format>
struct PackedLayout : ScaleLinesOf<Format> {
  using Unit = PackedUnit<Format>;
  static constexpr bool IsPacked = true;
  static constexpr bool IsQ8_0 = Format::Type == IGNIS_TYPE_Q8_0;
  static constexpr int UnitBlocks = Unit::Blocks;
  static constexpr int64_t UnitBytes = Unit::Bytes;
  using Scale = std::conditional_t<IsQ8_0, uint16_t, float>;

  template <class Register>
  static Register operand(const uint8_t *unit, int b, int i, int64_t at) {
    auto codes = unpackCodes<Format::Bits, Register>(
        unit + Unit::CodesAt + b * Unit::CodeBytes + at, i);
    if constexpr (IsQ8_0)
      return codes; // packed as operands
    else
      return operandOf<Tile, Format>(codes);
  }
  static const uint8_t *scales(const uint8_t *unit, int b, uint8_t *room) {
    const uint8_t *header =
        unit + b / Format::FileBlocks * Unit::headerBytes();
    if constexpr (IsQ8_0)
      return header; // read as it is
    expandScales<Format>(header, b % Format::FileBlocks, room);
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
  constexpr int64_t distance = 25 * Line;
  constexpr int64_t lines = Unit::UnitBytes / Line;
  for (int64_t i = b * lines / Unit::UnitBlocks;
       i < (b + 1) * lines / Unit::UnitBlocks; ++i)
    __builtin_prefetch(unit + distance + i * Line, 0, Locality);
}

//===----------------------------------------------------------------------===//
// Expanded
//===----------------------------------------------------------------------===//

/// Blocks of an operand, then its scales.
template <bool Mins, bool Halves>
struct ExpandedLayout : ScaleLines<Mins, Halves> {
  static constexpr bool IsPacked = false;
  static constexpr int64_t BlockBytes =
      OperandBytes + ScaleLines<Mins, Halves>::ScaleBytes;
  static constexpr int UnitBlocks = 1;
  static constexpr int64_t UnitBytes = BlockBytes;
  using Scale = float;

  template <class Register>
  static Register operand(const uint8_t *block, int, int i, int64_t at) {
    return Register::load(block + i * Line + at);
  }
  static const uint8_t *scales(const uint8_t *block, int, uint8_t *) {
    return block + OperandBytes;
  }
};

/// What several tokens read.
template <class Tile, class Format>
using LayoutOf =
    std::conditional_t<Format::Type == IGNIS_TYPE_Q8_0,
                       PackedLayout<Tile, FormatQ8_0>,
                       ExpandedLayout<Format::HasMins, Format::HasHalves>>;

/// Of blocks as a tile reads them, from a unit's first on.
template <class Layout>
constexpr int64_t bytesOf(int64_t blocks) {
  return blocks / Layout::UnitBlocks * Layout::UnitBytes;
}

template <class Tile>
using RegisterOf = Integers<uint8_t, Tile::RegisterBytes>;

/// A packed unit's first `blocks` blocks; requests what comes after it.
template <class Tile, class Format>
void expandUnit(const uint8_t *unit, int64_t blocks, uint8_t *to) {
  using From = PackedLayout<Tile, Format>;
  if constexpr (From::IsQ8_0) {
    memcpy(to, unit, size_t(From::UnitBytes));
    return;
  }
  for (int b = 0; b < blocks; ++b, to += LayoutOf<Tile, Format>::UnitBytes) {
    requestAhead<From>(unit, b);
    for (int i = 0; i < 8; ++i)
      for (int64_t at = 0; at < Line; at += Tile::RegisterBytes)
        From::template operand<RegisterOf<Tile>>(unit, b, i, at)
            .store(to + i * Line + at);
    From::scales(unit, b, to + OperandBytes);
  }
}

/// Rows of the file as a tile reads them.
template <class Tile, class Format>
void expandSource(const uint8_t *source, int64_t rowBytes, int64_t rows,
                  int64_t blocks, uint8_t *to) {
  if constexpr (Format::Type == IGNIS_TYPE_Q8_0)
    packBlocks<Tile, Format>(source, rowBytes, rows, blocks, to);
  else
    forEachBlock<Tile, Format>(
        source, rowBytes, rows, blocks,
        [&](const uint8_t *header, int b, Bytes(&lines)[8], int64_t) {
          for (int i = 0; i < 8; ++i)
            lines[i].store(to + i * Line);
          for (int64_t at = 0; at < OperandBytes; at += Tile::RegisterBytes)
            operandOf<Tile, Format>(RegisterOf<Tile>::load(to + at))
                .store(to + at);
          expandScales<Format>(header, b, to + OperandBytes);
          to += LayoutOf<Tile, Format>::UnitBytes;
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
  constexpr int64_t n = Tile::ValuesAtOnce;
  alignas(64) uint8_t operand[OperandBytes], room[Layout::ScaleBytes];
  for (int i = 0; i < 8; ++i)
    for (int64_t at = 0; at < Line; at += Tile::RegisterBytes)
      Layout::template operand<RegisterOf<Tile>>(unit, b, i, at)
          .store(operand + i * Line + at);
  const uint8_t *scales = Layout::scales(unit, b, room);
  float scale, min = 0, halfScales[2] = {1, 1}, halfMins[2] = {1, 1};
  if constexpr (Layout::IsQ8_0) {
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
    if constexpr (Format::HasMins)
      min = at(Layout::MinAt);
    for (int h = 0; Format::HasHalves && h < 2; ++h) {
      halfScales[h] = at(Layout::HalfScalesAt + Line);
      if (h == 0)
        halfScales[h] += at(Layout::HalfScalesAt);
      if constexpr (Format::HasMins) {
        int16_t value;
        memcpy(&value, scales + Layout::HalfMinsAt + r * 4 + h * 2, 2);
        halfMins[h] = float(value);
      }
    }
  }
  for (int64_t i = 0; i < BlockValues; ++i) {
    uint8_t byte = operand[i / n * n * GroupRows + n * r + i % n];
    int u = Tile::UnsignedOperands ? byte - offset : int8_t(byte);
    float value = (scale * halfScales[i / 16]) * float(u);
    out[i] = Format::HasMins ? value + min * halfMins[i / 16] : value;
  }
}

/// BlockKernels::readRow.
template <class Tile, class Format>
void readPackedRow(const uint8_t *panel, int64_t r, int64_t cols, float *out) {
  using Unit = PackedUnit<Format>;
  for (int64_t i = 0; i < cols / BlockValues; ++i, out += BlockValues)
    readBlock<Tile, Format>(panel + i / Unit::Blocks * Unit::Bytes,
                            int(i % Unit::Blocks), r, out);
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKLAYOUT_H
