//===- KernelsAVXVNNI.cpp - AVX2 with byte dot products -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
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

constinit const Kernels ignis::runtime::kernelsAVXVNNI = {
    "avxvnni",
    [](const CpuFeatures &cpu) { return cpu.avxvnni; },
    blockKernels<AVX2Tile<UnsignedProducts>>,
    multiplyFloat<6>,
    append,
    attentionKernels<6, 1>(),
    readStreams<__m256i>,
    multiplyLimit,
    multiplyFloats<5>,
};
