//===- Report.h - Results as tables and as JSON ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_BENCH_REPORT_H
#define IGNIS_BENCH_REPORT_H

#include "Measure.h"

namespace ignis::bench {

/// What all results of a run have in common.
struct RunFacts {
  std::string path; ///< of the model
  ModelSize size;
  int64_t batch = 0;
};

/// A kernel's result, and where it was measured.
struct KernelResult : ignis_kernel_result {
  std::string isa;
  int threads;
};

/// A table in Markdown: llama-bench's columns, then rates and shares.
std::string formatTable(const RunFacts &facts,
                        const std::vector<Result> &results);
std::string formatTable(const std::vector<KernelResult> &results);
/// A row for each format and matrix, a column for each set of kernels and number
/// of threads; a result with one token of a format and one with many follow each
/// other.
std::string formatFormatTable(const std::vector<KernelResult> &results);

/// An array with an object per result, which has llama-bench's keys.
std::string formatJSON(const RunFacts &facts,
                       const std::vector<Result> &results);
std::string formatJSON(const std::vector<KernelResult> &results);

} // namespace ignis::bench

#endif // IGNIS_BENCH_REPORT_H
