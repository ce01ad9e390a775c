//===- ignis-verify.cpp - Computes the answers of a receipt again ---------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "../ignis-server/JustInTime.h"

#include "ignis/Server/Verifier.h"
#include "ignis/Support/Program.h"

using namespace ignis;

int main(int argc, char **argv) {
  return runProgram("ignis-verify", [&] {
    JustInTime provider;
    return runVerifier("ignis-verify", {argv + 1, argv + argc}, provider);
  });
}
