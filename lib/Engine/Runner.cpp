//===- Runner.cpp - A whole run, from arguments to exit code --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Run.h"

#include "ignis/Engine/Breakers.h"
#include "ignis/Engine/KernelChoice.h"
#include "ignis/Engine/Machine.h"
#include "ignis/Support/Take.h"
#include "ignis/Text/CheckText.h"

#include "Batch.h"

#include <filesystem>

using namespace ignis;

Expected<void> Run::chooseKernels() {
  Expected<const ignis_kernels *> found = findKernels(options.isa);
  if (!found)
    return tl::unexpected(std::move(found.error()));
  options.executor.kernels = *found;
  return {};
}

Expected<void> Run::openModel() {
  Stopwatch watch;
  Progress progress = beginProgress();
  progress.show("loading");
  Expected<GGUFFile> opened = options.modelPath.empty()
                                  ? provider.openOwnModel()
                                  : GGUFFile::open(options.modelPath);
  if (auto done = take(std::move(opened), file); !done)
    return done;
  if (auto done = take(ModelDescription::read(*file), description); !done)
    return done;
  stats.loadSeconds = watch.seconds();
  return completeSampling();
}

/// What nobody gave, the file may say.
Expected<void> Run::completeSampling() {
  Expected<std::string> taken =
      applyFileSampling(*file, options.sampling, options.givenSampling);
  if (!taken)
    return tl::unexpected(std::move(taken.error()));
  if (!taken->empty() && !provider.onlyPrints())
    say("the model's own sampling: {}", *taken);
  return checkSampling(options.sampling, description->config.vocab);
}

//===----------------------------------------------------------------------===//
// The program, made while the rest is prepared
//===----------------------------------------------------------------------===//

void Run::startCompiling() {
  // What prints must wait: nothing is printed before a refusal.
  bool waits = provider.onlyPrints() || provider.needsPrompt();
  auto policy = waits ? std::launch::deferred : std::launch::async;
  try {
    compiling = std::async(policy, [this] { return compile(); });
  } catch (const std::system_error &) { // no thread more: then one by one
    compiling = std::async(std::launch::deferred, [this] { return compile(); });
  }
}

/// Shares with the rest of the run what neither of them changes.
Expected<const ignis_program *> Run::compile() {
  Stopwatch watch;
  int64_t peakBefore = getPeakMemory();
  auto provided = provider.provide(*file, *description, options);
  stats.compileSeconds = watch.seconds();
  stats.compileMemory = getPeakMemory() - peakBefore;
  return provided;
}

Expected<void> Run::takeProgram() {
  Progress progress = beginProgress();
  Stopwatch watch;
  using namespace std::chrono_literals;
  while (compiling.wait_for(100ms) == std::future_status::timeout)
    progress.show(fmt::format("compiling, {:.1f} s", watch.seconds()));
  Expected<const ignis_program *> provided = compiling.get();
  if (!provided)
    return tl::unexpected(std::move(provided.error()));
  program = *provided;
  // Of a compiler little is needed from here on.
  ignis_rt_release_libraries();
  return {};
}

//===----------------------------------------------------------------------===//
// What a run begins with: the prompt and the files it writes
//===----------------------------------------------------------------------===//

/// What can be refused is refused whatever becomes of the program.
Expected<void> Run::prepare() {
  if (auto done = loadTokenizer();
      !done || provider.onlyPrints() || options.dryRun)
    return done;
  if (auto done = preparePrompt(); !done)
    return done;
  if (options.structure) {
    if (!tokenizer)
      return makeError(ExitCode::Usage,
                       "a grammar is about text: expected a model with a "
                       "tokenizer");
    structure.emplace(options.structure,
                      makeTokenTrie(*tokenizer, description->config.vocab),
                      *tokenizer);
  }
  auto found = Breakers(tokenizer ? &*tokenizer : nullptr,
                        description->config.vocab)
                   .find(options.sampling);
  if (!found)
    return tl::unexpected(std::move(found.error()));
  breakers = std::move(*found);
  return openOutputs();
}

/// A prompt of ids needs none, and saying what a run would need neither, nor
/// printing a stage: what is wrong with it then only means that tokens are
/// written as ids.
Expected<void> Run::loadTokenizer() {
  bool isNeeded = !options.dryRun &&
                  (!options.reversePrompts.empty() ||
                   (options.ids.empty() && options.batchPath.empty()));
  if (provider.onlyPrints() || (!isNeeded && !hasTokenizer(*file)))
    return {};
  Stopwatch watch;
  auto loaded =
      take(ignis::loadTokenizer(*file, description->config.vocab), tokenizer);
  stats.loadSeconds += watch.seconds();
  if (loaded || isNeeded)
    return loaded;
  print(stderr, "{}: tokens are written as ids: {}\n", name,
        loaded.error().message);
  return {};
}

int64_t Run::getContext() const {
  return options.executor.context > 0 ? options.executor.context
                                      : description->config.context_length;
}

int64_t Run::getWindow() const {
  constexpr int64_t usual = 512;
  return options.executor.context > 0
             ? options.executor.context
             : std::min(usual, description->config.context_length);
}

Expected<void> Run::preparePrompt() {
  if (options.conversation)
    return loadChatTemplate();
  if (!options.batchPath.empty()) {
    // Requests with messages are refused one by one if there is none.
    if (tokenizer)
      (void)loadChatTemplate();
    return take(InputFile::open(options.batchPath), batchFile);
  }
  if (!options.multipleChoicePath.empty())
    return {};
  if (options.ids.empty()) {
    if (!options.prompt || options.prompt->empty()) {
      if (options.hasSavedText() && !options.perplexity)
        return {};
      return makeError(ExitCode::Usage, "{}", describeMissingPrompt());
    }
    // A text to be measured is text throughout, as in llama.cpp.
    options.ids = tokenizer->encode(
        *options.prompt,
        options.perplexity ? SpecialTokens::AsText : SpecialTokens::Recognised);
    if (!options.perplexity)
      tokenizer->prependBegin(options.ids);
  }
  return options.perplexity ? Expected<void>() : checkPromptFits();
}

std::string Run::describeMissingPrompt() const {
  return fmt::format("the prompt is empty: expected text with -p or -f, or "
                     "tokens with --ids{}",
                     file->find("tokenizer.chat_template")
                         ? ", or -cnv to talk with this chat model"
                         : "");
}

Expected<void> Run::loadChatTemplate() {
  auto loaded =
      take(options.chatTemplate ? ChatTemplate::parse(*options.chatTemplate,
                                                      options.chatTemplatePath)
                                : ChatTemplate::load(*file),
           chat);
  if (loaded)
    chat->setSpecialTokens(*file, tokenizer->vocabulary());
  else if (!options.chatTemplate && !ChatTemplate::isIn(*file))
    loaded.error().message += "; --chat-template gives one, and a prompt "
                              "without one (-p, no -cnv) works";
  return loaded;
}

Expected<void> Run::checkPromptFits() const {
  if (auto checked = checkTokens(options.ids, description->config.vocab);
      !checked)
    return checked;
  if (static_cast<int64_t>(options.ids.size()) <= getContext())
    return {};
  return makeError(ExitCode::Usage,
                   "the prompt has {} tokens, the context only {} positions "
                   "(-c sets them)",
                   options.ids.size(), getContext());
}

static Expected<void> openOutput(const std::string &path,
                                 std::optional<OutputFile> &file) {
  return path.empty() ? Expected<void>() : take(OutputFile::create(path), file);
}

Expected<void> Run::openOutputs() {
  const std::string written[] = {
      options.logitsPath, options.statsPath, options.promptCachePath,
      options.klDivergence ? std::string() : options.klBasePath};
  if (auto checked = checkOutputs(written, *file); !checked)
    return checked;
  std::error_code none;
  if (!options.promptCacheReadOnly &&
      std::filesystem::is_fifo(options.promptCachePath, none))
    return makeError(ExitCode::Usage,
                     "--prompt-cache: {}: expected a file that is read and "
                     "then written, found a pipe (--prompt-cache-ro reads one)",
                     options.promptCachePath);
  if (!options.promptCachePath.empty() && !options.promptCacheReadOnly)
    // What cannot be written is refused before there is something to write.
    if (auto tried = OutputFile::create(options.promptCachePath); !tried)
      return tl::unexpected(std::move(tried.error()));
  if (auto done = openOutput(options.logitsPath, logitFile); !done)
    return done;
  return openOutput(options.statsPath, statsFile);
}

int ignis::runMain(const std::string &program,
                   std::vector<std::string> arguments,
                   ProgramProvider &provider) {
  const Launch launch = Launch::ofProcess();
  const std::string name = launch.introduce(program);
  Options options;
  provider.setDefaults(options);
  CommandLine app(provider.description(), program);
  app.setVersion([&] { return describeVersion(program, provider.compiler()); });
  addOptions(app, options);
  provider.addOptions(app);
  if (auto code = app.parseArguments(std::move(arguments)))
    return *code;
  if (options.machine) {
    std::vector<std::string> models;
    if (!options.modelPath.empty())
      models.push_back(options.modelPath);
    print(stdout, "{}", reportMachine(models));
    Expected<void> flushed = flushOutput();
    return flushed ? 0 : reportError(name, flushed.error());
  }

  Expected<void> done = provider.completeOptions();
  if (done)
    done = completeOptions(options);
  if (done && launch.ranks > 1 && options.simulatedRanks > 0)
    done = makeError(ExitCode::Usage,
                     "--simulate-ranks: expected one process, which plays them "
                     "all, found {} ranks that were started (mpirun)",
                     launch.ranks);
  // What takes no computing rank 0 does alone.
  bool isAlone =
      provider.onlyPrints() || provider.needsPrompt() || options.dryRun;
  auto run = [&] { return Run(name, options, provider).perform(); };
  auto runRank = [&](const ignis_group &group) {
    options.executor.group = &group;
    options.quiet |= group.rank > 0;
    return run();
  };
  if (done && launch.ranks > 1 && !isAlone)
    done = runAsRank(provider.transport(), options.executor.threads,
                     options.rankTimeout, runRank);
  else if (done && launch.rank == 0)
    done = run();
  return done ? static_cast<int>(ExitCode::Success)
              : reportError(name, done.error());
}
