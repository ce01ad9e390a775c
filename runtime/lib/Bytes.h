//===- Bytes.h - Vectors of bytes for any target ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The compiler's own vectors, so that how a format's bits are unpacked is
// written once. In structures, which every calling convention passes alike.
// Included once per kernel file, after its Vector*.h.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BYTES_H
#define IGNIS_RUNTIME_LIB_BYTES_H

#include <cstdint>
#include <cstring>

namespace {

/// N lanes of an integer type.
template <class Element, int N>
struct Integers {
  using Vector __attribute__((vector_size(N * sizeof(Element)))) = Element;
  Vector v;

  static Integers broadcast(Element value) { return {value - Vector{}}; }
  static Integers load(const void *p) {
    Integers result;
    memcpy(&result.v, p, sizeof result.v);
    return result;
  }
  void store(void *p) const { memcpy(p, &v, sizeof v); }

  friend Integers operator|(Integers a, Integers b) { return {a.v | b.v}; }
  friend Integers operator^(Integers a, Integers b) { return {a.v ^ b.v}; }
  friend Integers operator+(Integers a, Integers b) { return {a.v + b.v}; }
  friend Integers operator-(Integers a, Integers b) { return {a.v - b.v}; }
  friend Integers operator&(Integers a, int mask) {
    return {a.v & broadcast(Element(mask)).v};
  }
  friend Integers operator>>(Integers a, int bits) {
    return {a.v >> broadcast(Element(bits)).v};
  }
  friend Integers operator<<(Integers a, int bits) {
    return {a.v << broadcast(Element(bits)).v};
  }
};

/// Sixteen rows by four values, or eight by eight: a line of an operand.
using Bytes = Integers<uint8_t, 64>;
/// 32 values of one row.
using RowBytes = Integers<uint8_t, 32>;
/// A word of each of sixteen rows.
using Words = Integers<uint32_t, 16>;
using Ints = Integers<int32_t, 16>;

inline F32x16 floatsOf(Ints ints) {
  typedef float Floats __attribute__((vector_size(64)));
  alignas(64) float floats[16];
  Floats converted = __builtin_convertvector(ints.v, Floats);
  memcpy(floats, &converted, sizeof floats);
  return F32x16::load(floats);
}

inline F32x16 floatsOf(Words words) {
  return floatsOf(Ints{__builtin_convertvector(words.v, Ints::Vector)});
}

/// The binary16 numbers in the lower halves of words.
inline F32x16 halfFloatsOf(Words words) {
  typedef uint16_t Halves __attribute__((vector_size(32)));
  alignas(32) uint16_t halves[16];
  Halves converted = __builtin_convertvector(words.v, Halves);
  memcpy(halves, &converted, sizeof halves);
  return F32x16::load(halves);
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_BYTES_H
