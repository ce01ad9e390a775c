//===- Main.cpp - A model compiled ahead of time, as a program ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AheadOfTime.h"

using namespace ignis;

int main(int argc, char **argv) {
  return runAheadOfTime(argc, argv, runMain);
}
