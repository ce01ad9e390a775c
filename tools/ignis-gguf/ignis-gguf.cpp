//===- ignis-gguf.cpp - Looks into, makes and quantises GGUF files --------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Info.h"

#include "ignis/Model/CheckFinite.h"
#include "ignis/Model/Quantize.h"
#include "ignis/Model/Synthesize.h"
#include "ignis/Support/CommandLine.h"

using namespace ignis;

namespace {

struct InfoOptions {
  std::string path;
  bool tensors = false;
  bool json = false;
  bool check = false;
};

struct SynthOptions {
  std::string shape;
  std::string type = "q8_0";
  uint64_t seed = 0;
  std::optional<int64_t> context;
  std::string tokenizerPath;
  std::string outputPath;
  bool headerOnly = false;
};

struct QuantizeOptions {
  std::string inputPath;
  std::string outputPath;
};

} // namespace

static Expected<void> runInfo(const InfoOptions &options) {
  auto mode = options.check ? GGUFFile::Mode::Full : GGUFFile::Mode::Header;
  Expected<GGUFFile> file = GGUFFile::open(options.path, mode);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  if (options.check) {
    Expected<ModelDescription> model = ModelDescription::read(*file);
    if (!model)
      return tl::unexpected(std::move(model.error()));
    if (Expected<void> finite = checkFinite(*file); !finite)
      return finite;
  }
  std::string text = options.json ? describeFileAsJSON(*file)
                                  : describeFile(*file, options.tensors);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return flushOutput();
}

static Expected<void> runSynth(const SynthOptions &options) {
  std::optional<ModelConfig> config = options.shape == "random"
                                          ? makeRandomShape(options.seed)
                                          : parseShape(options.shape);
  if (!config)
    return makeError(ExitCode::Usage,
                     "--shape: expected 0.5b, 1.5b, 3b, 7b, random or seven "
                     "numbers "
                     "layers,width,feed-forward,heads,kv heads,vocabulary,tied "
                     "(0 or 1), found {}",
                     quoteForMessage(options.shape));
  if (std::string mistake = config->findMistake(); !mistake.empty())
    return makeError(ExitCode::Usage, "--shape: {}", mistake);
  if (options.context)
    config->context = *options.context;

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

  static const std::map<std::string, ignis_type> types = {
      {"q8_0", IGNIS_TYPE_Q8_0},
      {"f32", IGNIS_TYPE_F32},
      {"f16", IGNIS_TYPE_F16},
      {"bf16", IGNIS_TYPE_BF16}};
  return synthesize(*config, types.at(options.type), options.seed,
                    tokenizer ? &*tokenizer : nullptr, options.outputPath,
                    options.headerOnly);
}

int main(int argc, char **argv) {
  CLI::App app("Looks into GGUF files, makes models of random weights, and "
               "quantises models.",
               "ignis-gguf");
  app.set_version_flag("--version", "ignis-gguf " IGNIS_VERSION);
  app.require_subcommand(1);

  InfoOptions infoOptions;
  CLI::App *info = app.add_subcommand("info", "Says what a file holds");
  info->add_option("file", infoOptions.path, "A GGUF file")->required();
  info->add_flag("--tensors", infoOptions.tensors, "List every tensor");
  info->add_flag("--json", infoOptions.json, "As JSON");
  info->add_flag("--check", infoOptions.check,
                 "Fail unless the file is a model that ignis runs, and all its "
                 "weights are finite");

  SynthOptions synthOptions;
  CLI::App *synth =
      app.add_subcommand("synth", "Makes a model of random weights");
  synth
      ->add_option("--shape", synthOptions.shape,
                   "0.5b, 1.5b, 3b, 7b, layers,width,feed-forward,heads,"
                   "kv heads,vocabulary,tied (0 or 1), or random: a small one "
                   "that the seed decides on")
      ->required();
  synth->add_option("--type", synthOptions.type, "Of the matrices")
      ->check(CLI::IsMember({"q8_0", "f32", "f16", "bf16"}))
      ->capture_default_str();
  synth->add_option("--seed", synthOptions.seed, "Of the weights")
      ->capture_default_str();
  synth
      ->add_option("--context", synthOptions.context,
                   "Positions; default: 32768, or 256 of a random shape")
      ->check(CLI::Range(1, 1 << 24));
  synth->add_option("--tokenizer", synthOptions.tokenizerPath,
                    "A GGUF file to take the tokenizer from");
  synth->add_flag("--header-only", synthOptions.headerOnly,
                  "Leave the weights out: enough for ignis-translate");
  synth->add_option("-o,--output", synthOptions.outputPath, "The file to write")
      ->required();

  QuantizeOptions quantizeOptions;
  CLI::App *quantize =
      app.add_subcommand("quantize", "Writes a model's matrices as Q8_0");
  quantize->add_option("input", quantizeOptions.inputPath, "A GGUF file")
      ->required();
  quantize
      ->add_option("output", quantizeOptions.outputPath, "The file to write")
      ->required();

  if (auto code = parseCommandLine(app, {argv + 1, argv + argc}))
    return *code;
  Expected<void> done =
      info->parsed() ? runInfo(infoOptions)
      : synth->parsed()
          ? runSynth(synthOptions)
          : quantizeFile(quantizeOptions.inputPath, quantizeOptions.outputPath);
  return done ? 0 : reportError(app.get_name(), done.error());
}
