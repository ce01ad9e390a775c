//===- BlockAVXVNNI.h - Byte dot products of 256 bits -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKAVXVNNI_H
#define IGNIS_RUNTIME_LIB_BLOCKAVXVNNI_H

#include "BlockAVX2.h"

namespace {

struct UnsignedProducts {
  static constexpr bool unsignedOperands = true;
  static constexpr int32_t surplus = 128;

  /// vpdpbusd in 256 bits: that of AVX-VNNI, which client processors have in
  /// place of AVX-512, or that of AVX-512 VNNI, whatever the file is compiled
  /// for.
  static __m256i multiplyAdd(__m256i sum, __m256i a, __m256i b) {
#ifdef __AVXVNNI__
    return _mm256_dpbusd_avx_epi32(sum, a, b);
#else
    return _mm256_dpbusd_epi32(sum, a, b);
#endif
  }

  struct Operand {
    explicit Operand(__m256i w) : w(w) {}
    __m256i w;
  };
  static __m256i add(__m256i sum, const Operand &w, __m256i x) {
    return multiplyAdd(sum, w.w, x);
  }
  static __m256i addRow(__m256i w, __m256i x) {
    return multiplyAdd(_mm256_setzero_si256(),
                            _mm256_xor_si256(w, _mm256_set1_epi8(-128)), x);
  }
};

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKAVXVNNI_H
