//===- JustInTime.h - Compiles models in this process --------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TOOLS_SERVER_JUSTINTIME_H
#define IGNIS_TOOLS_SERVER_JUSTINTIME_H

#include "ignis/Compiler/Compiler.h"
#include "ignis/Engine/ProgramProvider.h"
#include "ignis/Model/Bundled.h"

#include <deque>

namespace ignis {

/// Compiles in this process, any number of models.
class JustInTime : public ProgramProvider {
public:
  /// The command line says more.
  std::string description() const override { return "Serves Qwen models."; }

  Expected<GGUFFile> openOwnModel() override {
    return openBundledModel();
  }

  Expected<TransportOpener *> transport() override { return loadTransport(); }

  Expected<const ignis_program *> provide(const GGUFFile &,
                                          const ModelDescription &model,
                                          const Options &options) override {
    CompileOptions compileOptions;
    compileOptions.cacheType = options.cacheType;
    compileOptions.maxTokens = options.executor.batch;
    compileOptions.embeddings = options.embeddings;
    compileOptions.distribute = options.isDistributed();
    compileOptions.isa = ignis_rt_kernels_name(options.executor.kernels);
    Expected<CompiledProgram> compiled =
        CompiledProgram::compile({&model, "", ""}, compileOptions);
    if (!compiled)
      return tl::unexpected(std::move(compiled.error()));
    programs.push_back(std::move(*compiled));
    return programs.back().get();
  }

private:
  std::deque<CompiledProgram> programs;
};

} // namespace ignis

#endif // IGNIS_TOOLS_SERVER_JUSTINTIME_H
