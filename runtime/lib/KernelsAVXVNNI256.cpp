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

constinit const Kernels ignis::runtime::kernelsAVX512VNNI256 =
    kernels256<UnsignedProducts>(
        "avx512vnni_256",
        [](const CpuFeatures &cpu) { return cpu.avx512vnni; });
