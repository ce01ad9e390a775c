//===- Info.cpp - ignis-gguf info and check -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"
#include "Describe.h"

#include "ignis/Model/CheckFinite.h"
#include "ignis/Model/ModelDescription.h"
#include "ignis/Text/CheckText.h"

using namespace ignis;

namespace {

struct Options {
  std::string path;
  bool tensors = false;
  bool json = false;
  bool check = false;
};

} // namespace

/// Looks at everything a model is made of. All that is wrong goes to stderr but
/// the last, which is returned.
static Expected<void> checkModel(const GGUFFile &file) {
  Expected<void> last;
  auto look = [&](Expected<void> found) {
    if (found)
      return;
    if (!last)
      reportError("ignis-gguf", last.error());
    last = std::move(found);
  };
  Expected<ModelDescription> model = ModelDescription::read(file);
  look(model ? Expected<void>() : tl::unexpected(model.error()));
  look(checkFinite(file));
  if (model)
    look(checkText(file, model->config.vocab));
  return last;
}

static Expected<void> runInfo(const Options &options) {
  auto mode = options.check ? GGUFFile::Mode::Full : GGUFFile::Mode::Header;
  Expected<GGUFFile> file = GGUFFile::open(options.path, mode);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  if (options.check)
    if (Expected<void> good = checkModel(*file); !good)
      return good;
  std::string text = options.json ? describeFileAsJSON(*file)
                                  : describeFile(*file, options.tensors);
  std::fwrite(text.data(), 1, text.size(), stdout);
  return flushOutput();
}

gguf::Command gguf::addInfo(CLI::App &program) {
  auto options = std::make_shared<Options>();
  CLI::App *app = program.add_subcommand("info", "Says what a file holds");
  app->add_option("-m,--model,file", options->path, "A GGUF file")
      ->type_name("FILE")
      ->required();
  app->add_flag("--tensors", options->tensors, "List every tensor");
  app->add_flag("--json", options->json, "As JSON");
  app->add_flag("--check", options->check,
                "Check the file first, tokenizer and chat template "
                "included, as the command check does");
  return {app, [options] { return runInfo(*options); }};
}

static Expected<void> runCheck(const std::string &path) {
  Expected<GGUFFile> file = GGUFFile::open(path);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  if (Expected<void> good = checkModel(*file); !good)
    return good;
  print(stdout, "{}: a model that ignis runs{}\n", path,
        hasTokenizer(*file) ? "" : ", on tokens' ids: it has no tokenizer");
  return flushOutput();
}

gguf::Command gguf::addCheck(CLI::App &program) {
  auto path = std::make_shared<std::string>();
  CLI::App *app = program.add_subcommand(
      "check", "Fails unless a file is a model that runs, and says all that is "
               "wrong with it, tokenizer and chat template included");
  app->add_option("-m,--model,file", *path, "A GGUF file")
      ->type_name("FILE")
      ->required();
  return {app, [path] { return runCheck(*path); }};
}
