//===- Compare.cpp - One placement beside others --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compare.h"

#include "ignis/Analysis/PlacementSearch.h"

#include "llvm/Support/Format.h"

#include <cinttypes>

using namespace ignis;

void ignis::compareMethods(llvm::ArrayRef<Block> blocks, int64_t steps,
                           llvm::raw_ostream &os) {
  int64_t bound = getPeakLoad(blocks).bytes;
  auto print = [&](const char *method, int64_t bytes, const char *note = "") {
    os << llvm::format("%-14s %14" PRId64 " %7.1f%%", method, bytes,
                       bound == 0 ? 100.0 : 100.0 * bytes / bound)
       << note << '\n';
  };
  int64_t total = 0;
  for (const Block &block : blocks)
    total += block.size;
  print("separate", total);

  using Method = llvm::SmallVector<int64_t> (*)(llvm::ArrayRef<Block>);
  for (auto [name, place] :
       {std::pair<const char *, Method>("colouring", placeByColor),
        {"first fit", placeFirstFit},
        {"best fit", placeBestFit},
        {"largest first", placeLargestFirst}})
    print(name, getHeight(blocks, place(blocks)));

  Placed searched = findPlacement(blocks, steps);
  int64_t height = getHeight(blocks, searched.offsets);
  print("search", height, searched.proven == height ? "  minimal" : "");
  print("bound", bound);
}
