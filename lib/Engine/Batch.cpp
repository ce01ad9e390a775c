//===- Batch.cpp - Many requests from a file ------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Batch.h"

#include "ignis/Engine/AnswerText.h"
#include "ignis/Engine/Breakers.h"
#include "ignis/Engine/Scheduler.h"
#include "ignis/Support/CommandLine.h"
#include "ignis/Support/Progress.h"

#include <map>

using namespace ignis;
using nlohmann::ordered_json;

namespace {

class Batch {
public:
  Batch(const BatchReader &reader, Executor &executor, RunStats &stats,
        InputFile &input)
      : reader(reader), stats(stats), input(input),
        breakers(reader.tokenizer, reader.vocab),
        scheduler(executor, {.parallel = reader.options.parallel}) {}

  Expected<void> run(const std::atomic<bool> &interrupted);

private:
  class Answer;

  Expected<bool> begin();
  void put(size_t index, const BatchRequest &request, ordered_json rest);
  Expected<void> print();

  const BatchReader &reader;
  RunStats &stats;
  InputFile &input;
  Breakers breakers;
  size_t lines = 0, done = 0;
  std::map<size_t, std::string> waiting; ///< for those before them
  size_t nextToPrint = 0;
  Progress progress;
  Scheduler scheduler;
};

/// To a request at work.
class Batch::Answer : public TextListener {
public:
  Answer(Batch &batch, size_t index, BatchRequest request)
      : batch(batch), index(index), request(std::move(request)) {
    if (batch.reader.tokenizer)
      decoder.emplace(*batch.reader.tokenizer, this->request.stops);
  }

  bool take(int32_t token, const Executor::Row &) override {
    tokens.push_back(token);
    if (decoder)
      text += decoder->push(token);
    return !decoder || !decoder->isStopped();
  }

  void end(Ending ending, const Error &reason) override {
    if (ending == Ending::Failed)
      return batch.put(index, request, {{"error", reason.message}});
    if (ending == Ending::Cancelled) // the batch was interrupted
      return;
    ordered_json line;
    if (decoder) {
      text += decoder->finish();
      line["text"] = text;
    }
    line["tokens"] = tokens;
    line["finish_reason"] = ending == Ending::Length ? "length" : "stop";
    line["usage"] = {{"prompt_tokens", request.prompt.size()},
                     {"completion_tokens", tokens.size()}};
    batch.put(index, request, std::move(line));
  }

private:
  Batch &batch;
  size_t index; ///< of its line
  BatchRequest request;
  std::optional<AnswerText> decoder;
  std::vector<int32_t> tokens;
  std::string text;
};

} // namespace

Expected<void> Batch::run(const std::atomic<bool> &interrupted) {
  bool ended = false;
  for (;;) {
    Scheduler::Counts counts = scheduler.counts();
    for (int64_t free = reader.options.parallel - counts.active -
                        counts.waiting;
         !ended && free > 0; --free) {
      Expected<bool> began = begin();
      if (!began)
        return tl::unexpected(std::move(began.error()));
      ended = !*began;
    }
    if (interrupted)
      return makeError(ExitCode::Interrupted, "interrupted");
    bool worked = scheduler.step();
    if (auto printed = print(); !printed)
      return printed;
    counts = scheduler.counts();
    stats.prefillTokens = counts.promptTokens;
    stats.generatedTokens = stats.decodeTokens = counts.generatedTokens;
    stats.decodeSteps = counts.steps;
    stats.decodeSeconds = counts.busySeconds;
    stats.draftedTokens = counts.draftedTokens;
    stats.acceptedDrafts = counts.acceptedDrafts;
    stats.forcedTokens = counts.forcedTokens;
    stats.masks = counts.masks;
    if (!worked && ended)
      return {};
    progress.show(fmt::format("{} answered, {} at work, {} tokens", done,
                              counts.active, counts.generatedTokens));
  }
}

/// Takes the next line up; false at the end of all. A line that is refused is
/// answered at once.
Expected<bool> Batch::begin() {
  std::string line;
  do {
    Expected<bool> found = input.readLine(line);
    if (!found || !*found)
      return found;
  } while (line.find_first_not_of(" \t\r") == std::string::npos);
  size_t index = lines++;
  BatchRequest request;
  auto refuse = [&](const Error &error) {
    put(index, request, {{"error", error.message}});
    return true;
  };
  if (auto read = reader.read(line, request); !read)
    return refuse(read.error());
  auto found = breakers.find(request.sampling);
  if (!found)
    return refuse(found.error());
  TextRequest text{.prompt = request.prompt,
                   .mostTokens = request.mostTokens,
                   .sampling = request.sampling,
                   .seed = request.seed,
                   .breakers = std::move(*found),
                   .lookup = reader.options.lookup};
  if (reader.tokenizer) {
    std::span<const int32_t> ends = reader.tokenizer->endTokens();
    (request.ignoreEnd ? text.banned : text.ends).assign(ends.begin(),
                                                         ends.end());
  }
  scheduler.submit(std::move(text),
                   std::make_shared<Answer>(*this, index, std::move(request)));
  return true;
}

/// A line to print: what was asked for, and what becomes of it.
void Batch::put(size_t index, const BatchRequest &request, ordered_json rest) {
  ordered_json line = {{"index", index}};
  if (!request.id.is_null())
    line["custom_id"] = request.id;
  line.update(rest);
  ++done;
  waiting[reader.options.unordered ? done - 1 : index] =
      line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
}

/// Prints what is ready, in the order of the requests unless any will do.
Expected<void> Batch::print() {
  for (auto next = waiting.find(nextToPrint); next != waiting.end();
       next = waiting.find(++nextToPrint)) {
    progress.show("");
    std::fwrite(next->second.data(), 1, next->second.size(), stdout);
    waiting.erase(next);
  }
  return flushOutput();
}

Expected<void> ignis::runBatch(const BatchReader &reader, InputFile &input,
                               Executor &executor,
                               const std::atomic<bool> &interrupted,
                               RunStats &stats) {
  return Batch(reader, executor, stats, input).run(interrupted);
}
