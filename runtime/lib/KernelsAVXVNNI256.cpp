//===- KernelsAVXVNNI256.cpp - The same with AVX-512's instructions -------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The tiles of AVX-VNNI where only AVX-512 VNNI is there: they are tested on
// servers too.
//
//===----------------------------------------------------------------------===//

#include "BlockAVXVNNI.h"
#include "FloatTile.h"

#include "AttentionKernel.h"
#include "FloatProductKernel.h"
#include "Limits.h"
#include "Platform.h"

namespace {

int64_t multiplyLimit(int64_t rounds) {
  return multiplyBytes<32, __m256i>(rounds, multiplyAddBytes);
}

} // namespace

constinit const Kernels ignis::runtime::kernelsAVX512VNNI256 = {
    "avx512vnni_256",
    [](const CpuFeatures &cpu) { return cpu.avx512vnni; },
    blockKernels<AVX2Tile<UnsignedProducts>>,
    multiplyFloat<6>,
    append,
    attentionKernels<6, 1>(),
    readStreams<__m256i>,
    multiplyLimit,
    multiplyFloats<5>,
};
