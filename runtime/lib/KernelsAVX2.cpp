//===- KernelsAVX2.cpp - x86-64-v3: AVX2, FMA, F16C -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockAVX2.h"

namespace {

/// Products of bytes as |w| * sign(x, w), which maddubs adds in pairs: at most
/// 2 * 128 * 127 = 32,512, so that nothing saturates.
struct SignedProducts {
  static constexpr bool unsignedOperands = false;
  static constexpr int32_t surplus = 0;

  struct Operand {
    explicit Operand(__m256i w) : signs(w), magnitude(_mm256_abs_epi8(w)) {}
    __m256i signs;
    __m256i magnitude;
  };
  static __m256i multiplyAdd(__m256i sum, __m256i a, __m256i b) {
    __m256i pairs = _mm256_maddubs_epi16(a, b);
    return _mm256_add_epi32(sum,
                            _mm256_madd_epi16(pairs, _mm256_set1_epi16(1)));
  }
  static __m256i add(__m256i sum, const Operand &w, __m256i x) {
    return multiplyAdd(sum, w.magnitude, _mm256_sign_epi8(x, w.signs));
  }
  static __m256i addRow(__m256i w, __m256i x) {
    return add(_mm256_setzero_si256(), Operand(w), x);
  }
};

} // namespace

constinit const Kernels ignis::runtime::kernelsAVX2 =
    kernels256<SignedProducts>(
        "avx2", [](const CpuFeatures &cpu) { return cpu.avx2; });
