//===- VerifyMinimal.h - Whether an arena is minimal ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TRANSFORMS_VERIFYMINIMAL_H
#define IGNIS_LIB_TRANSFORMS_VERIFYMINIMAL_H

#include "ignis/Analysis/Storage.h"

namespace ignis {

/// Views of an arena that stand in one place, each but the first in place of
/// the one before, and the phases from the first one's birth to the last one's
/// death.
struct Place {
  LinearForm size;
  int64_t first, last;
};

/// Whether `ignis.minimal`, if the function has it, says why no arena that
/// holds these places is smaller. Emits an error if it is wrong.
mlir::LogicalResult verifyMinimal(mlir::func::FuncOp function,
                                  llvm::ArrayRef<Place> places,
                                  llvm::ArrayRef<LinearForm> arena,
                                  int64_t maxTokens);

} // namespace ignis

#endif // IGNIS_LIB_TRANSFORMS_VERIFYMINIMAL_H
