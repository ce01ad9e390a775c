//===- KernelSet.h - An ISA's kernels from its tiles ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// All that a kernel file includes behind its Vector*.h.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_KERNELSET_H
#define IGNIS_RUNTIME_LIB_KERNELSET_H

#include "FloatTile.h"

#include "AttentionKernel.h"
#include "BlockProductKernel.h"
#include "FloatProductKernel.h"
#include "Limits.h"
#include "Platform.h"

namespace {

/// How many vectors of 16 the ISA's registers hold.
struct FloatTiles {
  int floatTokens; ///< of a product with float weights
  int floatChains; ///< of the loop that measures fma
  int attentionRows;
  int attentionColumns; ///< of 16
};

/// `Bits` is the ISA's vector of integers.
template <class Tile, class Bits, FloatTiles Floats>
constexpr Kernels kernelSet(const char *name,
                            bool (*supported)(const CpuFeatures &cpu),
                            int64_t (*multiplyLimit)(int64_t rounds)) {
  return {name,
          supported,
          blockKernels<Tile>,
          multiplyFloat<Floats.floatTokens>,
          append,
          attentionKernels<Floats.attentionRows, Floats.attentionColumns>(),
          readStreams<Bits>,
          multiplyLimit,
          multiplyFloats<Floats.floatChains>};
}

} // namespace

#endif // IGNIS_RUNTIME_LIB_KERNELSET_H
