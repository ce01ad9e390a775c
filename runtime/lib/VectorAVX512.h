//===- VectorAVX512.h - 16 floats in one AVX-512 register -------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_VECTORAVX512_H
#define IGNIS_RUNTIME_LIB_VECTORAVX512_H

#include <cstdint>
#include <immintrin.h>

namespace {

/// See VectorScalar.h.
struct F32x16 {
  __m512 v;

  static F32x16 broadcast(float value) { return {_mm512_set1_ps(value)}; }
  static F32x16 load(const float *p) { return {_mm512_loadu_ps(p)}; }
  static F32x16 load(const uint16_t *p) {
    return {_mm512_cvtph_ps(_mm256_loadu_si256((const __m256i *)p))};
  }
  void store(float *p) const { _mm512_storeu_ps(p, v); }
  void store(uint16_t *p) const {
    _mm256_storeu_si256((__m256i *)p,
                        _mm512_cvtps_ph(v, _MM_FROUND_TO_NEAREST_INT));
  }

  F32x16 operator+(F32x16 b) const { return {_mm512_add_ps(v, b.v)}; }
  F32x16 operator-(F32x16 b) const { return {_mm512_sub_ps(v, b.v)}; }
  F32x16 operator*(F32x16 b) const { return {_mm512_mul_ps(v, b.v)}; }
  F32x16 operator/(F32x16 b) const { return {_mm512_div_ps(v, b.v)}; }
  static F32x16 max(F32x16 a, F32x16 b) { return {_mm512_max_ps(a.v, b.v)}; }
  static F32x16 min(F32x16 a, F32x16 b) { return {_mm512_min_ps(a.v, b.v)}; }
  static F32x16 fma(F32x16 a, F32x16 b, F32x16 c) {
    return {_mm512_fmadd_ps(a.v, b.v, c.v)};
  }
  F32x16 rounded() const {
    return {_mm512_roundscale_ps(v, _MM_FROUND_TO_NEAREST_INT)};
  }
  F32x16 scaled(F32x16 n) const { return {_mm512_scalef_ps(v, n.v)}; }
  F32x16 zeroWhereLess(F32x16 x, float bound) const {
    __mmask16 keep =
        _mm512_cmp_ps_mask(x.v, _mm512_set1_ps(bound), _CMP_NLT_UQ);
    return {_mm512_maskz_mov_ps(keep, v)};
  }
};

} // namespace

#endif // IGNIS_RUNTIME_LIB_VECTORAVX512_H
