//===- KernelsAVXVNNI.cpp - AVX2 with byte dot products -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "BlockAVXVNNI.h"

constinit const Kernels ignis::runtime::kernelsAVXVNNI =
    kernels256<UnsignedProducts>(
        "avxvnni", [](const CpuFeatures &cpu) { return cpu.avxvnni; });
