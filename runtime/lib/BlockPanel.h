//===- BlockPanel.h - Packed weights, and operands of tiles -----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Sixteen rows of a matrix ("a group") in two forms. Both are made of lines of
// 64 bytes. An operand's block of 32 columns has eight lines of bytes that are
// multiplied: [32 / n][16 rows][n values], n the 4 or 8 values of a row that
// the ISA multiplies at once.
//
// Packed, as weights stay in memory: units of two blocks, or of eight where the
// file's blocks have 256 values.
//   header   the scales as the file has them, see BlockFormats.h, of each of
//            the file's blocks, filled up to a line
//   codes    per block as many lines as a code has bits. Of the operand's lines
//            0 to 7, line i of four bits has lines i and i + 4; of two bits, i,
//            i + 2, i + 4 and i + 6; of one bit, all eight. Lower bits first.
// The last unit may be half used, and the rows that the last group lacks are
// zero. Groups follow one another.
//
// Expanded, as a tile reads them: per block the operand, then scales in
// binary32; see ExpandedLayout. Q8_0 is multiplied as it is packed.
// Included once per kernel file.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKPANEL_H
#define IGNIS_RUNTIME_LIB_BLOCKPANEL_H

#include "BlockFormats.h"
#include "Half.h"
#include "Kernels.h"
#include "ignis/Runtime/WeightFormats.h"

#include <type_traits>

namespace {

using namespace ignis::runtime;

constexpr int64_t Line = 64;
constexpr int64_t OperandBytes = 8 * Line;

//===----------------------------------------------------------------------===//
// Layouts that tiles read
//===----------------------------------------------------------------------===//

/// Offsets from a pair of blocks.
template <bool Mins, bool Halves>
struct ExpandedLayout {
  static constexpr bool HasMins = Mins, HasHalves = Halves;
  static constexpr int64_t ScaleAt = OperandBytes;
  static constexpr int64_t MinAt = ScaleAt + Line;
  static constexpr int64_t HalfScalesAt = MinAt + Mins * Line;
  static constexpr int64_t HalfMinsAt = HalfScalesAt + 2 * Line;
  static constexpr int64_t BlockBytes =
      HalfScalesAt + Halves * (Mins ? 3 : 2) * Line;
  static constexpr int64_t PairBytes = 2 * BlockBytes;
  using Scale = float;

  static constexpr int64_t operandAt(int64_t b) { return b * BlockBytes; }
  static constexpr int64_t scaleAt(int64_t b) {
    return b * BlockBytes + ScaleAt;
  }
};

/// Q8_0: the scales of two blocks, then their operands.
struct PackedLayoutQ8_0 {
  static constexpr bool HasMins = false, HasHalves = false;
  static constexpr int64_t PairBytes = Line + 2 * OperandBytes;
  using Scale = uint16_t;

  static constexpr int64_t operandAt(int64_t b) {
    return Line + b * OperandBytes;
  }
  static constexpr int64_t scaleAt(int64_t b) { return b * Line / 2; }
};

template <class Format>
using LayoutOf =
    std::conditional_t<Format::Type == IGNIS_TYPE_Q8_0, PackedLayoutQ8_0,
                       ExpandedLayout<Format::HasMins, Format::HasHalves>>;

//===----------------------------------------------------------------------===//
// The packed form
//===----------------------------------------------------------------------===//

template <class Format>
struct PackedUnit {
  static constexpr int64_t Blocks = Format::FileBlocks == 1 ? 2 : 8;
  static constexpr int64_t FileBlocks = Blocks / Format::FileBlocks;

  static constexpr int64_t headerBytes() {
    int64_t bytes = 0;
    for (const HeaderPart &part : Format::Header)
      bytes += part.bytes * GroupRows;
    return bytes;
  }
  static constexpr int64_t CodesAt =
      (FileBlocks * headerBytes() + Line - 1) / Line * Line;
  static constexpr int64_t CodeBytes = Format::Bits * Line;
  static constexpr int64_t Bytes = CodesAt + Blocks * CodeBytes;
};

/// The lower `Count` bits of an operand's lines from `bit` on, in as many
/// lines.
template <int Count>
inline void packBits(const Bytes (&lines)[8], int bit, uint8_t *to) {
  constexpr int mask = (1 << Count) - 1;
  for (int i = 0; i < Count; ++i) {
    Bytes line = (lines[i] >> bit) & mask;
    for (int j = 1; j < 8 / Count; ++j)
      line = line | (((lines[i + j * Count] >> bit) & mask) << j * Count);
    line.store(to + i * Line);
  }
}

template <int Bits>
inline void packCodes(const Bytes (&lines)[8], uint8_t *to) {
  constexpr int low = Bits == 8 ? 8 : Bits >= 4 ? 4 : 2;
  packBits<low>(lines, 0, to);
  if constexpr (Bits > low)
    packBits<Bits - low>(lines, low, to + low * Line);
}

/// `Count` bits of line i of an operand.
template <int Count>
inline Bytes unpackBits(const uint8_t *from, int i) {
  return (Bytes::load(from + i % Count * Line) >> i / Count * Count) &
         ((1 << Count) - 1);
}

/// Line i of an operand, as codes.
template <int Bits>
inline Bytes unpackCodes(const uint8_t *from, int i) {
  constexpr int low = Bits == 8 ? 8 : Bits >= 4 ? 4 : 2;
  Bytes codes = unpackBits<low>(from, i);
  if constexpr (Bits > low)
    codes = codes | (unpackBits<Bits - low>(from + low * Line, i) << low);
  return codes;
}

//===----------------------------------------------------------------------===//
// Operands
//===----------------------------------------------------------------------===//

/// What the ISA multiplies instead of a weight u: u plus this.
template <class Tile, class Format>
constexpr int operandOffset() {
  if (!Tile::unsignedOperands)
    return 0;
  return Format::Values == CodeValues::Offset ? Format::Offset : 128;
}

template <class Tile, class Format>
inline Bytes operandOf(Bytes codes) {
  constexpr bool biased = Tile::unsignedOperands;
  if constexpr (Format::Values == CodeValues::Table)
    return biased ? Tile::lookUpIQ4(codes) ^ Bytes::broadcast(0x80)
                  : Tile::lookUpIQ4(codes);
  if constexpr (Format::Values == CodeValues::Signed)
    return biased ? codes ^ Bytes::broadcast(0x80) : codes;
  return biased || Format::Offset == 0
             ? codes
             : codes - Bytes::broadcast(Format::Offset);
}

/// Scales of block b of 16 rows, from their header, into an expanded block.
template <class Format>
inline void expandScales(const uint8_t *header, int b, uint8_t *to) {
  using Layout = ExpandedLayout<Format::HasMins, Format::HasHalves>;
  auto floats = [&](int64_t at) { return reinterpret_cast<float *>(to + at); };
  BlockScales scales = Format::scales(header, b);
  scales.scale.store(floats(Layout::ScaleAt));
  if constexpr (Format::HasMins)
    scales.min.store(floats(Layout::MinAt));
  if constexpr (Format::HasHalves) {
    scales.halfScales[0].store(floats(Layout::HalfScalesAt));
    scales.halfScales[1].store(floats(Layout::HalfScalesAt + Line));
  }
  if constexpr (Format::HasMins && Format::HasHalves)
    scales.halfMins.store(to + Layout::HalfMinsAt);
}

/// Requests `bytes` bytes that far ahead of `p`. `Locality` is
/// __builtin_prefetch's: 2 for L2, 3 for L1. On a Zen 4 core a request into L1
/// holds a fill buffer until the data arrive, and streams were 0.87 times as
/// fast as with requests into L2; twice as far ahead they were 0.7 times as
/// fast.
template <int Locality>
inline void requestAhead(const uint8_t *p, int64_t bytes) {
  constexpr int64_t distance = 25 * 64;
  for (int64_t line = 0; line < bytes; line += Line)
    __builtin_prefetch(p + distance + line, 0, Locality);
}

/// A packed unit's first `blocks` blocks; requests what comes after it.
template <class Tile, class Format>
void expandUnit(const uint8_t *unit, int64_t blocks, uint8_t *to) {
  using Unit = PackedUnit<Format>;
  if constexpr (Format::Type == IGNIS_TYPE_Q8_0) {
    memcpy(to, unit, size_t(Unit::Bytes));
    return;
  }
  using Layout = ExpandedLayout<Format::HasMins, Format::HasHalves>;
  for (int64_t b = 0; b < blocks; ++b, to += Layout::BlockBytes) {
    constexpr int64_t share = Unit::Bytes / Unit::Blocks;
    requestAhead<2>(unit + b * share, share);
    const uint8_t *codes = unit + Unit::CodesAt + b * Unit::CodeBytes;
    for (int i = 0; i < 8; ++i)
      operandOf<Tile, Format>(unpackCodes<Format::Bits>(codes, i))
          .store(to + i * Line);
    expandScales<Format>(unit + b / Format::FileBlocks * Unit::headerBytes(),
                         int(b % Format::FileBlocks), to);
  }
}

//===----------------------------------------------------------------------===//
// From the file
//===----------------------------------------------------------------------===//

/// The header of one of the file's blocks of up to 16 rows; zero for others.
template <class Format>
inline void gatherHeader(const uint8_t *source, int64_t rowBytes, int64_t rows,
                         uint8_t *header) {
  for (const HeaderPart &part : Format::Header) {
    if (rows < GroupRows)
      memset(header, 0, size_t(part.bytes * GroupRows));
    for (int64_t r = 0; r < rows; ++r)
      memcpy(header + r * part.bytes, source + r * rowBytes + part.at,
             size_t(part.bytes));
    header += part.bytes * GroupRows;
  }
}

/// The lines of a block, as codes.
template <class Tile, class Format>
inline void gatherCodes(const uint8_t *source, int64_t rowBytes, int64_t rows,
                        int b, Bytes (&lines)[8]) {
  if (Format::Values == CodeValues::Signed && rows == GroupRows)
    return Tile::transpose(source + 2, rowBytes, lines);
  alignas(64) uint8_t codes[GroupRows][BlockValues];
  if (rows < GroupRows)
    memset(codes, 0, sizeof codes);
  for (int64_t r = 0; r < rows; ++r)
    Format::codes(source + r * rowBytes, b).store(codes[r]);
  Tile::transpose(codes[0], BlockValues, lines);
}

/// Calls body(header, b, lines, i) for block i of up to 16 rows of the file,
/// block b of the file's block whose header is given. Requests the next rows.
template <class Tile, class Format, class Body>
inline void forEachBlock(const uint8_t *source, int64_t rowBytes, int64_t rows,
                         int64_t blocks, Body body) {
  constexpr int64_t fileBytes =
      ignis::findWeightFormat(Format::Type)->blockBytes;
  int64_t requested = 0;
  for (int64_t i = 0; i < blocks; source += fileBytes) {
    // Lines of the next rows, each once.
    for (; requested < fileBytes; requested += Line)
      for (int64_t r = 0; r < rows; ++r)
        __builtin_prefetch(source + (GroupRows + r) * rowBytes + requested, 0,
                           2);
    requested -= fileBytes;
    alignas(64) uint8_t header[PackedUnit<Format>::headerBytes()];
    gatherHeader<Format>(source, rowBytes, rows, header);
    for (int b = 0; b < Format::FileBlocks; ++b, ++i) {
      Bytes lines[8];
      gatherCodes<Tile, Format>(source, rowBytes, rows, b, lines);
      body(header, b, lines, i);
    }
  }
}

/// BlockKernels::pack.
template <class Tile, class Format>
void packBlocks(const uint8_t *source, int64_t rowBytes, int64_t rows,
                int64_t blocks, uint8_t *panel) {
  using Unit = PackedUnit<Format>;
  forEachBlock<Tile, Format>(
      source, rowBytes, rows, blocks,
      [&](const uint8_t *header, int b, Bytes(&lines)[8], int64_t i) {
        uint8_t *unit = panel + i / Unit::Blocks * Unit::Bytes;
        int64_t block = i % Unit::Blocks;
        if (b == 0)
          memcpy(unit + block / Format::FileBlocks * Unit::headerBytes(),
                 header, size_t(Unit::headerBytes()));
        if constexpr (Format::Values == CodeValues::Signed)
          for (Bytes &line : lines)
            line = operandOf<Tile, Format>(line);
        packCodes<Format::Bits>(lines,
                                unit + Unit::CodesAt + block * Unit::CodeBytes);
      });
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
            operandOf<Tile, Format>(lines[i]).store(to + i * Line);
          expandScales<Format>(header, b, to);
          to += LayoutOf<Format>::PairBytes / 2;
        });
}

//===----------------------------------------------------------------------===//
// Single rows
//===----------------------------------------------------------------------===//

/// Row r of a block by itself.
template <class Tile, class Format>
inline void readBlock(const uint8_t *operand, const uint8_t *scales, int64_t r,
                      float *out) {
  using Layout = LayoutOf<Format>;
  constexpr int offset = operandOffset<Tile, Format>();
  constexpr int64_t n = Tile::valuesAtOnce;
  float scale, min = 0, halfScales[2] = {1, 1}, halfMins[2] = {1, 1};
  if constexpr (Format::Type == IGNIS_TYPE_Q8_0) {
    uint16_t half;
    memcpy(&half, scales + r * 2, sizeof half);
    scale = floatOfHalf(half);
  } else {
    auto at = [&](int64_t place) {
      float value;
      memcpy(&value, operand + place + r * 4, sizeof value);
      return value;
    };
    scale = at(Layout::ScaleAt);
    if constexpr (Format::HasMins)
      min = at(Layout::MinAt);
    for (int h = 0; Format::HasHalves && h < 2; ++h) {
      halfScales[h] = at(Layout::HalfScalesAt + h * Line);
      if constexpr (Format::HasMins) {
        int16_t value;
        memcpy(&value, operand + Layout::HalfMinsAt + r * 4 + h * 2, 2);
        halfMins[h] = float(value);
      }
    }
  }
  for (int64_t i = 0; i < BlockValues; ++i) {
    uint8_t byte = operand[i / n * n * GroupRows + n * r + i % n];
    int u = Tile::unsignedOperands ? byte - offset : int8_t(byte);
    float value = (scale * halfScales[i / 16]) * float(u);
    out[i] = Format::HasMins ? value + min * halfMins[i / 16] : value;
  }
}

/// BlockKernels::readRow.
template <class Tile, class Format>
void readPackedRow(const uint8_t *panel, int64_t r, int64_t cols, float *out) {
  using Unit = PackedUnit<Format>;
  using Layout = LayoutOf<Format>;
  for (int64_t left = cols / BlockValues; left > 0;
       left -= Unit::Blocks, panel += Unit::Bytes) {
    int64_t blocks = left < Unit::Blocks ? left : Unit::Blocks;
    alignas(64) uint8_t from[Unit::Blocks / 2 * Layout::PairBytes];
    expandUnit<Tile, Format>(panel, blocks, from);
    for (int64_t b = 0; b < blocks; ++b, out += BlockValues)
      readBlock<Tile, Format>(
          from + b / 2 * Layout::PairBytes + Layout::operandAt(b % 2),
          from + b / 2 * Layout::PairBytes + Layout::scaleAt(b % 2), r, out);
  }
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKPANEL_H
