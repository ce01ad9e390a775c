//===- PlanReport.h - What a memory plan looks like -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A plan as data: what was placed, where, and how far that is from the bound.
// It outlives the IR that it describes.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_DRAWING_PLANREPORT_H
#define IGNIS_DRAWING_PLANREPORT_H

#include "ignis/Analysis/JointPlan.h"
#include "llvm/Support/raw_ostream.h"

#include <string>
#include <vector>

namespace ignis {

/// The plan of one function.
struct PlanReport {
  struct PlannedBuffer {
    std::string name; ///< of the operation that writes it first
    LinearForm size;
    LinearForm offset;
    int64_t firstPhase, lastPhase; ///< inclusive
    int64_t firstOp, lastOp;       ///< inclusive
    size_t aliasClass;             ///< buffers of one class share their place
  };
  struct PlannedOp {
    std::string name;
    int64_t phase;
  };

  /// Why no plan is smaller, given what is in place: for each of the plan's
  /// pieces a phase in which as much is alive, or a refutation of any less.
  struct Proof {
    llvm::SmallVector<int64_t> phases;
    std::optional<Refutation> refutation;
  };

  std::string function;
  std::string mode;
  bool inPlace = true;
  int64_t maxTokens = 1;
  /// The number of tokens if the function takes only one, else 0.
  int64_t staticTokens = 0;
  int64_t phaseCount = 0;
  std::vector<PlannedBuffer> buffers;
  std::vector<PlannedOp> ops;
  MemoryPlan plan; ///< its offsets are by alias class
  llvm::SmallVector<LinearForm> lowerBound;
  Proof proof;
  std::optional<JointPlan> joint; ///< at maxTokens, if asked for

  LinearForm getNaiveSize() const;
  /// The numbers of tokens to look at: both ends, and where the largest of
  /// several forms changes.
  llvm::SmallVector<int64_t> getCheckpoints() const;
  bool meetsBound() const;
  /// Bytes alive in a phase, or at an operation if each were a phase.
  LinearForm getLiveInPhase(int64_t phase) const;
  LinearForm getLiveAtOp(int64_t op) const;
};

/// All of it as JSON: `{"functions": [...]}`.
void writePlanAsJSON(llvm::ArrayRef<PlanReport> reports, llvm::raw_ostream &os);

/// A picture: time across, address up, a rectangle for each buffer, the lower
/// bound as a line, names on hover; one chart below another for each function.
void writePlanAsSVG(llvm::ArrayRef<PlanReport> reports, llvm::raw_ostream &os);

} // namespace ignis

#endif // IGNIS_DRAWING_PLANREPORT_H
