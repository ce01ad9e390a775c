//===- ignis-server.cpp - Compiles models and serves them -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Compiler.h"
#include "ignis/Model/Bundled.h"
#include "ignis/Server/Server.h"
#include "ignis/Support/Program.h"

#include <deque>

using namespace ignis;

namespace {

/// Compiles in this process, any number of models.
class JustInTime : public ProgramProvider {
public:
  std::string description() const override { return "Serves Qwen models."; }

  Expected<GGUFFile> openOwnModel() override {
    return GGUFFile::fromBytes(getBundledModel(), "the bundled model");
  }

  Expected<const ignis_program *> provide(const GGUFFile &,
                                          const ModelDescription &model,
                                          const Options &options) override {
    CompileOptions compileOptions;
    compileOptions.cacheType = options.cacheType;
    compileOptions.maxTokens = options.executor.batch;
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

} // namespace

int main(int argc, char **argv) {
  return runProgram("ignis-server", [&] {
    JustInTime provider;
    return runServer("ignis-server", {argv + 1, argv + argc}, provider);
  });
}
