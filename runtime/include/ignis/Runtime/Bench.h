//===- Bench.h - The machine's limits, and kernels beside them ----*- C -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A rate means little without what the machine could do at that moment. A meter
// measures limits with the chosen ISA and a team: reading memory in the best
// loop there is, and multiplying in registers.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_BENCH_H
#define IGNIS_RUNTIME_BENCH_H

#include "ignis/Runtime/Runtime.h"

#ifdef __cplusplus
extern "C" {
#endif

/// What the system lets this process have.
typedef struct ignis_cpus {
  int allowed; ///< CPUs, by affinity
  int cores;   ///< physical ones, of which these are
  int quota;   ///< CPUs' worth of time, rounded up; 0: no limit
} ignis_cpus;
ignis_cpus ignis_rt_cpus(void);

typedef struct ignis_meter ignis_meter;

/// Touches 512 MiB, so that caches do not help. The team must outlive it.
ignis_meter *ignis_rt_meter_create(ignis_team *team,
                                   char error[IGNIS_ERROR_SIZE]);
void ignis_rt_meter_destroy(ignis_meter *meter);

/// One sample: bytes per second that the team reads from huge pages, each
/// thread two prefetched streams.
double ignis_rt_meter_read(ignis_meter *meter);

/// One sample: multiply-adds of bytes per second, from registers alone.
double ignis_rt_meter_multiply(ignis_meter *meter);

/// One sample: binary32 multiply-adds per second, from registers alone.
double ignis_rt_meter_multiply_float(ignis_meter *meter);

/// A kernel at one shape: medians over the rounds.
typedef struct ignis_kernel_result {
  char kernel[32]; ///< with the weights' format
  int64_t rows;
  int64_t cols;
  int64_t tokens;
  double seconds;   ///< per call
  double rate;      ///< `unit` per second
  const char *unit; ///< B or MAC
  double share;     ///< of the limit measured in the same rounds
} ignis_kernel_result;

/// Times matmul (one token and many, from packed weights and from the file's)
/// and attention at the shapes of a 0.5B model. Calls `report` for each.
bool ignis_rt_bench_kernels(ignis_team *team, int rounds,
                            void (*report)(const ignis_kernel_result *result,
                                           void *argument),
                            void *argument, char error[IGNIS_ERROR_SIZE]);

/// Times matmul with every weight format, packed where it can be, with a matrix
/// of a 0.5B model and one of a 1.5B model: first with one token, then with 512.
bool ignis_rt_bench_formats(ignis_team *team, int rounds,
                            void (*report)(const ignis_kernel_result *result,
                                           void *argument),
                            void *argument, char error[IGNIS_ERROR_SIZE]);

#ifdef __cplusplus
}
#endif

#endif // IGNIS_RUNTIME_BENCH_H
