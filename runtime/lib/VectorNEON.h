//===- VectorNEON.h - 16 floats in four NEON registers ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_VECTORNEON_H
#define IGNIS_RUNTIME_LIB_VECTORNEON_H

#include <arm_neon.h>
#include <cstdint>

namespace {

inline float32x4_t widenHalves(const uint16_t *p) {
  return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16(p)));
}

/// See VectorScalar.h.
struct F32x16 {
  float32x4_t v[4];

  template <class Function>
  static F32x16 generate(Function function) {
    return {function(0), function(1), function(2), function(3)};
  }

  static F32x16 broadcast(float value) {
    return generate([&](int) { return vdupq_n_f32(value); });
  }
  static F32x16 load(const float *p) {
    return generate([&](int i) { return vld1q_f32(p + 4 * i); });
  }
  static F32x16 load(const uint16_t *p) {
    return generate([&](int i) { return widenHalves(p + 4 * i); });
  }
  void store(float *p) const {
    for (int i = 0; i < 4; ++i)
      vst1q_f32(p + 4 * i, v[i]);
  }
  void store(uint16_t *p) const {
    for (int i = 0; i < 4; ++i)
      vst1_u16(p + 4 * i, vreinterpret_u16_f16(vcvt_f16_f32(v[i])));
  }

  F32x16 operator+(const F32x16 &b) const {
    return generate([&](int i) { return vaddq_f32(v[i], b.v[i]); });
  }
  F32x16 operator-(const F32x16 &b) const {
    return generate([&](int i) { return vsubq_f32(v[i], b.v[i]); });
  }
  F32x16 operator*(const F32x16 &b) const {
    return generate([&](int i) { return vmulq_f32(v[i], b.v[i]); });
  }
  F32x16 operator/(const F32x16 &b) const {
    return generate([&](int i) { return vdivq_f32(v[i], b.v[i]); });
  }
  static F32x16 max(const F32x16 &a, const F32x16 &b) {
    return generate([&](int i) { return vmaxq_f32(a.v[i], b.v[i]); });
  }
  static F32x16 min(const F32x16 &a, const F32x16 &b) {
    return generate([&](int i) { return vminq_f32(a.v[i], b.v[i]); });
  }
  static F32x16 fma(const F32x16 &a, const F32x16 &b, const F32x16 &c) {
    return generate([&](int i) { return vfmaq_f32(c.v[i], a.v[i], b.v[i]); });
  }
  F32x16 rounded() const {
    return generate([&](int i) { return vrndnq_f32(v[i]); });
  }
  F32x16 scaled(const F32x16 &n) const {
    return generate([&](int i) {
      int32x4_t biased = vaddq_s32(vcvtnq_s32_f32(n.v[i]), vdupq_n_s32(127));
      return vmulq_f32(v[i], vreinterpretq_f32_s32(vshlq_n_s32(biased, 23)));
    });
  }
  F32x16 zeroWhereLess(const F32x16 &x, float bound) const {
    return generate([&](int i) {
      uint32x4_t less = vcltq_f32(x.v[i], vdupq_n_f32(bound));
      return vreinterpretq_f32_u32(
          vbicq_u32(vreinterpretq_u32_f32(v[i]), less));
    });
  }
};

} // namespace

#endif // IGNIS_RUNTIME_LIB_VECTORNEON_H
