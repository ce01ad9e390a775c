//===- Defaults.h - Defaults from files and the environment -----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// IGNIS_ARG_MODEL=x is --model x unless the command line says otherwise; so is
// a line "model = x" of a configuration file, unless the environment does.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_DEFAULTS_H
#define IGNIS_SUPPORT_DEFAULTS_H

#include "ignis/Support/Error.h"
#include "ignis/Support/OptionRules.h"

#include <CLI/CLI.hpp>

#include <string>
#include <vector>

namespace ignis {

struct DefaultValue {
  std::string source; ///< for messages: a variable, or a file and a line
  CLI::Option *option;
  std::vector<std::string> arguments;
};

/// Those for the options of a program without subcommands. Refuses names and
/// values of flags that make no sense, by file and line or variable.
Expected<std::vector<DefaultValue>> findDefaults(CLI::App &app);

/// Puts those before `arguments` that go with what is given there: neither is
/// the same option there nor one that excludes it, nor does one lack that it
/// requires.
void addDefaults(const CLI::App &app, const OptionRules &rules,
                 std::vector<DefaultValue> defaults,
                 std::vector<std::string> &arguments);

/// Where the option that a message names first has its value from, if that was
/// a default: " (IGNIS_ARG_TOP_P)".
std::string describeSource(const std::vector<DefaultValue> &defaults,
                           std::string_view message);

} // namespace ignis

#endif // IGNIS_SUPPORT_DEFAULTS_H
