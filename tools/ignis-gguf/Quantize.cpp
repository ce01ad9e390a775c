//===- Quantize.cpp - ignis-gguf quantize ---------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"

#include "ignis/Model/GGUF.h"
#include "ignis/Model/Quantize.h"
#include "ignis/Support/Progress.h"

#include <thread>

using namespace ignis;

namespace {

struct Options {
  std::string inputPath;
  std::string outputPath;
  std::string type = "q8_0";
  bool pure = false;
  int threads = 0; ///< 0: all there are
};

} // namespace

static Expected<void> runQuantize(const Options &options) {
  const Recipe *recipe = findRecipe(options.type);
  if (!recipe)
    return makeError(ExitCode::Usage, "type: expected one of {}, found {}",
                     listRecipes(), quoteForMessage(options.type));
  Progress progress;
  unsigned cpus = std::max(std::thread::hardware_concurrency(), 1u);
  return quantizeFile(options.inputPath, options.outputPath,
                      {.recipe = options.pure ? recipe->pure() : *recipe,
                       .threads = options.threads == 0 ? static_cast<int>(cpus)
                                                       : options.threads,
                       .progress = [&](uint64_t done, uint64_t total) {
                         progress.show(done, total);
                       }});
}

gguf::Command gguf::addQuantize(CLI::App &program) {
  auto options = std::make_shared<Options>();
  CLI::App *app = program.add_subcommand(
      "quantize", "Writes a model with its matrices in other types");
  app->add_option("-m,--model,input", options->inputPath,
                  "A GGUF file, the first of a split model, or of any type")
      ->type_name("FILE")
      ->required();
  app->add_option("-o,--output,output", options->outputPath,
                  "The file to write; it may be the input")
      ->type_name("FILE")
      ->required();
  app->add_option("type", options->type,
                  fmt::format("Of the matrices: {}", listRecipes()))
      ->type_name("TYPE")
      ->capture_default_str();
  app->add_flag("--pure", options->pure,
                "The one type for every matrix that it can hold, without what "
                "the recipe gives more bits");
  app->add_option("-t,--threads", options->threads,
                  "By default as many as there are CPUs")
      ->type_name("N")
      ->check(inRange(1, 1024));
  return {app, [options] { return runQuantize(*options); }};
}
