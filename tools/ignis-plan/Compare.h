//===- Compare.h - One placement beside others ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TOOLS_IGNIS_PLAN_COMPARE_H
#define IGNIS_TOOLS_IGNIS_PLAN_COMPARE_H

#include "ignis/Analysis/Placement.h"

#include "llvm/Support/raw_ostream.h"

namespace ignis {

/// A method's name, bytes and percentage of the bound a line: a place of its
/// own for each buffer, the methods of Placement.h, and the search with that
/// many steps.
void compareMethods(llvm::ArrayRef<Block> blocks, int64_t steps,
                    llvm::raw_ostream &os);

} // namespace ignis

#endif // IGNIS_TOOLS_IGNIS_PLAN_COMPARE_H
