//===- PlanCertificate.h - Why a placement is minimal -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What a plan says of itself, checked without the search that made it. A
// placement is as low as can be
//
// - proven: if it ends where the sum of sizes at one time does, or if a
//   refutation shows that the blocks do not fit under any less;
// - claimed: if a search is said to have found nothing lower, and the
//   refutation was left out for its length;
// - open: if neither is so. What is known is a lower bound.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_PLANCERTIFICATE_H
#define IGNIS_ANALYSIS_PLANCERTIFICATE_H

#include "ignis/Analysis/Refutation.h"

namespace ignis {

struct PlanCertificate {
  enum class Minimal { Proven, Claimed, Open };

  Minimal minimal = Minimal::Open;
  int64_t height = 0;
  /// No placement is lower.
  int64_t lowerBound = 0;
  PeakLoad peak;
  /// Of any height below the bound, if that is more than the peak load.
  std::optional<Refutation> refutation;
};

/// Whether the offsets are a placement, and all that the certificate says of
/// it is so, as far as it can be checked: what is Claimed is not. The error
/// says what is wrong. O(blocks^2) a step of the refutation.
llvm::Error checkCertificate(llvm::ArrayRef<Block> blocks,
                             llvm::ArrayRef<int64_t> offsets,
                             const PlanCertificate &certificate);

/// One line: `1048576 bytes, minimal: ...`.
std::string describe(const PlanCertificate &certificate);

/// As JSON, and back.
void writeCertificate(const PlanCertificate &certificate,
                      llvm::raw_ostream &os);
llvm::Expected<PlanCertificate> parseCertificate(llvm::StringRef text);

} // namespace ignis

#endif // IGNIS_ANALYSIS_PLANCERTIFICATE_H
