//===- Rope.cpp - Cosines and sines of rotary positions -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Computed here alone, because libm differs between platforms. Frequencies and
// angles are double-double numbers (about 100 bits), so that what is rounded to
// binary32 is right to some 50 bits even at position 10^6.
//
//===----------------------------------------------------------------------===//

#include "ignis/Runtime/Runtime.h"

#include <cstring>

namespace {

/// An unevaluated sum, |low| at most half an ulp of high.
struct DoubleDouble {
  double high;
  double low;
};

/// a + b, exactly.
DoubleDouble sum(double a, double b) {
  double high = a + b;
  double bPart = high - a;
  return {high, (a - (high - bPart)) + (b - bPart)};
}

/// a * b, exactly.
DoubleDouble product(double a, double b) {
  double high = a * b;
  return {high, __builtin_fma(a, b, -high)};
}

DoubleDouble operator*(DoubleDouble a, DoubleDouble b) {
  DoubleDouble p = product(a.high, b.high);
  return sum(p.high, p.low + (a.high * b.low + a.low * b.high));
}

DoubleDouble operator-(DoubleDouble a, DoubleDouble b) {
  DoubleDouble high = sum(a.high, -b.high);
  return sum(high.high, high.low + (a.low - b.low));
}

DoubleDouble operator+(DoubleDouble a, DoubleDouble b) {
  return a - DoubleDouble{-b.high, -b.low};
}

DoubleDouble squareRoot(DoubleDouble a) {
  double root = __builtin_sqrt(a.high);
  if (root == 0)
    return {0, 0};
  DoubleDouble square = product(root, root);
  DoubleDouble rest = a - square;
  return sum(root, rest.high / (2 * root));
}

DoubleDouble reciprocal(double a) {
  double quotient = 1 / a;
  double rest = __builtin_fma(-quotient, a, 1.0);
  return sum(quotient, rest / a);
}

/// sin(x) and cos(x) for |x| <= pi/4, by Taylor's series to 2^-60.
void sinCosReduced(DoubleDouble x, double &sine, double &cosine) {
  double square = x.high * x.high;
  double s = 0, c = 0;
  // From the inside out: 1 - x^2 / ((n - 1) n) * (1 - ...).
#pragma GCC unroll 9
  for (int n = 18; n >= 2; n -= 2) {
    c = square * (1.0 / ((n - 1) * n)) * (1 - c);
    s = square * (1.0 / (n * (n + 1))) * (1 - s);
  }
  // The angle's low part enters by its derivative.
  sine = x.high - x.high * s + x.low * (1 - c);
  cosine = 1 - c - x.low * x.high;
}

void sinCos(DoubleDouble angle, double &sine, double &cosine) {
  // pi/2 = high + middle + low, so that turns * pi/2 is right to 2^-90.
  constexpr DoubleDouble halfPi = {0x1.921fb54442d18p+0, 0x1.1a62633145c07p-54};
  constexpr double halfPiLow = -0x1.f1976b7ed8fbcp-110;
  constexpr double toInteger = 0x1.8p52; // adding it rounds
  double turns = (angle.high * 0x1.45f306dc9c883p-1 + toInteger) - toInteger;
  DoubleDouble reduced = angle - product(turns, halfPi.high);
  reduced = reduced - product(turns, halfPi.low);
  reduced = reduced - DoubleDouble{turns * halfPiLow, 0};
  double s, c;
  sinCosReduced(reduced, s, c);
  int quadrant = int(int64_t(turns) & 3);
  sine = quadrant == 0 ? s : quadrant == 1 ? c : quadrant == 2 ? -s : -c;
  cosine = quadrant == 0 ? c : quadrant == 1 ? -s : quadrant == 2 ? -c : s;
}

/// ln(x) of a normal x > 0, by the series of 2 artanh((x - 1) / (x + 1)).
double logarithm(double x) {
  constexpr double ln2 = 0x1.62e42fefa39efp-1;
  uint64_t bits;
  std::memcpy(&bits, &x, sizeof bits);
  // x = mantissa * 2^exponent, with a mantissa from sqrt(1/2) to sqrt(2).
  uint64_t shifted = bits - 0x3fe6a09e667f3bcd;
  int64_t exponent = static_cast<int64_t>(shifted) >> 52;
  bits -= static_cast<uint64_t>(exponent) << 52;
  double mantissa;
  std::memcpy(&mantissa, &bits, sizeof mantissa);
  double t = (mantissa - 1) / (mantissa + 1), square = t * t, series = 0;
  for (int n = 23; n >= 1; n -= 2)
    series = series * square + 1.0 / n;
  return double(exponent) * ln2 + 2 * t * series;
}

double clamp(double x, double least, double most) {
  return x < least ? least : x > most ? most : x;
}

/// What YaRN spares of the factor, pair by pair: `extrapolation` up to pair
/// `low`, nothing from pair `high` on, and evenly less between them.
class Ramp {
public:
  Ramp(const ignis_rope &rope, int64_t headDim)
      : extrapolation(rope.extrapolation) {
    if (extrapolation == 0)
      return;
    // The pair that turns `turns` times within the original context.
    auto pairOf = [&](double turns) {
      constexpr double twoPi = 0x1.921fb54442d18p+2;
      return double(headDim) *
             logarithm(rope.original_context / (twoPi * turns)) /
             (2 * logarithm(rope.base));
    };
    low = __builtin_fmax(__builtin_floor(pairOf(rope.beta_fast)), 0);
    double high = __builtin_fmin(__builtin_ceil(pairOf(rope.beta_slow)),
                                 double(headDim - 1));
    width = __builtin_fmax(high - low, 0.001);
  }

  double at(int64_t pair) const {
    return extrapolation * (1 - clamp((double(pair) - low) / width, 0, 1));
  }

private:
  double extrapolation, low = 0, width = 1;
};

/// What cosines and sines are multiplied by.
double getMagnitude(const ignis_rope &rope) {
  if (rope.extrapolation == 0 || rope.factor <= 1)
    return rope.attention;
  return rope.attention * (1 + 0.1 * logarithm(rope.factor));
}

} // namespace

void ignis_rt_rope_fill(float *table, int64_t begin, int64_t end,
                        int64_t headDim, const ignis_rope *rope) {
  int64_t half = headDim / 2;
  // base^(-2i / head_dim) = (base^(-1 / half))^i; half is a power of two, so
  // that the root is a chain of square roots.
  DoubleDouble root = reciprocal(rope->base);
  for (int64_t n = half; n > 1; n /= 2)
    root = squareRoot(root);
  DoubleDouble slower = reciprocal(rope->factor);
  Ramp ramp(*rope, headDim);
  double magnitude = getMagnitude(*rope);
  DoubleDouble power = {1, 0};
  for (int64_t i = 0; i < half; ++i) {
    double spared = ramp.at(i);
    DoubleDouble frequency = power * (slower * DoubleDouble{1 - spared, 0} +
                                      DoubleDouble{spared, 0});
    for (int64_t position = begin; position < end; ++position) {
      double sine, cosine;
      sinCos(frequency * DoubleDouble{double(position), 0}, sine, cosine);
      float *row = table + position * headDim;
      row[i] = float(cosine * magnitude);
      row[half + i] = float(sine * magnitude);
    }
    power = power * root;
  }
}
