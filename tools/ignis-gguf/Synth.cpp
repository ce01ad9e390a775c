//===- Synth.cpp - ignis-gguf synth ---------------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"

#include "ignis/Model/Synthesize.h"

using namespace ignis;

namespace {

struct Options {
  std::string shape;
  std::string type = "q8_0";
  bool pure = false;
  uint64_t seed = 0;
  std::optional<int64_t> context;
  std::string ropeScaling = "none";
  double ropeScale = 1;
  std::optional<int64_t> yarnContext;
  std::string tokenizerPath;
  std::string outputPath;
  bool headerOnly = false;
};

} // namespace

static Expected<void> runSynth(const Options &options) {
  std::optional<ModelConfig> config = options.shape == "random"
                                          ? makeRandomShape(options.seed)
                                          : parseShape(options.shape);
  if (!config)
    return makeError(ExitCode::Usage,
                     "--shape: expected {}, random or numbers "
                     "[architecture:]layers,width,feed-forward,heads,kv heads,"
                     "vocabulary,tied (0 or 1)[,elements a head], found {}",
                     fmt::join(listShapes(), ", "),
                     quoteForMessage(options.shape));
  if (std::string mistake = config->findMistake(); !mistake.empty())
    return makeError(ExitCode::Usage, "--shape: {}", mistake);
  if (options.context)
    config->context_length = *options.context;
  if (options.ropeScaling == "none" ? options.ropeScale != 1
                                    : options.ropeScale == 1)
    return makeError(ExitCode::Usage,
                     "--rope-scaling and --rope-scale: expected both or none");
  if (options.yarnContext && options.ropeScaling != "yarn")
    return makeError(ExitCode::Usage,
                     "--yarn-orig-ctx: expected --rope-scaling yarn with it");
  config->rope.factor = options.ropeScaling == "none" ? 1 : options.ropeScale;
  if (options.ropeScaling == "yarn") {
    config->rope.extrapolation = 1;
    config->rope.original_context = static_cast<double>(
        options.yarnContext.value_or(config->context_length));
  }

  const Recipe *recipe = findRecipe(options.type);
  if (!recipe)
    return makeError(ExitCode::Usage, "--type: expected one of {}, found {}",
                     listRecipes(), quoteForMessage(options.type));

  std::optional<GGUFFile> tokenizer;
  if (!options.tokenizerPath.empty()) {
    Expected<GGUFFile> file =
        GGUFFile::open(options.tokenizerPath, GGUFFile::Mode::Header);
    if (!file)
      return tl::unexpected(std::move(file.error()));
    Expected<std::vector<std::string_view>> tokens =
        file->strings("tokenizer.ggml.tokens");
    if (!tokens)
      return tl::unexpected(std::move(tokens.error()));
    if (tokens->size() > static_cast<uint64_t>(config->vocab))
      return makeError(ExitCode::Usage,
                       "--tokenizer: expected at most {} tokens, the shape's "
                       "vocabulary, found {} in {}",
                       config->vocab, tokens->size(), file->path());
    tokenizer = std::move(*file);
  }

  return synthesize(*config, options.pure ? recipe->pure() : *recipe,
                    options.seed, tokenizer ? &*tokenizer : nullptr,
                    options.outputPath, options.headerOnly);
}

gguf::Command gguf::addSynth(CLI::App &program) {
  auto options = std::make_shared<Options>();
  CLI::App *app =
      program.add_subcommand("synth", "Makes a model of random weights");
  app->add_option("--shape", options->shape,
                  fmt::format("{}, [architecture:]layers,width,feed-forward,"
                              "heads,kv heads,vocabulary,tied (0 or 1)"
                              "[,elements a head], or random: a small one that "
                              "the seed decides on",
                              fmt::join(listShapes(), ", ")))
      ->type_name("SHAPE")
      ->required();
  app->add_option("--type", options->type,
                  fmt::format("Of the matrices: {}", listRecipes()))
      ->type_name("TYPE")
      ->capture_default_str();
  app->add_flag("--pure", options->pure,
                "The one type for every matrix that it can hold");
  app->add_option("--seed", options->seed, "Of the weights")
      ->type_name("N")
      ->check(inRange(uint64_t{0}, std::numeric_limits<uint64_t>::max()))
      ->capture_default_str();
  app->add_option("--context", options->context,
                  "Positions; default: 32768, or 256 of a random shape")
      ->type_name("N")
      ->check(inRange(1, 1 << 24));
  app->add_option("--rope-scaling", options->ropeScaling,
                  "How the context is stretched: none (default), linear or "
                  "yarn")
      ->type_name("none|linear|yarn")
      ->check(oneOf({"none", "linear", "yarn"}));
  app->add_option("--rope-scale", options->ropeScale,
                  "By which factor it is; default: 1")
      ->type_name("X")
      ->check(inRange(1.0, 1048576.0));
  app->add_option("--yarn-orig-ctx", options->yarnContext,
                  "Positions before; default: those of --context")
      ->type_name("N")
      ->check(inRange(1, 1 << 24));
  app->add_option("--tokenizer", options->tokenizerPath,
                  "A GGUF file to take the tokenizer from")
      ->type_name("FILE");
  app->add_flag("--header-only", options->headerOnly,
                "Leave the weights out: enough for ignis-translate");
  app->add_option("-o,--output", options->outputPath, "The file to write")
      ->type_name("FILE")
      ->required();
  return {app, [options] { return runSynth(*options); }};
}
