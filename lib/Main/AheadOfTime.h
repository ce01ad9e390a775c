//===- AheadOfTime.h - The program that was linked in --------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_MAIN_AHEADOFTIME_H
#define IGNIS_LIB_MAIN_AHEADOFTIME_H

#include "ignis/Engine/Package.h"
#include "ignis/Engine/ProgramProvider.h"
#include "ignis/Support/Program.h"

#include <nlohmann/json.hpp>

/// Written by ignis-compile.
extern "C" const ignis_package ignis_main_package;

/// Linked in where ignis-compile was asked for it.
extern "C" __attribute__((weak)) ignis_transport *
ignis_transport_open(const ignis_transport_options *, char *);

namespace ignis {

/// The program that was linked in.
class AheadOfTime : public ProgramProvider {
public:
  std::string description() const override {
    if (package.model)
      return "Generates text with the Qwen model inside, compiled ahead of time.";
    return fmt::format(
        "Generates text with a Qwen model compiled ahead of time from {}.",
        package.path);
  }

  void setDefaults(Options &options) override {
    options.executor.batch = package.max_tokens;
    options.cacheType = static_cast<ignis_type>(package.program->kv_type);
  }

  Expected<void> completeOptions() override { return checkCpu(package); }

  Expected<GGUFFile> openOwnModel() override {
    Expected<GGUFFile> file = ignis::openOwnModel(package);
    if (!file)
      file.error().message += "; -m names another";
    return file;
  }

  Expected<TransportOpener *> transport() override {
    if (ignis_transport_open)
      return ignis_transport_open;
    return makeError(ExitCode::Usage,
                     "started as one of several ranks: expected a program that "
                     "was made by ignis-compile --mpi");
  }

  Expected<const ignis_program *> provide(const GGUFFile &,
                                          const ModelDescription &,
                                          const Options &options) override {
    auto checked =
        checkLimits(package, options.executor.batch, options.cacheType);
    if (!checked)
      return tl::unexpected(std::move(checked.error()));
    return package.program;
  }

  void addStats(nlohmann::ordered_json &stats) const override {
    stats["compiled_for"] = package.cpu;
  }

private:
  const ignis_package &package = ignis_main_package;
};

/// The main of what was compiled ahead of time: `run` under the name that the
/// program was started by.
inline int runAheadOfTime(int argc, char **argv, decltype(runMain) *run) {
  std::string_view path = argc > 0 ? argv[0] : "ignis";
  std::string name(path.substr(path.rfind('/') + 1));
  return runProgram(name, [&] {
    AheadOfTime provider;
    return run(name, {argv + std::min(argc, 1), argv + argc}, provider);
  });
}

} // namespace ignis

#endif // IGNIS_LIB_MAIN_AHEADOFTIME_H
