//===- BlockNEONDotprod.h - Rows by dot products ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_BLOCKNEONDOTPROD_H
#define IGNIS_RUNTIME_LIB_BLOCKNEONDOTPROD_H

#include "BlockNEON.h"

namespace {

/// Four partial sums of a row's 32 bytes with a token's.
inline int32x4_t addDotRow(const int8_t *w, const int8_t *x) {
  return vdotq_s32(vdotq_s32(vdupq_n_s32(0), vld1q_s8(w), vld1q_s8(x)),
                   vld1q_s8(w + 16), vld1q_s8(x + 16));
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_BLOCKNEONDOTPROD_H
