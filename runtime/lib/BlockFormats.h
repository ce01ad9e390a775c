//===- BlockFormats.h - How the bits of each format are read ----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All that products know of a format, the same on every ISA:
//   type, fileBlocks   its type; blocks of 32 in a block of the file
//   bits               of a code
//   codeValues         what a code stands for: the code less offset, a signed
//                      byte, or a place in the table of IQ4
//   hasMins, hasHalves which of BlockScales there are
//   headerParts        where the words and half words beside the codes stand in
//                      a block of the file
//   codes(p, b)        the codes of block b in the block of the file at p
//   scales(h, b)       the scales of 16 rows' blocks b, from their headers
// A header of 16 rows has, in the order of headerParts, a line of 16 words or
// half a line of 16 half words each. Included once per kernel file.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKFORMATS_H
#define IGNIS_RUNTIME_LIB_BLOCKFORMATS_H

#include "Bytes.h"
#include "ignis/Runtime/ABI.h"

namespace {

enum class CodeValues : uint8_t { Offset, Signed, Table };

/// What the codes of IQ4 stand for.
alignas(16) constexpr int8_t iq4Values[16] = {
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113};

/// Two or four bytes of a block of the file.
struct HeaderPart {
  int16_t at;
  int16_t bytes;
};

/// Of a block of 16 rows; see numeric-contract.md.
struct BlockScales {
  F32x16 scale;
  F32x16 min = {};
  F32x16 halfScales[2] = {}; ///< sc_a, sc_b
  Words halfMins = {};       ///< mn_a, and mn_b 16 bits up
};

//===----------------------------------------------------------------------===//
// Codes
//===----------------------------------------------------------------------===//

/// Codes in 16 bytes, values 16 apart sharing one.
inline RowBytes nibblesOf16(const uint8_t *p) {
  using Sixteen = Integers<uint8_t, 16>;
  Sixteen bytes = Sixteen::load(p);
  alignas(32) uint8_t codes[32];
  (bytes & 15).store(codes);
  (bytes >> 4).store(codes + 16);
  return RowBytes::load(codes);
}

/// `count` bits of 32 bytes, from bit `bit` on.
inline RowBytes fieldsOf32(const uint8_t *p, int bit, int count) {
  return (RowBytes::load(p) >> bit) & ((1 << count) - 1);
}

/// Bit i of a word in lane i.
inline RowBytes bitsOfWord(const uint8_t *p) {
  alignas(32) uint8_t bytes[32];
  for (int i = 0; i < 32; ++i)
    bytes[i] = uint8_t(p[i / 8] >> i % 8 & 1);
  return RowBytes::load(bytes);
}

//===----------------------------------------------------------------------===//
// Headers
//===----------------------------------------------------------------------===//

inline Words wordsAt(const uint8_t *header, int line) {
  return Words::load(header + 64 * line);
}

/// Byte k of a row's words from `line` on.
inline Words headerByte(const uint8_t *header, int line, int k) {
  return (wordsAt(header, line + k / 4) >> k % 4 * 8) & 255;
}

//===----------------------------------------------------------------------===//
// Blocks of 32
//===----------------------------------------------------------------------===//

struct Plain32 {
  static constexpr int fileBlocks = 1;
  static constexpr bool hasMins = false, hasHalves = false;
  static constexpr HeaderPart headerParts[] = {{0, 2}};

  static BlockScales scales(const uint8_t *header, int) {
    return {.scale = F32x16::load(reinterpret_cast<const uint16_t *>(header))};
  }
};

struct WithMins32 : Plain32 {
  static constexpr bool hasMins = true;
  static constexpr HeaderPart headerParts[] = {{0, 4}};

  static BlockScales scales(const uint8_t *header, int) {
    Words words = wordsAt(header, 0);
    return {.scale = halfFloatsOf(words & 0xffff),
            .min = halfFloatsOf(words >> 16)};
  }
};

struct FormatQ4_0 : Plain32 {
  static constexpr ignis_type type = IGNIS_TYPE_Q4_0;
  static constexpr int bits = 4, offset = 8;
  static constexpr CodeValues codeValues = CodeValues::Offset;
  static RowBytes codes(const uint8_t *p, int) { return nibblesOf16(p + 2); }
};

struct FormatQ4_1 : WithMins32 {
  static constexpr ignis_type type = IGNIS_TYPE_Q4_1;
  static constexpr int bits = 4, offset = 0;
  static constexpr CodeValues codeValues = CodeValues::Offset;
  static RowBytes codes(const uint8_t *p, int) { return nibblesOf16(p + 4); }
};

struct FormatQ5_0 : Plain32 {
  static constexpr ignis_type type = IGNIS_TYPE_Q5_0;
  static constexpr int bits = 5, offset = 16;
  static constexpr CodeValues codeValues = CodeValues::Offset;
  static RowBytes codes(const uint8_t *p, int) {
    return nibblesOf16(p + 6) | (bitsOfWord(p + 2) << 4);
  }
};

struct FormatQ5_1 : WithMins32 {
  static constexpr ignis_type type = IGNIS_TYPE_Q5_1;
  static constexpr int bits = 5, offset = 0;
  static constexpr CodeValues codeValues = CodeValues::Offset;
  static RowBytes codes(const uint8_t *p, int) {
    return nibblesOf16(p + 8) | (bitsOfWord(p + 4) << 4);
  }
};

struct FormatQ8_0 : Plain32 {
  static constexpr ignis_type type = IGNIS_TYPE_Q8_0;
  static constexpr int bits = 8, offset = 0;
  static constexpr CodeValues codeValues = CodeValues::Signed;
  static RowBytes codes(const uint8_t *p, int) { return RowBytes::load(p + 2); }
};

struct FormatIQ4_NL : Plain32 {
  static constexpr ignis_type type = IGNIS_TYPE_IQ4_NL;
  static constexpr int bits = 4, offset = 0;
  static constexpr CodeValues codeValues = CodeValues::Table;
  static RowBytes codes(const uint8_t *p, int) { return nibblesOf16(p + 2); }
};

//===----------------------------------------------------------------------===//
// Blocks of 256: scale and min by block
//===----------------------------------------------------------------------===//

struct WithMins256 {
  static constexpr int fileBlocks = 8;
  static constexpr bool hasMins = true, hasHalves = false;
  static constexpr HeaderPart headerParts[] = {{0, 4}, {4, 4}, {8, 4}, {12, 4}};

  /// d and dmin, then scales and mins of six bits: those of blocks 4 to 7 have
  /// their lower four in the last word.
  static BlockScales scales(const uint8_t *header, int b) {
    Words words = wordsAt(header, 0);
    Words scale = headerByte(header, 1, b % 4);
    Words min = headerByte(header, 2, b % 4);
    if (b < 4) {
      scale = scale & 63;
      min = min & 63;
    } else {
      Words low = headerByte(header, 3, b % 4);
      scale = (low & 15) | ((scale >> 6) << 4);
      min = (low >> 4) | ((min >> 6) << 4);
    }
    return {.scale = halfFloatsOf(words & 0xffff) * floatsOf(scale),
            .min = F32x16::broadcast(-1) * halfFloatsOf(words >> 16) *
                   floatsOf(min)};
  }
};

struct FormatQ4_K : WithMins256 {
  static constexpr ignis_type type = IGNIS_TYPE_Q4_K;
  static constexpr int bits = 4, offset = 0;
  static constexpr CodeValues codeValues = CodeValues::Offset;
  static RowBytes codes(const uint8_t *p, int b) {
    return fieldsOf32(p + 16 + b / 2 * 32, b % 2 * 4, 4);
  }
};

struct FormatQ5_K : WithMins256 {
  static constexpr ignis_type type = IGNIS_TYPE_Q5_K;
  static constexpr int bits = 5, offset = 0;
  static constexpr CodeValues codeValues = CodeValues::Offset;
  static RowBytes codes(const uint8_t *p, int b) {
    return fieldsOf32(p + 48 + b / 2 * 32, b % 2 * 4, 4) |
           (fieldsOf32(p + 16, b, 1) << 4);
  }
};

struct FormatIQ4_XS {
  static constexpr ignis_type type = IGNIS_TYPE_IQ4_XS;
  static constexpr int fileBlocks = 8;
  static constexpr int bits = 4, offset = 0;
  static constexpr CodeValues codeValues = CodeValues::Table;
  static constexpr bool hasMins = false, hasHalves = false;
  static constexpr HeaderPart headerParts[] = {{0, 4}, {4, 4}};

  static RowBytes codes(const uint8_t *p, int b) {
    return nibblesOf16(p + 8 + 16 * b);
  }
  /// d, the scales' upper two bits above it, then their lower four.
  static BlockScales scales(const uint8_t *header, int b) {
    Words words = wordsAt(header, 0);
    Words scale = ((wordsAt(header, 1) >> 4 * b) & 15) |
                  (((words >> (16 + 2 * b)) & 3) << 4);
    return {.scale =
                halfFloatsOf(words & 0xffff) *
                floatsOf(Ints{Ints::Vector(scale.v)} - Ints::broadcast(32))};
  }
};

//===----------------------------------------------------------------------===//
// Blocks of 256: scales of 16 values
//===----------------------------------------------------------------------===//

struct FormatQ2_K {
  static constexpr ignis_type type = IGNIS_TYPE_Q2_K;
  static constexpr int fileBlocks = 8;
  static constexpr int bits = 2, offset = 0;
  static constexpr CodeValues codeValues = CodeValues::Offset;
  static constexpr bool hasMins = true, hasHalves = true;
  static constexpr HeaderPart headerParts[] = {
      {80, 4}, {0, 4}, {4, 4}, {8, 4}, {12, 4}};

  static RowBytes codes(const uint8_t *p, int b) {
    return fieldsOf32(p + 16 + b / 4 * 32, b % 4 * 2, 2);
  }
  static BlockScales scales(const uint8_t *header, int b) {
    Words words = wordsAt(header, 0);
    Words first = headerByte(header, 1, 2 * b);
    Words second = headerByte(header, 1, 2 * b + 1);
    return {.scale = halfFloatsOf(words & 0xffff),
            .min = F32x16::broadcast(-1) * halfFloatsOf(words >> 16),
            .halfScales = {floatsOf(first & 15), floatsOf(second & 15)},
            .halfMins = (first >> 4) | ((second >> 4) << 16)};
  }
};

struct FormatQ3_K {
  static constexpr ignis_type type = IGNIS_TYPE_Q3_K;
  static constexpr int fileBlocks = 8;
  static constexpr int bits = 3, offset = 4;
  static constexpr CodeValues codeValues = CodeValues::Offset;
  static constexpr bool hasMins = false, hasHalves = true;
  static constexpr HeaderPart headerParts[] = {
      {96, 4}, {100, 4}, {104, 4}, {108, 2}};

  static RowBytes codes(const uint8_t *p, int b) {
    return fieldsOf32(p + 32 + b / 4 * 32, b % 4 * 2, 2) |
           (fieldsOf32(p, b, 1) << 2);
  }
  /// Scale k: four bits in the first eight bytes, two in the last four.
  static F32x16 halfScale(const uint8_t *header, int k) {
    Words low = (headerByte(header, 0, k % 8) >> k / 8 * 4) & 15;
    Words high = (headerByte(header, 2, k % 4) >> k / 4 * 2) & 3;
    return floatsOf(Ints{Ints::Vector((low | (high << 4)).v)} -
                    Ints::broadcast(32));
  }
  static BlockScales scales(const uint8_t *header, int b) {
    return {
        .scale =
            F32x16::load(reinterpret_cast<const uint16_t *>(header + 3 * 64)),
        .halfScales = {halfScale(header, 2 * b), halfScale(header, 2 * b + 1)}};
  }
};

struct FormatQ6_K {
  static constexpr ignis_type type = IGNIS_TYPE_Q6_K;
  static constexpr int fileBlocks = 8;
  static constexpr int bits = 6, offset = 32;
  static constexpr CodeValues codeValues = CodeValues::Offset;
  static constexpr bool hasMins = false, hasHalves = true;
  static constexpr HeaderPart headerParts[] = {
      {192, 4}, {196, 4}, {200, 4}, {204, 4}, {208, 2}};

  static RowBytes codes(const uint8_t *p, int b) {
    return fieldsOf32(p + b / 4 * 64 + b % 2 * 32, b % 4 / 2 * 4, 4) |
           (fieldsOf32(p + 128 + b / 4 * 32, b % 4 * 2, 2) << 4);
  }
  /// A signed byte.
  static F32x16 halfScale(const uint8_t *header, int k) {
    Ints bytes{Ints::Vector((wordsAt(header, k / 4) << (24 - k % 4 * 8)).v)};
    return floatsOf(bytes >> 24);
  }
  static BlockScales scales(const uint8_t *header, int b) {
    return {
        .scale =
            F32x16::load(reinterpret_cast<const uint16_t *>(header + 4 * 64)),
        .halfScales = {halfScale(header, 2 * b), halfScale(header, 2 * b + 1)}};
  }
};

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKFORMATS_H
