//===- RunWork.cpp - A program at work ------------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Batch.h"
#include "Conversation.h"
#include "Divergence.h"
#include "MultipleChoice.h"
#include "Perplexity.h"
#include "Run.h"

#include "ignis/Engine/MemoryLimit.h"
#include "ignis/Support/CommandLine.h"

#include <nlohmann/json.hpp>

#include <limits>
#include <random>

using namespace ignis;

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
  Rank rank = options.simulatedRanks > 0 ? Rank{0, options.simulatedRanks}
                                         : Rank::of(options.executor.group);
  if (!rank.isAlone() && !options.promptCachePath.empty())
    return makeError(ExitCode::Usage,
                     "--prompt-cache: keys and values are with {} ranks: "
                     "expected one",
                     rank.count);
  Expected<std::unique_ptr<Model>> loaded =
      Model::create(*file, *description, *program, rank);
  if (!loaded)
    return tl::unexpected(std::move(loaded.error()));
  model = std::move(*loaded);
  MemoryNeed need = MemoryNeed::of(*model, options.executor);
  if (auto checked = checkMemoryLimit(need, options.mostMemory); !checked)
    return checked;
  stats.setupSeconds = watch.seconds();
  if (!options.dryRun)
    return {};
  if (options.ranks > 0)
    return printRanks();
  print(stdout,
        "weights {}\ncache {}\nrope {}\narena {}\nscratch {}\nmemory {}\n",
        need.weights, need.cache, need.rope, need.arena, need.scratch,
        need.sum());
  return flushOutput();
}

/// What each of several machines needs, and what they exchange for a token.
Expected<void> Run::printRanks() {
  print(stdout, "rank weights cache rope arena scratch memory\n");
  for (int64_t number = 0; number != options.ranks; ++number) {
    auto ranked = Model::create(*file, *description, *program,
                                Rank{number, options.ranks});
    if (!ranked)
      return tl::unexpected(std::move(ranked.error()));
    MemoryNeed need = MemoryNeed::of(**ranked, options.executor);
    print(stdout, "{} {} {} {} {} {} {}\n", number, need.weights, need.cache,
          need.rope, need.arena, need.scratch, need.sum());
  }
  const ignis_entry &entry = model->single();
  print(stdout, "gathers {}\ngathered {}\n", entry.gathers,
        entry.gather_bytes_per_token + entry.gather_bytes_per_output);
  return flushOutput();
}

Expected<void> Run::startExecutor() {
  Stopwatch watch;
  Progress progress = beginProgress();
  progress.show(options.executor.pack == PackPolicy::Always
                    ? "packing weights"
                    : "making room for keys and values");
  // Of a file's lines there may be any number.
  options.executor.expected = options.predict < 0 || !options.batchPath.empty()
                                  ? std::numeric_limits<int64_t>::max()
                                  : options.predict;
  if (options.simulatedRanks > 0) {
    auto simulated =
        SimulatedRanks::create(*file, *description, *program, options.executor,
                               options.simulatedRanks);
    if (!simulated)
      return tl::unexpected(std::move(simulated.error()));
    ranks = std::move(*simulated);
    options.executor.group = ranks->group();
  }
  if (options.executor.group && options.simulatedRanks == 0)
    if (auto agreed = agreeWithRanks(*model, options.executor); !agreed)
      return agreed;
  Expected<std::unique_ptr<Executor>> created =
      Executor::create(*model, options.executor);
  if (!created)
    return tl::unexpected(std::move(created.error()));
  executor = std::move(*created);
  bool needsLogits = options.measures() || !options.logitsPath.empty() ||
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
  progress.show("");
  say("{} kernels, {} thread{}{}", executor->isa(), executor->threads(),
      executor->threads() == 1 ? "" : "s",
      options.measures() ? "" : fmt::format(", seed {}", seed));
  if (int64_t reach = description->config.reach(); executor->context() > reach)
    say("the context has {} positions, but the model is made for {}",
        executor->context(), reach);
  return {};
}

Expected<void> Run::work() {
  if (options.measures())
    return file->explain(measure());
  if (!options.batchPath.empty())
    return file->explain(answerBatch());
  Generator generator(options, seed, tokenizer ? &*tokenizer : nullptr,
                      structure ? &*structure : nullptr, *executor,
                      logitFile ? &*logitFile : nullptr, stats);
  generator.sampler().setBreakers(breakers);
  Expected<void> done = chat ? talk(generator) : generateOnce(generator);
  // An interrupted line is ended as well.
  if (auto finished = generator.output().finish(); done && !finished)
    return finished;
  // The rows of an interrupted run are whole, and kept.
  done = file->explain(std::move(done));
  bool isWhole = done || done.error().code == ExitCode::Interrupted;
  if (isWhole && logitFile)
    if (auto finished = logitFile->finish(); !finished)
      return finished;
  return done;
}

/// The note that a saved text came with; none if there was no such text.
Expected<std::optional<std::string>> Run::loadText(Generator &generator) {
  if (!options.hasSavedText())
    return std::nullopt;
  auto note = generator.text().load(options.promptCachePath,
                                    /*takesSampler=*/!options.seed);
  if (!note)
    return tl::unexpected(std::move(note.error()));
  return std::move(*note);
}

/// Of a run that was interrupted, too.
Expected<void> Run::saveText(Generator &generator, std::string note,
                             Expected<void> done) {
  bool isWhole = done || done.error().code == ExitCode::Interrupted;
  if (!isWhole || options.promptCachePath.empty() ||
      options.promptCacheReadOnly)
    return done;
  auto saved =
      generator.text().save(options.promptCachePath, std::move(note));
  return saved ? done : saved;
}

Expected<void> Run::talk(Generator &generator) {
  std::unique_ptr<LineReader> reader =
      provider.makeLineReader(isColoured(options));
  Conversation conversation(options, *chat, *tokenizer, generator, *executor,
                            stats, *reader);
  auto note = loadText(generator);
  if (!note)
    return tl::unexpected(std::move(note.error()));
  if (*note)
    if (auto resumed = conversation.resume(**note); !resumed)
      return makeError(ExitCode::Failure, "{}: {}", options.promptCachePath,
                       resumed.error().message);
  Expected<void> done = conversation.run();
  return saveText(generator, conversation.toJSON(), std::move(done));
}

Expected<void> Run::generateOnce(Generator &generator) {
  auto note = loadText(generator);
  if (!note)
    return tl::unexpected(std::move(note.error()));
  if (options.ids.empty())
    options.ids = generator.text().text();
  if (options.ids.empty())
    return makeError(ExitCode::Usage, "{}", describeMissingPrompt());
  if (options.contextShift.value_or(false))
    generator.setShorten([&generator](std::span<const int32_t> text) {
      return generator.dropOldest(text);
    });
  if (options.displayPrompt && !options.logprobs)
    if (auto written = generator.output().write(options.ids); !written)
      return written;
  return saveText(generator, "", generator.generate(options.ids));
}

Expected<void> Run::measure() {
  if (!options.multipleChoicePath.empty())
    return printChoices();
  const Windows windows{options.ids, getWindow(), tokenizer->beginToken()};
  return options.klDivergence ? printDivergence(windows)
                              : printPerplexity(windows);
}

Expected<void> Run::printPerplexity(const Windows &windows) {
  bool writes = !options.klBasePath.empty();
  auto measured = measurePerplexity(*executor, windows,
                                    writes ? &options.klBasePath : nullptr);
  if (!measured)
    return tl::unexpected(std::move(measured.error()));
  print(stdout, "perplexity = {:.4f} ± {:.4f} over {} tokens\n",
        measured->value, measured->error, measured->tokens);
  return flushOutput();
}

Expected<void> Run::printDivergence(const Windows &windows) {
  auto measured = measureDivergence(*executor, windows, options.klBasePath);
  if (!measured)
    return tl::unexpected(std::move(measured.error()));
  Perplexity base = toPerplexity(measured->baseSurprise);
  Perplexity own = toPerplexity(measured->surprise);
  print(stdout,
        "perplexity = {:.4f} ± {:.4f} over {} tokens, the base's {:.4f} ± "
        "{:.4f}\n"
        "divergence = {:.6f} ± {:.6f}, median {:.6f}, 99% {:.6f}, most {:.6f}\n"
        "same likeliest token = {:.3f} ± {:.3f} %\n",
        own.value, own.error, own.tokens, base.value, base.error,
        measured->divergence.mean(), measured->divergence.error(),
        measured->median, measured->percentile99, measured->most,
        100 * measured->agreement.mean(), 100 * measured->agreement.error());
  return flushOutput();
}

Expected<void> Run::printChoices() {
  auto scores =
      answerChoices(*executor, *tokenizer, options.multipleChoicePath);
  if (!scores)
    return tl::unexpected(std::move(scores.error()));
  print(stdout,
        "right = {:.2f} ± {:.2f} %, by length {:.2f} ± {:.2f} %, of {} "
        "questions\n",
        100 * scores->whole.mean(), 100 * scores->whole.error(),
        100 * scores->byLength.mean(), 100 * scores->byLength.error(),
        scores->whole.count());
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
  return runBatch(reader, *batchFile, *executor, interrupted, stats);
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
