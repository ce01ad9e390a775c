//===- ProgramProvider.h - Where the compiled program is from --*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_PROGRAMPROVIDER_H
#define IGNIS_ENGINE_PROGRAMPROVIDER_H

#include "ignis/Engine/Group.h"
#include "ignis/Engine/Options.h"
#include "ignis/Model/ModelDescription.h"
#include "ignis/Support/LineReader.h"

#include <nlohmann/json_fwd.hpp>

#include <string>

namespace ignis {

/// What differs between ignis-run, which compiles the program, and an
/// ahead-of-time executable, which was linked with it.
class ProgramProvider {
public:
  virtual ~ProgramProvider() = default;

  /// One line for --help.
  virtual std::string description() const = 0;

  /// What compiles, for --version.
  virtual std::string compiler() const { return "none: ahead of time"; }

  /// Where a default is not the usual one.
  virtual void setDefaults(Options &options) {}

  /// Options of its own.
  virtual void addOptions(CommandLine &app) {}

  /// After parsing: refuses what does not go together.
  virtual Expected<void> completeOptions() { return {}; }

  /// What is run where -m is absent.
  virtual Expected<GGUFFile> openOwnModel() = 0;

  /// Whether it was asked to print a stage and nothing else: `provide` is then
  /// called without a prompt, and returns null.
  virtual bool onlyPrints() const { return false; }

  /// Whether `provide` wants the prompt in `options.ids`.
  virtual bool needsPrompt() const { return false; }

  /// A program for `model`, which lives as long as the provider; null if all
  /// that was asked for is done. `options` tell the kernels. Called on a thread
  /// of its own, beside which the prompt is put into `options.ids`, unless it
  /// needs the prompt: then after that.
  virtual Expected<const ignis_program *> provide(const GGUFFile &file,
                                                  const ModelDescription &model,
                                                  const Options &options) = 0;

  /// What a process that is one of several ranks joins the others by.
  virtual Expected<TransportOpener *> transport() {
    return makeError(ExitCode::Usage, "expected to be started alone, found "
                                      "several ranks");
  }

  /// What a conversation reads.
  virtual std::unique_ptr<LineReader> makeLineReader(bool coloured) {
    return makePlainReader();
  }

  /// Adds what it can tell about compiling to --stats.
  virtual void addStats(nlohmann::ordered_json &stats) const {}
};

/// A whole run, from the arguments (without the program's name) to the exit
/// code.
int runMain(const std::string &program, std::vector<std::string> arguments,
            ProgramProvider &provider);

} // namespace ignis

#endif // IGNIS_ENGINE_PROGRAMPROVIDER_H
