//===- Runner.cpp - A whole run, from arguments to exit code --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Batch.h"
#include "Conversation.h"
#include "Perplexity.h"

#include "ignis/Engine/Breakers.h"
#include "ignis/Engine/KernelChoice.h"
#include "ignis/Engine/ProgramProvider.h"
#include "ignis/Support/Signals.h"
#include "ignis/Support/Take.h"
#include "ignis/Text/CheckText.h"

#include <nlohmann/json.hpp>

#include <future>
#include <random>

using namespace ignis;

namespace {

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
    if (auto done = prepare(); !done)
      return done;
    if (auto done = takeProgram(); !done || !program)
      return done;
    if (auto done = loadModel(); !done || options.dryRun)
      return done;
    if (auto done = startExecutor(); !done)
      return done;
    Expected<void> done = work();
    Expected<void> reported = reportStats(); // of an interrupted run too
    return done ? reported : done;
  }

private:
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
  Expected<void> startExecutor();
  Expected<void> work();
  Expected<void> generateOnce(Generator &generator);
  Expected<void> printPerplexity();
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
  std::optional<OutputFile> logitFile, statsFile;
  const ignis_program *program = nullptr;
  std::unique_ptr<Model> model;
  std::unique_ptr<Executor> executor;
  uint64_t seed = 0;
  /// The last member: a run that ends early waits for it first.
  std::future<Expected<const ignis_program *>> compiling;
};

} // namespace

Expected<void> Run::chooseKernels() {
  Expected<const ignis_kernels *> found = findKernels(options.isa);
  if (!found)
    return tl::unexpected(std::move(found.error()));
  options.executor.kernels = *found;
  return {};
}

Expected<void> Run::openModel() {
  Stopwatch watch;
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
    print(stderr, "{}: the model's own sampling: {}\n", name, *taken);
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
    structure.emplace(options.structure, *tokenizer,
                      description->config.vocab);
  }
  auto found = Breakers(tokenizer ? &*tokenizer : nullptr,
                        description->config.vocab)
                   .find(options.sampling);
  if (!found)
    return tl::unexpected(std::move(found.error()));
  breakers = std::move(*found);
  return openOutputs();
}

/// A prompt of ids needs none, and printing a stage neither: what is wrong with
/// it then only means that tokens are written as ids.
Expected<void> Run::loadTokenizer() {
  bool isNeeded = options.ids.empty() && options.batchPath.empty();
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
    return checkBatchFile(options.batchPath);
  }
  if (options.ids.empty()) {
    if (!options.prompt || options.prompt->empty())
      return makeError(ExitCode::Usage,
                       "the prompt is empty: expected text with -p or -f, or "
                       "tokens with --ids{}",
                       file->find("tokenizer.chat_template")
                           ? ", or -cnv to talk with this chat model"
                           : "");
    // A text to be measured is text throughout, as in llama.cpp.
    options.ids = tokenizer->encode(
        *options.prompt,
        options.perplexity ? SpecialTokens::AsText : SpecialTokens::Recognised);
    if (!options.perplexity)
      tokenizer->prependBegin(options.ids);
  }
  return options.perplexity ? Expected<void>() : checkPromptFits();
}

Expected<void> Run::loadChatTemplate() {
  auto loaded =
      take(options.chatTemplate ? ChatTemplate::parse(*options.chatTemplate,
                                                      options.chatTemplatePath)
                                : ChatTemplate::load(*file),
           chat);
  if (loaded)
    chat->setSpecialTokens(*file, tokenizer->vocabulary());
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
  for (const std::string &path : {options.logitsPath, options.statsPath})
    if (auto checked = checkLeavesModel(path, file->path()); !checked)
      return checked;
  if (auto done = openOutput(options.logitsPath, logitFile); !done)
    return done;
  return openOutput(options.statsPath, statsFile);
}

//===----------------------------------------------------------------------===//
// The program at work
//===----------------------------------------------------------------------===//

/// States what memory the run takes before it takes it.
Expected<void> Run::loadModel() {
  Stopwatch watch;
  bool isGiven = options.executor.context > 0;
  options.executor.context = options.perplexity ? getWindow() : getContext();
  if (!options.batchPath.empty()) {
    constexpr int64_t usual = 4096; // each of many texts is no book
    if (!isGiven)
      options.executor.context = std::min(usual, options.executor.context);
    options.executor.positions = options.executor.context * options.parallel;
  }
  Expected<std::unique_ptr<Model>> loaded =
      Model::create(*file, *description, *program);
  if (!loaded)
    return tl::unexpected(std::move(loaded.error()));
  model = std::move(*loaded);
  MemoryNeed need = MemoryNeed::of(*model, options.executor);
  if (options.mostMemory > 0 && need.sum() > options.mostMemory)
    return makeError(ExitCode::Usage,
                     "--max-memory: expected {} bytes or more, found {}: {} of "
                     "weights, {} of the cache (-c), {} of batches (-b)",
                     need.sum(), options.mostMemory, need.weights,
                     need.cache + need.rope, need.arena + need.scratch);
  stats.setupSeconds = watch.seconds();
  if (!options.dryRun)
    return {};
  print(stdout,
        "weights {}\ncache {}\nrope {}\narena {}\nscratch {}\nmemory {}\n",
        need.weights, need.cache, need.rope, need.arena, need.scratch,
        need.sum());
  return flushOutput();
}

Expected<void> Run::startExecutor() {
  Stopwatch watch;
  Expected<std::unique_ptr<Executor>> created =
      Executor::create(*model, options.executor);
  if (!created)
    return tl::unexpected(std::move(created.error()));
  executor = std::move(*created);
  bool needsLogits = options.perplexity || !options.logitsPath.empty() ||
                     options.ignoreEnd || options.structure ||
                     options.logprobs ||
                     !options.sampling.isGreedy();
  if (needsLogits && !model->givesLogits())
    return makeError(ExitCode::Usage,
                     "the program gives the likeliest token and no logits: "
                     "expected --temp 0, without penalties, --logit-bias, "
                     "--ignore-eos, --dump-logits, --logprobs, --perplexity "
                     "and a grammar");
  executor->setStopFlag(interrupted);
  stats.setupSeconds += watch.seconds();

  seed = options.seed ? *options.seed : std::random_device()();
  print(stderr, "{}: {} kernels, {} threads, seed {}\n", name, executor->isa(),
        executor->threads(), seed);
  if (int64_t reach = description->config.reach(); executor->context() > reach)
    print(stderr,
          "{}: the context has {} positions, but the model is made for {}\n",
          name, executor->context(), reach);
  return {};
}

Expected<void> Run::work() {
  if (options.perplexity)
    return printPerplexity();
  if (!options.batchPath.empty())
    return answerBatch();
  Generator generator(options, seed, tokenizer ? &*tokenizer : nullptr,
                      structure ? &*structure : nullptr, *executor,
                      logitFile ? &*logitFile : nullptr, stats);
  generator.sampler().setBreakers(breakers);
  Expected<void> done =
      chat
          ? Conversation(options, *chat, *tokenizer, generator).run(interrupted)
          : generateOnce(generator);
  // An interrupted line is ended as well.
  if (auto finished = generator.output().finish(); done && !finished)
    return tl::unexpected(std::move(finished.error()));
  // The rows of an interrupted run are whole, and kept.
  bool isWhole = done || done.error().code == ExitCode::Interrupted;
  if (isWhole)
    if (auto unchanged = file->checkUnchanged(); !unchanged)
      return unchanged;
  if (isWhole && logitFile)
    if (auto finished = logitFile->finish(); !finished)
      return finished;
  return done;
}

Expected<void> Run::generateOnce(Generator &generator) {
  if (options.displayPrompt && !options.logprobs)
    if (auto written = generator.output().write(options.ids); !written)
      return tl::unexpected(std::move(written.error()));
  return generator.generate(options.ids);
}

Expected<void> Run::printPerplexity() {
  Expected<Perplexity> perplexity = computePerplexity(
      *executor, options.ids, getWindow(), tokenizer->beginToken());
  if (!perplexity)
    return tl::unexpected(std::move(perplexity.error()));
  print(stdout, "perplexity = {:.4f} over {} tokens\n", perplexity->value,
        perplexity->tokens);
  return flushOutput();
}

Expected<void> Run::answerBatch() {
  int64_t context =
      std::min(executor->context(),
               executor->pageCounts().pages * int64_t{IGNIS_PAGE_POSITIONS});
  BatchReader reader{options,
                     seed,
                     tokenizer ? &*tokenizer : nullptr,
                     chat ? &*chat : nullptr,
                     model->vocab(),
                     context};
  return runBatch(reader, *executor, interrupted, stats);
}

Expected<void> Run::reportStats() {
  if (options.verbose)
    print(stderr, "{}", stats.summary());
  if (!statsFile)
    return {};
  nlohmann::ordered_json json = stats.toJSON(*executor);
  json["model"] = file->path();
  json["seed"] = seed;
  provider.addStats(json);
  std::string text =
      json.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
  if (auto written = statsFile->write(text); !written)
    return written;
  return statsFile->finish();
}

int ignis::runMain(const std::string &name, std::vector<std::string> arguments,
                   ProgramProvider &provider) {
  Options options;
  provider.setDefaults(options);
  CommandLine app(provider.description(), name);
  addOptions(app, options);
  provider.addOptions(app);
  if (auto code = app.parseArguments(std::move(arguments)))
    return *code;

  Expected<void> done = provider.completeOptions();
  if (done)
    done = completeOptions(options);
  if (done)
    done = Run(name, options, provider).perform();
  return done ? static_cast<int>(ExitCode::Success)
              : reportError(name, done.error());
}
