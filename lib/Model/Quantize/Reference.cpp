//===- Reference.cpp - Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0 --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// These formats have one rule of encoding that everybody follows, that of
// ggml's quantize_row_*_ref. It is kept operation by operation, in binary32, so
// that a file made here equals a file made elsewhere.
//
//===----------------------------------------------------------------------===//

#include "Blocks.h"
#include "Encoders.h"
#include "ignis/Model/Quantize.h"

#include <algorithm>
#include <cmath>

using namespace ignis;
using namespace ignis::quantize;

/// 1 / d; 0 where d, or what its inverse would overflow for, is 0 in f16.
static float invert(float d) {
  float inverse = d == 0 ? 0 : 1 / d;
  return std::isfinite(inverse) ? inverse : 0;
}

static bool fitsF16(float value) {
  return std::isfinite(widenF16(narrowToF16(value)));
}

/// The weight of the greatest magnitude gets level `least`.
template <int least, int most>
static bool fitSymmetric(const float *weights, Block &block) {
  float extreme = 0;
  for (int i = 0; i != Block::elements; ++i)
    if (std::fabs(weights[i]) > std::fabs(extreme))
      extreme = weights[i];
  float d = extreme / least;
  float inverse = invert(d);
  block.d = narrowToF16(d);
  for (int i = 0; i != Block::elements; ++i) {
    int code = static_cast<int>(weights[i] * inverse + (0.5f - least));
    block.levels[i] = static_cast<int8_t>(std::min(code + least, most));
  }
  return fitsF16(d);
}

/// The least weight gets level 0, the greatest level `most`.
template <int most>
static bool fitAffine(const float *weights, Block &block) {
  auto [least, greatest] =
      std::minmax_element(weights, weights + Block::elements);
  float d = (*greatest - *least) / most;
  if (!fitsF16(d) || !fitsF16(*least))
    return false;
  float inverse = invert(d);
  block.d = narrowToF16(d);
  block.m = narrowToF16(*least);
  for (int i = 0; i != Block::elements; ++i) {
    int code = static_cast<int>((weights[i] - *least) * inverse + 0.5f);
    block.levels[i] = static_cast<int8_t>(std::min(code, most));
  }
  return true;
}

bool ignis::quantize::encodeQ4_0(const float *weights, std::byte *to) {
  Block block;
  bool fits = fitSymmetric<-8, 7>(weights, block);
  packQ4_0(block, to);
  return fits;
}

bool ignis::quantize::encodeQ4_1(const float *weights, std::byte *to) {
  Block block;
  bool fits = fitAffine<15>(weights, block);
  packQ4_1(block, to);
  return fits;
}

bool ignis::quantize::encodeQ5_0(const float *weights, std::byte *to) {
  Block block;
  bool fits = fitSymmetric<-16, 15>(weights, block);
  packQ5_0(block, to);
  return fits;
}

bool ignis::quantize::encodeQ5_1(const float *weights, std::byte *to) {
  Block block;
  bool fits = fitAffine<31>(weights, block);
  packQ5_1(block, to);
  return fits;
}

/// d = amax / 127, weights rounded half away from zero.
bool ignis::quantize::encodeQ8_0(const float *weights, std::byte *to) {
  float amax = 0;
  for (int i = 0; i != Block::elements; ++i)
    amax = std::max(amax, std::fabs(weights[i]));
  float d = amax / 127;
  float inverse = invert(d);
  Block block;
  block.d = narrowToF16(d);
  for (int i = 0; i != Block::elements; ++i)
    block.levels[i] = static_cast<int8_t>(std::round(weights[i] * inverse));
  packQ8_0(block, to);
  return fitsF16(d);
}
