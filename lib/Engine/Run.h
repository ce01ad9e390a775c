//===- Run.h - The steps of a run -------------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_RUN_H
#define IGNIS_LIB_ENGINE_RUN_H

#include "Generator.h"
#include "Windows.h"

#include "ignis/Engine/ProgramProvider.h"
#include "ignis/Engine/SimulatedRanks.h"
#include "ignis/Support/InputFile.h"
#include "ignis/Support/Progress.h"
#include "ignis/Support/Signals.h"
#include "ignis/Text/ChatTemplate.h"

#include <future>

namespace ignis {

/// The steps of a run, in the order of its members.
class Run {
public:
  Run(const std::string &name, const Options &options,
      ProgramProvider &provider)
      : name(name), options(options), provider(provider),
        interrupted(catchSignals()) {}

  Expected<void> perform() {
    if (auto done = chooseKernels(); !done)
      return done;
    if (auto done = openModel(); !done)
      return done;
    startCompiling();
    if (auto done = computesForFirst() ? Expected<void>() : prepare(); !done)
      return done;
    if (auto done = takeProgram(); !done || !program)
      return done;
    if (auto done = loadModel(); !done || options.dryRun)
      return done;
    if (computesForFirst())
      return ignis::computeForFirst(*model, options.executor);
    if (auto done = startExecutor(); !done)
      return done;
    Expected<void> done = work();
    Expected<void> reported = reportStats(); // of an interrupted run too
    return done ? reported : done;
  }

private:
  /// Whether rank 0 of a group has the prompt, and what this is about.
  bool computesForFirst() const {
    return options.executor.group && options.executor.group->rank > 0;
  }
  /// One line on stderr, unless it is to be quiet.
  template <typename... Args>
  void say(fmt::format_string<Args...> format, Args &&...args) const {
    if (!options.quiet)
      print(stderr, "{}: {}\n", name,
            fmt::format(format, std::forward<Args>(args)...));
  }
  /// Of what may take long; shows nothing if it is to be quiet.
  Progress beginProgress() const { return Progress(!options.quiet); }
  Expected<void> chooseKernels();
  Expected<void> openModel();
  Expected<void> completeSampling();
  void startCompiling();
  Expected<const ignis_program *> compile();
  Expected<void> takeProgram();
  Expected<void> prepare();
  Expected<void> loadTokenizer();
  Expected<void> preparePrompt();
  Expected<void> loadChatTemplate();
  Expected<void> checkPromptFits() const;
  Expected<void> openOutputs();
  Expected<void> loadModel();
  Expected<void> printRanks();
  Expected<void> startExecutor();
  Expected<void> work();
  Expected<void> talk(Generator &generator);
  Expected<void> generateOnce(Generator &generator);
  Expected<std::optional<std::string>> loadText(Generator &generator);
  Expected<void> saveText(Generator &generator, std::string note,
                          Expected<void> done);
  std::string describeMissingPrompt() const;
  Expected<void> measure();
  Expected<void> printPerplexity(const Windows &windows);
  Expected<void> printDivergence(const Windows &windows);
  Expected<void> printChoices();
  Expected<void> answerBatch();
  Expected<void> reportStats();
  int64_t getContext() const;
  /// Of perplexity.
  int64_t getWindow() const;

  const std::string &name;
  Options options; ///< once prepared, a prompt stands in `ids`
  ProgramProvider &provider;
  const std::atomic<bool> &interrupted;
  RunStats stats;
  std::optional<GGUFFile> file;
  std::optional<ModelDescription> description;
  std::optional<Tokenizer> tokenizer;
  std::optional<ChatTemplate> chat;
  std::optional<Structure> structure;
  std::shared_ptr<const TokenSet> breakers;
  std::optional<InputFile> batchFile;
  std::optional<OutputFile> logitFile, statsFile;
  const ignis_program *program = nullptr;
  std::unique_ptr<Model> model;
  std::unique_ptr<SimulatedRanks> ranks;
  std::unique_ptr<Executor> executor;
  uint64_t seed = 0;
  /// The last member: a run that ends early waits for it first.
  std::future<Expected<const ignis_program *>> compiling;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_RUN_H
