//===- CpuFeatures.cpp - Features of this CPU by name ---------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Runtime/Runtime.h"

#include <cstring>

#if defined(__aarch64__) && defined(__linux__)
#include <sys/auxv.h>
#endif

bool ignis_rt_cpu_has(const char *feature) {
#if defined(__x86_64__)
  __builtin_cpu_init();
#define IGNIS_X86_FEATURE(name)                                                \
  if (strcmp(feature, name) == 0)                                              \
    return __builtin_cpu_supports(name);
#elif defined(__aarch64__) && defined(__linux__)
#define IGNIS_AARCH64_FEATURE(name, word, bit)                                 \
  if (strcmp(feature, name) == 0)                                              \
    return getauxval(word == 1 ? AT_HWCAP : AT_HWCAP2) >> bit & 1;
#endif
#include "ignis/Runtime/CpuFeatures.def"
  return false;
}
