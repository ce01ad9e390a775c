//===- Commands.h - The commands of ignis-gguf ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TOOLS_IGNIS_GGUF_COMMANDS_H
#define IGNIS_TOOLS_IGNIS_GGUF_COMMANDS_H

#include "ignis/Support/CommandLine.h"

#include <functional>
#include <memory>

namespace ignis::gguf {

/// A subcommand that was added to a program, and what it does once its options
/// are parsed.
struct Command {
  CLI::App *app;
  std::function<Expected<void>()> run;
};

Command addInfo(CLI::App &program);
Command addCheck(CLI::App &program);
Command addQuantize(CLI::App &program);
Command addSplit(CLI::App &program);
Command addMerge(CLI::App &program);
Command addSynth(CLI::App &program);

} // namespace ignis::gguf

#endif // IGNIS_TOOLS_IGNIS_GGUF_COMMANDS_H
