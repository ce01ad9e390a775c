//===- OrderProblem.h - What an order of operations bears on ----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ANALYSIS_ORDERPROBLEM_H
#define IGNIS_ANALYSIS_ORDERPROBLEM_H

#include "ignis/Analysis/Liveness.h"

#include "llvm/ADT/BitVector.h"

namespace ignis {

/// Who depends on whom, and who uses which bytes, for one number of tokens,
/// each operation being a phase of its own. Operations are numbered in program
/// order, buffers as in Liveness.
class OrderProblem {
public:
  /// A buffer and the one that takes its place.
  using Pair = std::pair<size_t, size_t>;
  /// What happens to the memory when an operation runs.
  struct Step {
    llvm::SmallVector<size_t> born, dying; ///< buffers
    /// Which of the born can stand where a dying one does, one to one or not.
    llvm::SmallVector<Pair> replaceable;
    int64_t bornBytes = 0, dyingBytes = 0;
  };

  OrderProblem(const Liveness &liveness, int64_t tokens);

  size_t size() const { return predecessors.size(); }
  bool isReady(size_t op, const llvm::BitVector &done) const {
    return !done[op] && llvm::all_of(predecessors[op], [&](size_t before) {
      return done[before];
    });
  }
  /// What happens if `op` runs after those of `done`.
  Step getStep(size_t op, const llvm::BitVector &done) const;

  /// The one-to-one choice among the pairs that saves most bytes. Exponential
  /// in the pairs, of which an operation has few.
  llvm::SmallVector<Pair> choose(llvm::ArrayRef<Pair> pairs) const;
  /// Bytes that are counted twice without the choice.
  int64_t getBytes(llvm::ArrayRef<Pair> choice) const;

private:
  struct Resource {
    int64_t size;
    mlir::Type type;
    llvm::SmallVector<size_t> users;
    bool returned;
  };

  void addDependences(llvm::ArrayRef<ComputeOpInterface> ops);

  llvm::SmallVector<llvm::SmallVector<size_t>> predecessors;
  llvm::SmallVector<Resource> resources;
  llvm::SmallVector<llvm::SmallVector<size_t>> usedBy;    // by operation
  llvm::SmallVector<llvm::SmallVector<Pair>> replaceable; // by operation
};

} // namespace ignis

#endif // IGNIS_ANALYSIS_ORDERPROBLEM_H
