//===- ignis-run.cpp - Compiles a model and generates text with it --------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "VerifyPasses.h"
#include "VerifySchedule.h"

#include "ignis/Engine/ProgramProvider.h"
#include "ignis/Model/Bundled.h"
#include "ignis/Support/CommandLine.h"
#include "ignis/Terminal/LineEditor.h"

#include <llvm/Config/llvm-config.h>
#include <nlohmann/json.hpp>

using namespace ignis;

namespace {

/// Compiles in this process, or prints a stage of it.
class JustInTime : public ProgramProvider {
public:
  std::string description() const override {
    return "Compiles a Qwen model and generates text with it.";
  }

  std::string compiler() const override {
    return "LLVM " LLVM_VERSION_STRING;
  }

  void addOptions(CommandLine &app) override;

  Expected<TransportOpener *> transport() override { return loadTransport(); }

  Expected<GGUFFile> openOwnModel() override {
    return openBundledModel();
  }

  bool onlyPrints() const override { return emitted.has_value(); }

  bool needsPrompt() const override {
    return verifiesPasses || verifiesSchedule;
  }

  Expected<const ignis_program *> provide(const GGUFFile &file,
                                          const ModelDescription &model,
                                          const Options &options) override;

  std::unique_ptr<LineReader> makeLineReader(bool coloured) override {
    return makeLineEditor(coloured);
  }

  void addStats(nlohmann::ordered_json &stats) const override;

private:
  std::optional<Stage> emitted;
  Stage stopAfter = Stage::Object;
  std::string programPath;
  bool trustsProgram = false;
  bool verifiesPasses = false;
  bool verifiesSchedule = false;
  CLI::Option *cacheType = nullptr;
  std::optional<CompiledProgram> program;
};

} // namespace

void JustInTime::addOptions(CommandLine &app) {
  const std::vector<std::string> names(stageNames.begin(), stageNames.end());
  const std::string listed = fmt::format("{}", fmt::join(names, ", "));
  app.add_option_function<std::string>(
         "--emit",
         [this](const std::string &name) { emitted = findStage(name); },
         "Print the program as it stands after this stage, and end: " + listed)
      ->type_name("STAGE")
      ->check(oneOf(names))
      ->group("Compiler");
  app.add_option_function<std::string>(
         "--stop-after",
         [this](const std::string &name) { stopAfter = *findStage(name); },
         "Leave out the optimising passes after this stage: the result is the "
         "same")
      ->type_name("STAGE")
      ->check(oneOf(names))
      ->group("Compiler");
  cacheType = app.get_option("--cache-type");
  app.add_option("--program", programPath,
                 "Go on from this module, at any stage that --emit prints as "
                 "MLIR, instead of from the model's graph; -: standard input")
      ->type_name("FILE")
      ->check(findNoPath)
      ->group("Compiler");
  app.add_flag("--trust-program", trustsProgram,
               "Take --program in the LLVM dialect and as bytecode too, which "
               "cannot be checked: only one of your own")
      ->group("Compiler");
  app.add_flag("--verify-passes", verifiesPasses,
               "Run the prompt after each pass of the compiler, instead of "
               "going on from it, and fail unless all give the same bits")
      ->group("Compiler");
  app.add_flag("--verify-schedule-by-execution", verifiesSchedule,
               "Run the prompt thread after thread between barriers, in "
               "several orders, instead of going on from it, and fail unless "
               "all give the same bits")
      ->group("Compiler");

  constexpr std::string_view checks =
      "--verify-passes --verify-schedule-by-execution";
  constexpr std::string_view works =
      "--emit --verify-passes --verify-schedule-by-execution";
  constexpr std::string_view reason = "it generates nothing";
  app.rules.excludeEachOther(works, "a run does one of them");
  app.rules.exclude(works,
                    "--conversation --batch --perplexity --multiple-choice "
                    "--machine --dry-run --dump-logits --stats --logprobs "
                    "--prompt-cache",
                    reason);
  app.rules.exclude(checks, "--predict", reason);
  app.rules.exclude("--verify-passes", "--simulate-ranks",
                    "its stages are of one process");
  app.rules.require("--trust-program", "--program");
}

Expected<const ignis_program *>
JustInTime::provide(const GGUFFile &file, const ModelDescription &model,
                    const Options &options) {
  const ProgramSource source{&model, programPath, "", trustsProgram};
  CompileOptions compileOptions;
  compileOptions.stopAfter = stopAfter;
  compileOptions.cacheType = options.cacheType;
  compileOptions.maxTokens = options.executor.batch;
  compileOptions.distribute = options.isDistributed();
  compileOptions.isa = ignis_rt_kernels_name(options.executor.kernels);

  if (emitted) {
    Expected<std::string> text = emitStage(source, *emitted, compileOptions);
    if (!text)
      return tl::unexpected(std::move(text.error()));
    std::fwrite(text->data(), 1, text->size(), stdout);
    if (Expected<void> flushed = flushOutput(); !flushed)
      return tl::unexpected(std::move(flushed.error()));
    return nullptr;
  }

  if (verifiesPasses) {
    Expected<void> same = verifyPasses(file, source, compileOptions, options);
    if (!same)
      return tl::unexpected(std::move(same.error()));
    return nullptr;
  }

  Expected<CompiledProgram> compiled =
      CompiledProgram::compile(source, compileOptions);
  if (!compiled)
    return tl::unexpected(std::move(compiled.error()));
  program = std::move(*compiled);
  // Only a program from a file can have decided otherwise.
  if (!cacheType->empty() && program->get()->kv_type != options.cacheType)
    return makeError(ExitCode::Usage,
                     "--cache-type: {} was made for another type of keys and "
                     "values",
                     programPath);
  if (verifiesSchedule) {
    Expected<void> same = verifySchedule(file, model, *program->get(), options);
    if (!same)
      return tl::unexpected(std::move(same.error()));
    return nullptr;
  }
  return program->get();
}

void JustInTime::addStats(nlohmann::ordered_json &stats) const {
  const CompileTimes &times = program->times();
  stats["compile"] = {{"cached", times.cached},
                      {"mlir_seconds", times.mlir},
                      {"llvm_seconds", times.llvm},
                      {"link_seconds", times.link}};
}

int main(int argc, char **argv) {
  return runProgram("ignis-run", [&] {
    JustInTime provider;
    return runMain("ignis-run", {argv + 1, argv + argc}, provider);
  });
}
