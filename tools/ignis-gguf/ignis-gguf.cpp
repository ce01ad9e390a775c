//===- ignis-gguf.cpp - Looks into, makes and changes GGUF files ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"

using namespace ignis;

static int run(int argc, char **argv) {
  CommandLine app("Looks into GGUF files, checks, quantises, splits and "
                  "merges them, and makes models of random weights.",
                  "ignis-gguf");
  app.require_subcommand(1);
  const gguf::Command commands[] = {
      gguf::addInfo(app),  gguf::addCheck(app), gguf::addQuantize(app),
      gguf::addSplit(app), gguf::addMerge(app), gguf::addSynth(app)};

  if (auto code = app.parseArguments({argv + 1, argv + argc}))
    return *code;
  for (const gguf::Command &command : commands)
    if (command.app->parsed())
      if (Expected<void> done = command.run(); !done)
        return reportError(app.get_name(), done.error());
  return 0;
}

int main(int argc, char **argv) {
  return runProgram("ignis-gguf", [&] { return run(argc, argv); });
}
