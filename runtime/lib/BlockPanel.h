//===- BlockPanel.h - Packed weights ----------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// How sixteen rows of a matrix ("a group") stay in memory. An operand's block
// of 32 columns has eight lines of 64 bytes that are multiplied: [32 / n][16
// rows][n values], n the 4 or 8 values of a row that the ISA multiplies at
// once. Packed, its codes are units of two blocks, or of eight where the file's
// blocks have 256 values:
//   header   the scales as the file has them, see BlockFormats.h, of each of
//            the file's blocks, filled up to a line
//   codes    per block as many lines as a code has bits. Of the operand's lines
//            0 to 7, line i of four bits has lines i and i + 4; of two bits, i,
//            i + 2, i + 4 and i + 6; of one bit, all eight. Lower bits first.
// The last unit may be half used, and the rows that the last group lacks are
// zero. Groups follow one another. Included once per kernel file.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKPANEL_H
#define IGNIS_RUNTIME_LIB_BLOCKPANEL_H

#include "BlockFormats.h"
#include "Half.h"
#include "Kernels.h"
#include "ignis/Runtime/WeightFormats.h"

namespace {

using namespace ignis::runtime;

constexpr int64_t lineBytes = 64;
constexpr int64_t operandBytes = 8 * lineBytes;

//===----------------------------------------------------------------------===//
// The packed form
//===----------------------------------------------------------------------===//

template <class Format>
struct PackedUnit {
  static constexpr int64_t blocks = Format::fileBlocks == 1 ? 2 : 8;
  static constexpr int64_t fileBlocks = blocks / Format::fileBlocks;

  static constexpr int64_t headerBytes() {
    int64_t sum = 0;
    for (const HeaderPart &part : Format::headerParts)
      sum += part.bytes * groupRows;
    return sum;
  }
  static constexpr int64_t codesAt =
      (fileBlocks * headerBytes() + lineBytes - 1) / lineBytes * lineBytes;
  static constexpr int64_t codeBytes = Format::bits * lineBytes;
  static constexpr int64_t bytes = codesAt + blocks * codeBytes;
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
    line.store(to + i * lineBytes);
  }
}

template <int Bits>
inline void packCodes(const Bytes (&lines)[8], uint8_t *to) {
  constexpr int low = Bits == 8 ? 8 : Bits >= 4 ? 4 : 2;
  packBits<low>(lines, 0, to);
  if constexpr (Bits > low)
    packBits<Bits - low>(lines, low, to + low * lineBytes);
}

/// What the ISA multiplies instead of a weight u: u plus this.
template <class Tile, class Format>
constexpr int operandOffset() {
  if (!Tile::unsignedOperands)
    return 0;
  return Format::codeValues == CodeValues::Offset ? Format::offset : 128;
}

/// A code as it is multiplied. Register is as wide as Tile::lookUpIQ4 takes it,
/// where the format has a table.
template <class Tile, class Format, class Register>
inline Register operandOf(Register codes) {
  constexpr bool biased = Tile::unsignedOperands;
  if constexpr (Format::codeValues == CodeValues::Table)
    return biased ? Tile::lookUpIQ4(codes) ^ Register::broadcast(0x80)
                  : Tile::lookUpIQ4(codes);
  if constexpr (Format::codeValues == CodeValues::Signed)
    return biased ? codes ^ Register::broadcast(0x80) : codes;
  return biased || Format::offset == 0
             ? codes
             : codes - Register::broadcast(Format::offset);
}

//===----------------------------------------------------------------------===//
// From the file
//===----------------------------------------------------------------------===//

/// The header of one of the file's blocks of up to 16 rows; zero for others.
template <class Format>
inline void gatherHeader(const uint8_t *source, int64_t rowBytes, int64_t rows,
                         uint8_t *header) {
  for (const HeaderPart &part : Format::headerParts) {
    if (rows < groupRows)
      memset(header, 0, size_t(part.bytes * groupRows));
    for (int64_t r = 0; r < rows; ++r)
      memcpy(header + r * part.bytes, source + r * rowBytes + part.at,
             size_t(part.bytes));
    header += part.bytes * groupRows;
  }
}

/// The lines of a block, as codes.
template <class Tile, class Format>
inline void gatherCodes(const uint8_t *source, int64_t rowBytes, int64_t rows,
                        int b, Bytes (&lines)[8]) {
  if (Format::codeValues == CodeValues::Signed && rows == groupRows)
    return Tile::transpose(source + 2, rowBytes, lines);
  alignas(64) uint8_t codes[groupRows][blockValues];
  if (rows < groupRows)
    memset(codes, 0, sizeof codes);
  for (int64_t r = 0; r < rows; ++r)
    Format::codes(source + r * rowBytes, b).store(codes[r]);
  Tile::transpose(codes[0], blockValues, lines);
}

/// Calls body(header, b, lines, i) for block i of up to 16 rows of the file,
/// block b of the file's block whose header is given. Requests the next rows.
template <class Tile, class Format, class Body>
inline void forEachBlock(const uint8_t *source, int64_t rowBytes, int64_t rows,
                         int64_t blocks, Body body) {
  constexpr int64_t fileBytes =
      ignis::findWeightFormat(Format::type)->blockBytes;
  int64_t requested = 0;
  for (int64_t i = 0; i < blocks; source += fileBytes) {
    // Lines of the next rows, each once.
    for (; requested < fileBytes; requested += lineBytes)
      for (int64_t r = 0; r < rows; ++r)
        __builtin_prefetch(source + (groupRows + r) * rowBytes + requested, 0,
                           2);
    requested -= fileBytes;
    alignas(64) uint8_t header[PackedUnit<Format>::headerBytes()];
    gatherHeader<Format>(source, rowBytes, rows, header);
    for (int b = 0; b < Format::fileBlocks; ++b, ++i) {
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
        uint8_t *unit = panel + i / Unit::blocks * Unit::bytes;
        int64_t block = i % Unit::blocks;
        if (b == 0)
          memcpy(unit + block / Format::fileBlocks * Unit::headerBytes(),
                 header, size_t(Unit::headerBytes()));
        if constexpr (Format::codeValues == CodeValues::Signed)
          for (Bytes &line : lines)
            line = operandOf<Tile, Format>(line);
        packCodes<Format::bits>(lines,
                                unit + Unit::codesAt + block * Unit::codeBytes);
      });
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKPANEL_H
