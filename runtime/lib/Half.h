//===- Half.h - Binary16 and bfloat16 in integer arithmetic -----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The same bits on every target, with or without conversion instructions.
// Branch-free, so that compilers vectorise loops over them.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_HALF_H
#define IGNIS_RUNTIME_LIB_HALF_H

#include <cstdint>
#include <cstring>

namespace {

inline float floatOfBits(uint32_t bits) {
  float value;
  memcpy(&value, &bits, sizeof value);
  return value;
}

inline uint32_t bitsOfFloat(float value) {
  uint32_t bits;
  memcpy(&bits, &value, sizeof bits);
  return bits;
}

/// Exact.
inline float floatOfHalf(uint16_t half) {
  uint32_t sign = uint32_t(half & 0x8000) << 16;
  uint32_t magnitude = half & 0x7fff;
  // Rebias the exponent by 112 through a multiplication, which also keeps
  // infinity and NaN at the top; subnormals are built around 0.5.
  float normal = floatOfBits((magnitude << 13) + (0xe0u << 23)) * 0x1p-112f;
  float subnormal = floatOfBits(magnitude | (126u << 23)) - 0.5f;
  return floatOfBits(sign |
                     bitsOfFloat(magnitude < 0x400 ? subnormal : normal));
}

/// Rounds to nearest, ties to even.
inline uint16_t halfOfFloat(float value) {
  uint32_t bits = bitsOfFloat(value);
  uint32_t sign = (bits >> 16) & 0x8000;
  uint32_t magnitude = bits & 0x7fffffff;
  // Normal results: add half an ulp, less one if the kept part is even.
  uint32_t normal =
      (magnitude + 0xfff + ((magnitude >> 13) & 1) - (112u << 23)) >> 13;
  // Subnormal results: the float addition rounds at 2^-24.
  uint32_t subnormal = bitsOfFloat(floatOfBits(magnitude) + 0.5f) & 0xffff;
  uint32_t result = magnitude < (113u << 23) ? subnormal : normal;
  result = magnitude >= 0x477ff000 ? 0x7c00 : result; // 65520 and above
  result = magnitude > 0x7f800000 ? 0x7e00 : result;
  return uint16_t(sign | result);
}

/// Exact.
inline float floatOfBfloat(uint16_t bfloat) {
  return floatOfBits(uint32_t(bfloat) << 16);
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_HALF_H
