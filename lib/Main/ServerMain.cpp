//===- ServerMain.cpp - A model compiled ahead of time, as a server -------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "AheadOfTime.h"

#include "ignis/Server/Server.h"
#include "ignis/Support/Program.h"

using namespace ignis;

int main(int argc, char **argv) {
  std::string_view path = argc > 0 ? argv[0] : "ignis";
  std::string name(path.substr(path.rfind('/') + 1));
  return runProgram(name, [&] {
    AheadOfTime provider;
    return runServer(name, {argv + std::min(argc, 1), argv + argc}, provider);
  });
}
