//===- Limits.h - Loops that reach the machine's limits ---------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What kernels are compared with. Included once per kernel file.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_LIMITS_H
#define IGNIS_RUNTIME_LIB_LIMITS_H

#include <cstdint>

namespace {

/// Makes the compiler believe that a value is read and changed.
template <class Value>
inline void opaque(Value &value) {
#if defined(__x86_64__)
  asm volatile("" : "+v"(value));
#elif defined(__aarch64__)
  asm volatile("" : "+w"(value));
#else
  asm volatile("" : "+m"(value));
#endif
}

/// Kernels::readStreams. Bits is an integer vector of the ISA.
template <class Bits>
void readStreams(const uint8_t *a, const uint8_t *b, int64_t bytes) {
  constexpr int64_t distance = 2048;
  auto request = [](const uint8_t *p) {
    __builtin_prefetch(p, 0, 2); // into L2, as the kernels do
    __builtin_prefetch(p + 64, 0, 2);
  };
  Bits sum[2] = {};
  for (int64_t i = 0; i < bytes; i += 128) {
    request(a + i + distance);
    request(b + i + distance);
    for (int64_t j = 0; j < 128; j += int64_t(sizeof(Bits))) {
      sum[0] ^= *reinterpret_cast<const Bits *>(a + i + j);
      sum[1] ^= *reinterpret_cast<const Bits *>(b + i + j);
    }
  }
  opaque(sum[0]);
  opaque(sum[1]);
}

/// Kernels::multiplyBytes. `step` adds the products of two registers to a
/// third: `Products` multiply-adds. Chains enough to hide the latency.
template <int Products, class Bits, class Step>
int64_t multiplyBytes(int64_t rounds, Step step) {
  constexpr int chains = 12;
  Bits sums[chains] = {};
  Bits a = {}, b = {};
  opaque(a);
  opaque(b);
  for (int64_t i = 0; i < rounds; ++i) {
#pragma GCC unroll 12
    for (int c = 0; c < chains; ++c) {
      opaque(a); // or the products would be computed once
      sums[c] = step(sums[c], a, b);
      opaque(sums[c]);
    }
  }
  return rounds * chains * Products;
}

/// Kernels::multiplyFloats: the same for binary32 fma. `Chains` vectors of 16
/// fit the registers.
template <int Chains>
int64_t multiplyFloats(int64_t rounds) {
  float ones[16];
  F32x16::broadcast(1).store(ones);
  asm volatile("" : "+m"(ones));
  const F32x16 one = F32x16::load(ones);
  F32x16 sums[Chains];
  for (F32x16 &sum : sums)
    sum = one;
  for (int64_t i = 0; i < rounds; ++i)
    for (F32x16 &sum : sums)
      sum = F32x16::fma(one, one, sum);
  for (const F32x16 &sum : sums) {
    sum.store(ones);
    asm volatile("" : "+m"(ones));
  }
  return rounds * Chains * 16;
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_LIMITS_H
