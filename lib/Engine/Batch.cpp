//===- Batch.cpp - Many requests from a file ------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Batch.h"

#include "ignis/Engine/Breakers.h"
#include "ignis/Engine/Generation.h"
#include "ignis/Support/CommandLine.h"
#include "ignis/Support/Progress.h"
#include "ignis/Text/StreamDecoder.h"

#include <cerrno>
#include <cstring>
#include <fstream>
#include <iostream>
#include <list>
#include <map>

using namespace ignis;
using nlohmann::ordered_json;

namespace {

/// A request at work.
struct Answer {
  size_t index; ///< of its line
  BatchRequest request;
  Generation generation;
  std::optional<StreamDecoder> decoder;
  std::vector<int32_t> tokens = {};
  std::string text = {};
  const char *reason = nullptr; ///< once it is finished

  int64_t pages() const {
    auto positions =
        static_cast<int64_t>(request.prompt.size()) + request.mostTokens;
    return (positions + IGNIS_PAGE_POSITIONS - 1) / IGNIS_PAGE_POSITIONS;
  }
};

class Batch {
public:
  Batch(const BatchReader &reader, Executor &executor, RunStats &stats,
        std::istream &input)
      : reader(reader), executor(executor), stats(stats), input(input),
        breakers(reader.tokenizer, reader.vocab) {}

  Expected<void> run(const std::atomic<bool> &interrupted);

private:
  Expected<bool> begin();
  Expected<bool> refuse(size_t index, const BatchRequest &request,
                        const Error &error);
  Expected<void> step();
  bool take(Answer &answer, int32_t token);
  Expected<void> finish();
  Expected<void> put(size_t index, ordered_json line);

  const BatchReader &reader;
  Executor &executor;
  RunStats &stats;
  std::istream &input;
  Breakers breakers;
  std::list<Answer> active;
  size_t lines = 0, done = 0;
  std::map<size_t, std::string> waiting; ///< for those before them
  size_t nextToPrint = 0;
  Progress progress;
};

} // namespace

Expected<void> Batch::run(const std::atomic<bool> &interrupted) {
  bool ended = false;
  for (;;) {
    while (!ended &&
           static_cast<int64_t>(active.size()) < reader.options.parallel) {
      Expected<bool> began = begin();
      if (!began)
        return tl::unexpected(std::move(began.error()));
      ended = !*began;
    }
    if (interrupted)
      return makeError(ExitCode::Interrupted, "interrupted");
    if (active.empty() && ended)
      break;
    if (auto stepped = step(); !stepped)
      return stepped;
    if (auto finished = finish(); !finished)
      return finished;
    progress.show(fmt::format("{} answered, {} at work, {} tokens", done,
                              active.size(), stats.generatedTokens));
  }
  return {};
}

/// Takes the next line up; false at the end of all. A line that is refused is
/// answered at once.
Expected<bool> Batch::begin() {
  std::string line;
  do {
    if (!std::getline(input, line))
      return false;
  } while (line.find_first_not_of(" \t\r") == std::string::npos);
  size_t index = lines++;
  BatchRequest request;
  if (auto read = reader.read(line, request); !read)
    return refuse(index, request, read.error());
  auto found = breakers.find(request.sampling);
  if (!found)
    return refuse(index, request, found.error());
  Generation generation(executor, request.sampling, request.seed,
                        reader.options.lookup);
  active.push_back({index, std::move(request), std::move(generation), {}});
  Answer &answer = active.back();
  if (reader.tokenizer)
    answer.decoder.emplace(*reader.tokenizer);
  if (reader.tokenizer && answer.request.ignoreEnd)
    answer.generation.sampler().ban(reader.tokenizer->endTokens());
  answer.generation.sampler().setBreakers(std::move(*found));
  answer.generation.restart(answer.request.prompt);
  stats.prefillTokens += static_cast<int64_t>(answer.request.prompt.size());
  if (answer.request.mostTokens == 0)
    answer.reason = "length";
  return true;
}

/// Answers a line that asks for what there is not.
Expected<bool> Batch::refuse(size_t index, const BatchRequest &request,
                             const Error &error) {
  ordered_json answer = {{"index", index}};
  if (!request.id.is_null())
    answer["custom_id"] = request.id;
  answer["error"] = error.message;
  ++done;
  if (auto printed = put(index, answer); !printed)
    return tl::unexpected(std::move(printed.error()));
  return true;
}

Expected<void> Batch::step() {
  // Those that came first go on; the others wait until there are pages.
  std::vector<Generation *> texts;
  std::vector<Answer *> answers;
  int64_t promised = 0, pages = executor.pageCounts().pages;
  for (Answer &answer : active) {
    if (answer.reason)
      continue;
    promised += answer.pages();
    if (!texts.empty() && promised > pages)
      break;
    texts.push_back(&answer.generation);
    answers.push_back(&answer);
  }
  if (texts.empty())
    return {};
  Stopwatch watch;
  auto put = [&](size_t index, int32_t token,
                 const Executor::Row &) -> Expected<bool> {
    return take(*answers[index], token);
  };
  Expected<Executor::Outcome> outcome = ignis::step(executor, texts, put);
  if (!outcome)
    return tl::unexpected(std::move(outcome.error()));
  if (*outcome == Executor::Outcome::NoPages)
    return makeError(ExitCode::Failure, "line {}: no pages are left",
                     answers[0]->index + 1);
  ++stats.decodeSteps;
  stats.decodeSeconds += watch.seconds();
  return {};
}

/// Whether the answer goes on behind `token`.
bool Batch::take(Answer &answer, int32_t token) {
  const BatchRequest &request = answer.request;
  if (reader.tokenizer && !request.ignoreEnd &&
      reader.tokenizer->isEndToken(token)) {
    answer.reason = "stop";
    return false;
  }
  answer.tokens.push_back(token);
  ++stats.generatedTokens;
  ++stats.decodeTokens;
  if (answer.decoder)
    answer.text += answer.decoder->push(token);
  for (const std::string &stop : request.stops)
    if (size_t at = answer.text.find(stop); at != std::string::npos) {
      answer.text.resize(at);
      answer.reason = "stop";
      return false;
    }
  if (static_cast<int64_t>(answer.tokens.size()) == request.mostTokens)
    answer.reason = "length";
  return !answer.reason;
}

Expected<void> Batch::finish() {
  for (auto answer = active.begin(); answer != active.end();) {
    if (!answer->reason) {
      ++answer;
      continue;
    }
    if (answer->decoder && std::strcmp(answer->reason, "length") == 0)
      answer->text += answer->decoder->flush();
    ordered_json line = {{"index", answer->index}};
    if (!answer->request.id.is_null())
      line["custom_id"] = answer->request.id;
    if (answer->decoder)
      line["text"] = answer->text;
    line["tokens"] = answer->tokens;
    line["finish_reason"] = answer->reason;
    line["usage"] = {{"prompt_tokens", answer->request.prompt.size()},
                     {"completion_tokens", answer->tokens.size()}};
    ++done;
    size_t index = answer->index;
    stats.draftedTokens += answer->generation.drafted();
    stats.acceptedDrafts += answer->generation.accepted();
    answer = active.erase(answer);
    if (auto printed = put(index, line); !printed)
      return printed;
  }
  return {};
}

/// Prints a line, in the order of the requests unless any will do.
Expected<void> Batch::put(size_t index, ordered_json line) {
  std::string text =
      line.dump(-1, ' ', false, ordered_json::error_handler_t::replace) + "\n";
  waiting[reader.options.unordered ? nextToPrint : index] = std::move(text);
  for (auto next = waiting.find(nextToPrint); next != waiting.end();
       next = waiting.find(++nextToPrint)) {
    progress.show("");
    std::fwrite(next->second.data(), 1, next->second.size(), stdout);
    waiting.erase(next);
  }
  return flushOutput();
}

Expected<void> ignis::checkBatchFile(const std::string &path) {
  if (path == "-" || std::ifstream(path))
    return {};
  return makeError(ExitCode::Failure, "{}: cannot read: {}", path,
                   std::strerror(errno));
}

Expected<void> ignis::runBatch(const BatchReader &reader, Executor &executor,
                               const std::atomic<bool> &interrupted,
                               RunStats &stats) {
  const std::string &path = reader.options.batchPath;
  if (path == "-")
    return Batch(reader, executor, stats, std::cin).run(interrupted);
  std::ifstream file(path);
  return Batch(reader, executor, stats, file).run(interrupted);
}
