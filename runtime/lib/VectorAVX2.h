//===- VectorAVX2.h - 16 floats in two AVX registers ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_VECTORAVX2_H
#define IGNIS_RUNTIME_LIB_VECTORAVX2_H

#include <cstdint>
#include <immintrin.h>

namespace {

/// See VectorScalar.h.
struct F32x16 {
  __m256 v[2];

  static F32x16 broadcast(float value) {
    return {_mm256_set1_ps(value), _mm256_set1_ps(value)};
  }
  static F32x16 load(const float *p) {
    return {_mm256_loadu_ps(p), _mm256_loadu_ps(p + 8)};
  }
  static F32x16 load(const uint16_t *p) {
    return {_mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)p)),
            _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)(p + 8)))};
  }
  void store(float *p) const {
    _mm256_storeu_ps(p, v[0]);
    _mm256_storeu_ps(p + 8, v[1]);
  }
  void store(uint16_t *p) const {
    for (int i = 0; i < 2; ++i)
      _mm_storeu_si128((__m128i *)(p + 8 * i),
                       _mm256_cvtps_ph(v[i], _MM_FROUND_TO_NEAREST_INT));
  }

  F32x16 operator+(F32x16 b) const {
    return {_mm256_add_ps(v[0], b.v[0]), _mm256_add_ps(v[1], b.v[1])};
  }
  F32x16 operator-(F32x16 b) const {
    return {_mm256_sub_ps(v[0], b.v[0]), _mm256_sub_ps(v[1], b.v[1])};
  }
  F32x16 operator*(F32x16 b) const {
    return {_mm256_mul_ps(v[0], b.v[0]), _mm256_mul_ps(v[1], b.v[1])};
  }
  F32x16 operator/(F32x16 b) const {
    return {_mm256_div_ps(v[0], b.v[0]), _mm256_div_ps(v[1], b.v[1])};
  }
  static F32x16 max(F32x16 a, F32x16 b) {
    return {_mm256_max_ps(a.v[0], b.v[0]), _mm256_max_ps(a.v[1], b.v[1])};
  }
  static F32x16 min(F32x16 a, F32x16 b) {
    return {_mm256_min_ps(a.v[0], b.v[0]), _mm256_min_ps(a.v[1], b.v[1])};
  }
  static F32x16 fma(F32x16 a, F32x16 b, F32x16 c) {
    return {_mm256_fmadd_ps(a.v[0], b.v[0], c.v[0]),
            _mm256_fmadd_ps(a.v[1], b.v[1], c.v[1])};
  }
  F32x16 rounded() const {
    return {_mm256_round_ps(v[0], _MM_FROUND_TO_NEAREST_INT),
            _mm256_round_ps(v[1], _MM_FROUND_TO_NEAREST_INT)};
  }
  F32x16 scaled(F32x16 n) const {
    F32x16 result;
    for (int i = 0; i < 2; ++i) {
      __m256i biased =
          _mm256_add_epi32(_mm256_cvtps_epi32(n.v[i]), _mm256_set1_epi32(127));
      result.v[i] = _mm256_mul_ps(
          v[i], _mm256_castsi256_ps(_mm256_slli_epi32(biased, 23)));
    }
    return result;
  }
  F32x16 zeroWhereLess(F32x16 x, float bound) const {
    F32x16 result;
    for (int i = 0; i < 2; ++i)
      result.v[i] = _mm256_andnot_ps(
          _mm256_cmp_ps(x.v[i], _mm256_set1_ps(bound), _CMP_LT_OQ), v[i]);
    return result;
  }
};

} // namespace

#endif // IGNIS_RUNTIME_LIB_VECTORAVX2_H
