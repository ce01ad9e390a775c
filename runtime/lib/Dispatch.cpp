//===- Dispatch.cpp - The table of kernel sets ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Kernels.h"
#include "Platform.h"
#include "ignis/Runtime/Runtime.h"

#include <cstdio>
#include <cstring>
#include <iterator>

using namespace ignis::runtime;

/// What this build has, best first.
static const Kernels *const table[] = {
#if defined(__x86_64__)
    &kernelsAVX512VNNI,
    &kernelsAVX512VNNI256,
    &kernelsAVXVNNI,
    &kernelsAVX2,
#elif defined(__aarch64__)
    &kernelsNEONI8mm,
    &kernelsNEONDotprod,
    &kernelsNEON,
#endif
    &kernelsScalar,
};

static const ignis_kernels *handleOf(const Kernels *set) {
  return reinterpret_cast<const ignis_kernels *>(set);
}

const ignis_kernels *ignis_rt_find_kernels(const char *name,
                                           char error[IGNIS_ERROR_SIZE]) {
  for (const Kernels *set : table) {
    if (name && strcmp(set->name, name) != 0)
      continue;
    if (set->supported(cpuFeatures()))
      return handleOf(set);
    if (name) {
      snprintf(error, IGNIS_ERROR_SIZE, "this CPU lacks the ISA '%s'", name);
      return nullptr;
    }
  }
  if (!name) {
    snprintf(error, IGNIS_ERROR_SIZE,
             "this CPU lacks the baseline, x86-64-v3 (AVX2, FMA, F16C, BMI)");
    return nullptr;
  }
  int used = snprintf(error, IGNIS_ERROR_SIZE,
                      "unknown ISA '%.64s', expected one of", name);
  for (const Kernels *set : table)
    used += snprintf(error + used, size_t(IGNIS_ERROR_SIZE - used), " %s",
                     set->name);
  return nullptr;
}

const char *ignis_rt_kernels_name(const ignis_kernels *kernels) {
  return setOf(kernels).name;
}

const char *ignis_rt_isa_at(int i, bool *available) {
  if (i < 0 || i >= int(std::size(table)))
    return nullptr;
  *available = table[i]->supported(cpuFeatures());
  return table[i]->name;
}
