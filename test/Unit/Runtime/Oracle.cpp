//===- Oracle.cpp - The numeric contract, written as plainly as possible --===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Oracle.h"

#include "ignis/Runtime/ABI.h"

#include <algorithm>
#include <cmath>
#include <cstring>

float oracle::floatOfHalf(uint16_t half) {
  int exponent = half >> 10 & 31;
  int fraction = half & 1023;
  float magnitude = exponent == 31 ? (fraction ? NAN : INFINITY)
                    : exponent == 0
                        ? std::ldexp(float(fraction), -24)
                        : std::ldexp(float(1024 + fraction), exponent - 25);
  return half & 0x8000 ? -magnitude : magnitude;
}

uint16_t oracle::halfOfFloat(float value) {
  uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  double magnitude = std::fabs(double(value));
  if (magnitude >= 65520)
    return sign | 0x7c00;
  // The unit in the last place of a half of this size.
  int exponent = magnitude < 0x1p-14 ? -14 : std::ilogb(magnitude);
  double units = std::nearbyint(std::ldexp(magnitude, 10 - exponent));
  return sign | uint16_t(units + (exponent + 14) * 1024);
}

float oracle::exponential(float x) {
  if (x < -87.0f)
    return 0.0f;
  if (x > 88.0f)
    x = 88.0f;
  float n = std::nearbyint(x * 0x1.715476p+0f);
  float r = std::fma(n, -0x1.63p-1f, x);
  r = std::fma(n, 0x1.bd0106p-13f, r);
  float p = 0x1.a0d2cep-13f;
  p = std::fma(p, r, 0x1.6e879cp-10f);
  p = std::fma(p, r, 0x1.111210p-7f);
  p = std::fma(p, r, 0x1.555382p-5f);
  p = std::fma(p, r, 0x1.555554p-3f);
  p = std::fma(p, r, 0x1.000000p-1f);
  float y = std::fma(p, r * r, r) + 1.0f;
  return std::ldexp(y, int(n));
}

void oracle::quantizeRow(const float *x, int64_t k, uint8_t *row) {
  auto *values = reinterpret_cast<int8_t *>(row);
  for (int64_t b = 0; b < k / 32; ++b) {
    float largest = 0;
    for (int64_t i = 0; i < 32; ++i)
      largest = std::max(largest, std::fabs(x[32 * b + i]));
    float d = 0;
    int16_t sums[2] = {};
    if (largest < 0x1p-100f) {
      memset(values + 32 * b, 0, 32);
    } else {
      d = largest / 127.0f;
      float inverse = 127.0f / largest;
      for (int64_t i = 0; i < 32; ++i) {
        values[32 * b + i] = int8_t(std::nearbyint(x[32 * b + i] * inverse));
        sums[i / 16] += values[32 * b + i];
      }
    }
    memcpy(row + k + 4 * b, &d, 4);
    memcpy(row + k + k / 8 + 4 * b, sums, 4);
  }
}

float oracle::dotFloat(const float *weights, const float *x, int64_t k) {
  float sum = 0;
  for (int64_t i = 0; i < k; ++i)
    sum = std::fma(x[i], weights[i], sum);
  return sum;
}

std::vector<float> oracle::attend(const float *query, const float *keys,
                                  const float *values, int64_t count,
                                  int64_t headDim) {
  float scale = 1.0f / std::sqrt(float(headDim));
  float total = 0, totalMaximum = 0;
  std::vector<float> result(headDim);
  for (int64_t first = 0; first < count; first += 512) {
    int64_t n = std::min<int64_t>(512, count - first);
    std::vector<float> e(n), out(headDim);
    float maximum = -INFINITY, lanes[16] = {};
    for (int64_t j = 0; j < n; ++j) {
      e[j] = dotFloat(keys + (first + j) * headDim, query, headDim) * scale;
      maximum = std::max(maximum, e[j]);
    }
    for (int64_t j = 0; j < n; ++j) {
      e[j] = exponential(e[j] - maximum);
      lanes[j % 16] += e[j];
      for (int64_t i = 0; i < headDim; ++i)
        out[i] = std::fma(e[j], values[(first + j) * headDim + i], out[i]);
    }
    for (int w = 8; w > 0; w /= 2)
      for (int l = 0; l < w; ++l)
        lanes[l] += lanes[l + w];
    if (first == 0) {
      totalMaximum = maximum;
      total = lanes[0];
      result = out;
      continue;
    }
    float both = std::max(totalMaximum, maximum);
    float a = exponential(totalMaximum - both);
    float b = exponential(maximum - both);
    total = std::fma(total, a, lanes[0] * b);
    for (int64_t i = 0; i < headDim; ++i)
      result[i] = std::fma(result[i], a, out[i] * b);
    totalMaximum = both;
  }
  for (float &value : result)
    value = value / total;
  return result;
}
