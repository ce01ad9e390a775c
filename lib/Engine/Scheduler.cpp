//===- Scheduler.cpp - Who is computed next -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Scheduler.h"

#include "ignis/Engine/RunStats.h"

#include <algorithm>

using namespace ignis;

static constexpr int64_t pageSize = IGNIS_PAGE_POSITIONS;

struct Scheduler::Text {
  TextRequest request;
  std::shared_ptr<TextListener> listener;
  int64_t pages; ///< that are promised to it
  std::optional<Generation> generation = {};
  bool begun = false;
  int64_t generated = 0;
  std::optional<Ending> ending = {};
  Error reason = {};

  int64_t pending() const {
    return static_cast<int64_t>(generation->pending().size());
  }
  int64_t computed() const { return generation->sequence().position(); }
  /// Tokens behind the pending ones that may be computed with them: the last
  /// token is drawn from the row of the one before.
  int64_t room() const { return request.mostTokens - generated - 1; }
  int64_t forced() const { return std::min(generation->forced(), room()); }
};

Scheduler::Scheduler(Executor &executor, const SchedulerOptions &options)
    : executor(executor), options_(options) {}

Scheduler::~Scheduler() {
  for (std::list<Text> *texts : {&active, &waiting})
    for (Text &text : *texts)
      text.listener->end(Ending::Cancelled, {});
}

//===----------------------------------------------------------------------===//
// From any thread
//===----------------------------------------------------------------------===//

/// The last token is not computed, but may be drafted.
int64_t Scheduler::pagesOf(const TextRequest &request) const {
  auto positions =
      static_cast<int64_t>(request.prompt.size()) + request.mostTokens;
  return (positions + pageSize - 1) / pageSize;
}

Expected<void> Scheduler::check(const TextRequest &request) const {
  if (request.prompt.empty())
    return makeError(ExitCode::Usage, "expected a prompt of a token or more, "
                                      "found none");
  if (auto checked = checkTokens(request.prompt, executor.model().vocab());
      !checked)
    return checked;
  auto length = static_cast<int64_t>(request.prompt.size());
  int64_t context =
      std::min(executor.context(), executor.pageCounts().pages * pageSize);
  // The last token has no position of its own.
  if (length + std::max<int64_t>(request.mostTokens - 1, 0) <= context &&
      pagesOf(request) <= executor.pageCounts().pages)
    return {};
  return makeError(ExitCode::Usage,
                   "expected a prompt and an answer of at most {} tokens, "
                   "found {} and {}",
                   context, length, request.mostTokens);
}

Scheduler::Admission Scheduler::submit(TextRequest request,
                                       std::shared_ptr<TextListener> listener) {
  std::vector<Submission> one;
  one.push_back({std::move(request), std::move(listener)});
  return submit(std::move(one));
}

Scheduler::Admission Scheduler::submit(std::vector<Submission> submissions) {
  std::lock_guard lock(mutex);
  if (draining)
    return Admission::Draining;
  if (std::ssize(waiting) + std::ssize(submissions) > options_.waiting)
    return Admission::Full;
  for (Submission &one : submissions) {
    int64_t pages = pagesOf(one.request);
    waiting.push_back({std::move(one.request), std::move(one.listener), pages});
  }
  changed.notify_one();
  return Admission::Accepted;
}

void Scheduler::drain() {
  std::lock_guard lock(mutex);
  draining = true;
  changed.notify_one();
}

Scheduler::Counts Scheduler::counts() const {
  std::lock_guard lock(mutex);
  Counts counts = shown;
  counts.waiting = static_cast<int64_t>(waiting.size());
  return counts;
}

//===----------------------------------------------------------------------===//
// On the thread that runs
//===----------------------------------------------------------------------===//

void Scheduler::run() {
  for (;;) {
    if (step())
      continue;
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return draining || !waiting.empty(); });
    if (waiting.empty() && active.empty())
      return;
  }
}

bool Scheduler::step() {
  dropUnwanted();
  takeUp();
  std::vector<Text *> planned;
  std::vector<TextStep> steps = plan(planned);
  if (!steps.empty())
    compute(steps, planned);
  bool didSomething = !active.empty();
  finish();
  return didSomething;
}

void Scheduler::dropUnwanted() {
  auto now = std::chrono::steady_clock::now();
  auto judge = [&](Text &text) {
    if (!text.listener->isWanted())
      text.ending = Ending::Cancelled;
    else if (text.request.deadline && *text.request.deadline <= now)
      text.ending = Ending::TimedOut;
  };
  for (Text &text : active)
    judge(text);
  // Those that waited are ended with the others.
  std::lock_guard lock(mutex);
  for (auto text = waiting.begin(); text != waiting.end();) {
    auto next = std::next(text);
    judge(*text);
    if (text->ending) {
      text->pages = 0;
      active.splice(active.end(), waiting, text);
    }
    text = next;
  }
}

void Scheduler::takeUp() {
  std::lock_guard lock(mutex);
  int64_t pages = executor.pageCounts().pages;
  while (!waiting.empty() &&
         static_cast<int64_t>(active.size()) < options_.parallel &&
         promised + waiting.front().pages <= pages) {
    promised += waiting.front().pages;
    active.splice(active.end(), waiting, waiting.begin());
    if (active.back().request.mostTokens == 0)
      active.back().ending = Ending::Length;
  }
}

/// Whether another text is computing a beginning that this one has too, by a
/// page or more: it is found once it is there.
bool Scheduler::waitsForOther(const Text &text) const {
  const std::vector<int32_t> &prompt = text.request.prompt;
  for (const Text &other : active) {
    if (!other.begun || other.ending || other.pending() <= 1)
      continue;
    const std::vector<int32_t> &before = other.request.prompt;
    auto common = std::ranges::mismatch(prompt, before).in1 - prompt.begin();
    int64_t usable = std::min<int64_t>(common, std::ssize(prompt) - 1);
    if (usable - other.computed() >= pageSize)
      return true;
  }
  return false;
}

void Scheduler::begin(Text &text) {
  const TextRequest &request = text.request;
  text.generation.emplace(executor, request.sampling, request.seed,
                          request.lookup);
  text.generation->sampler().ban(request.banned);
  text.generation->sampler().setBreakers(request.breakers);
  if (request.constraint)
    text.generation->constrain(request.constraint);
  text.generation->restart(request.prompt);
  text.begun = true;
  counted.promptTokens += std::ssize(request.prompt);
  counted.reusedTokens += text.computed();
}

/// Rows of prompts: the same for each, but for those that need less.
static std::vector<int64_t> divideRows(std::span<const int64_t> ascending,
                                       int64_t room) {
  std::vector<int64_t> shares;
  auto left = std::ssize(ascending);
  for (int64_t pending : ascending) {
    int64_t share = std::min(pending, (room + left - 1) / left);
    shares.push_back(share);
    room -= share;
    --left;
  }
  return shares;
}

std::vector<TextStep> Scheduler::plan(std::vector<Text *> &planned) {
  std::vector<Text *> generating, prompts;
  for (Text &text : active) {
    if (text.ending || (!text.begun && waitsForOther(text)))
      continue;
    if (!text.begun)
      begin(text);
    (text.pending() == 1 ? generating : prompts).push_back(&text);
  }
  if (generating.empty() && prompts.empty())
    return {};

  int64_t batch = executor.batch();
  int64_t most = batch;
  // Where rows are that few, prompts get every other one.
  if (!prompts.empty() && std::ssize(generating) >= batch)
    most = batch > 1 ? batch - 1 : static_cast<int64_t>(turn % 2);
  if (std::ssize(generating) > most) {
    std::ranges::rotate(generating,
                        generating.begin() +
                            static_cast<ptrdiff_t>(turn % generating.size()));
    generating.resize(static_cast<size_t>(most));
  }
  ++turn;

  int64_t room = batch - std::ssize(generating);
  if (!generating.empty())
    room = std::min(room, options_.promptRows);
  // What is forced is a piece of a prompt that comes late.
  std::vector<TextStep> steps;
  for (Text *text : generating) {
    steps.push_back({&*text->generation, 1, std::min(text->forced(), room)});
    room -= steps.back().ahead;
  }
  auto wanted = [](const Text *text) {
    return text->pending() + text->forced();
  };
  std::ranges::sort(prompts, {}, wanted);
  std::vector<int64_t> pending;
  for (const Text *text : prompts)
    pending.push_back(wanted(text));
  std::vector<int64_t> shares = divideRows(pending, room);
  for (size_t i = 0; i != prompts.size(); ++i) {
    int64_t tokens = std::min(shares[i], prompts[i]->pending());
    steps.push_back({&*prompts[i]->generation, tokens, shares[i] - tokens});
  }

  int64_t rows = 0;
  for (const TextStep &step : steps)
    rows += step.tokens + step.ahead;
  int64_t drafts = (std::min(fewRows, batch) - rows) /
                   std::max<int64_t>(std::ssize(generating), 1);
  for (size_t i = 0; i != generating.size(); ++i)
    if (generating[i]->generation->forced() == 0)
      steps[i].ahead = std::min(drafts, generating[i]->room());
  planned = std::move(generating);
  planned.insert(planned.end(), prompts.begin(), prompts.end());
  return steps;
}

void Scheduler::compute(std::span<const TextStep> steps,
                        std::span<Text *const> planned) {
  auto fail = [&](size_t index, const Error &reason) {
    planned[index]->ending = Ending::Failed;
    planned[index]->reason = reason;
  };
  auto put = [&](size_t index, int32_t token,
                 const Executor::Row &row) -> Expected<bool> {
    return this->put(*planned[index], token, row);
  };
  bool isPausing = std::ranges::any_of(
      planned, [](const Text *text) { return text->generated > 0; });
  Stopwatch watch;
  Expected<Executor::Outcome> outcome =
      ignis::step(executor, steps, put, fail);
  if (!outcome)
    for (size_t i = 0; i != planned.size(); ++i)
      fail(i, outcome.error());
  // Pages were promised: somebody else has taken them.
  else if (*outcome == Executor::Outcome::NoPages)
    for (size_t i = 0; i != planned.size(); ++i)
      fail(i, {ExitCode::Failure, "no pages of the cache are left"});
  double seconds = watch.seconds();
  ++counted.steps;
  counted.busySeconds += seconds;
  if (isPausing)
    counted.longestStep = std::max(counted.longestStep, seconds);
}

/// Whether the text goes on behind `token`.
bool Scheduler::put(Text &text, int32_t token, const Executor::Row &row) {
  if (std::ranges::count(text.request.ends, token) != 0) {
    text.listener->takeEnd(token, row);
    text.ending = Ending::Stopped;
    return false;
  }
  ++text.generated;
  ++counted.generatedTokens;
  if (!text.listener->take(token, row))
    text.ending = Ending::Stopped;
  else if (text.generated == text.request.mostTokens)
    text.ending = Ending::Length;
  return !text.ending;
}

void Scheduler::finish() {
  std::list<Text> ended;
  for (auto text = active.begin(); text != active.end();) {
    auto next = std::next(text);
    if (text->ending) {
      promised -= text->pages;
      ++counted.endings[static_cast<size_t>(*text->ending)];
      if (text->generation) {
        counted.draftedTokens += text->generation->drafted();
        counted.acceptedDrafts += text->generation->accepted();
        counted.forcedTokens += text->generation->fastForwarded();
        counted.masks.add(text->generation->maskTimes());
        text->generation.reset(); // its pages are free when this is heard
      }
      ended.splice(ended.end(), active, text);
    }
    text = next;
  }
  counted.active = std::ssize(active);
  counted.promisedPages = promised;
  {
    std::lock_guard lock(mutex);
    shown = counted;
  }
  for (Text &text : ended)
    text.listener->end(*text.ending, text.reason);
}
