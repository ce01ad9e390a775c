//===- ignis-server.cpp - Compiles models and serves them -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "JustInTime.h"

#include "ignis/Server/Server.h"
#include "ignis/Support/Program.h"

using namespace ignis;

int main(int argc, char **argv) {
  return runProgram("ignis-server", [&] {
    JustInTime provider;
    return runServer("ignis-server", {argv + 1, argv + argc}, provider);
  });
}
