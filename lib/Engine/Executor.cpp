//===- Executor.cpp - Computes rows of several sequences ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Executor.h"

#include "CallMessage.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

using namespace ignis;

namespace {

/// Logits of many tokens go to the sink in pieces of about this size.
constexpr int64_t mostOutputBytes = int64_t{32} << 20;

/// What the upper half of a candidate is if a logit is not finite.
constexpr uint32_t mostOfHalf = std::numeric_limits<uint32_t>::max();

} // namespace

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

Executor::Executor(const ExecutorOptions &options,
                   std::unique_ptr<CallRunner> runner)
    : runner(std::move(runner)), model_(this->runner->model()),
      group(options.group),
      pool(memory().pages, memory().pages) {}

Executor::~Executor() {
  if (group)
    CallMessage::end().send(*group);
}

Expected<std::unique_ptr<Executor>>
Executor::create(Model &model, const ExecutorOptions &options) {
  if (options.givesStates && !model.embed())
    return makeError(ExitCode::Usage,
                     "the program has no entry for states: expected one that "
                     "was compiled with --embeddings");
  auto runner = CallRunner::create(model, options);
  if (!runner)
    return tl::unexpected(std::move(runner.error()));
  return std::unique_ptr<Executor>(
      new Executor(options, std::move(*runner)));
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

Expected<Executor::Outcome> Executor::run(std::span<const Feed> feeds,
                                          const RowSink &sink,
                                          const BadRowSink &badRow) {
  // The lock may be held by a thread that a child of the process lacks.
  if (!ignis_rt_team_is_here(runner->team()))
    return makeError(ExitCode::Usage,
                     "the process was forked after the model was loaded: "
                     "expected the child to load its own");
  std::lock_guard alone(running);
  if (auto checked = checkFeeds(feeds); !checked)
    return tl::unexpected(std::move(checked.error()));
  if (!reserve(feeds))
    return Outcome::NoPages;
  compute(feeds);
  if (auto handed = handOut(feeds, sink, badRow); !handed)
    return tl::unexpected(std::move(handed.error()));
  return Outcome::Done;
}

Expected<void> Executor::feed(Sequence &sequence,
                              std::span<const int32_t> tokens, int64_t firstRow,
                              const RowSink &sink) {
  auto count = static_cast<int64_t>(tokens.size());
  if (auto checked = checkTokens(tokens, model_.vocab()); !checked)
    return checked;
  if (auto checked = checkRoom(sequence, count); !checked)
    return checked;
  int64_t mostRows = std::max<int64_t>(
      1, mostOutputBytes / static_cast<int64_t>(runner->rowBytes()));
  while (!tokens.empty()) {
    if (stopFlag && *stopFlag)
      return makeError(ExitCode::Interrupted, "interrupted");
    count = std::min({static_cast<int64_t>(tokens.size()), batch(),
                      firstRow + mostRows});
    Feed feed{&sequence, tokens.first(static_cast<size_t>(count)),
              std::min(firstRow, count)};
    Expected<Outcome> outcome = run({&feed, 1}, sink);
    if (!outcome)
      return tl::unexpected(std::move(outcome.error()));
    if (*outcome == Outcome::NoPages)
      return makeError(ExitCode::Failure,
                       "the {} pages of {} positions are all taken: expected "
                       "room for {} more at position {}",
                       pool.size(), int64_t{IGNIS_PAGE_POSITIONS}, count,
                       sequence.position());
    tokens = tokens.subspan(static_cast<size_t>(count));
    firstRow = std::max<int64_t>(0, firstRow - count);
  }
  return {};
}

void Executor::compute(std::span<const Feed> feeds) {
  RowBatch batch;
  for (const Feed &feed : feeds) {
    Sequence &sequence = *feed.sequence;
    batch.add(feed.tokens, sequence.position(), sequence.pages.data(),
              feed.firstRow);
    sequence.tokens_.insert(sequence.tokens_.end(), feed.tokens.begin(),
                            feed.tokens.end());
  }
  if (group)
    CallMessage::of(batch, copies).send(*group);
  copies.clear();
  runner->run(batch);
  publish(feeds);
}

//===----------------------------------------------------------------------===//
// Results
//===----------------------------------------------------------------------===//

static bool areFinite(std::span<const float> values) {
  bool finite = true;
  for (float value : values)
    finite &= (std::bit_cast<uint32_t>(value) & 0x7f800000) != 0x7f800000;
  return finite;
}

int32_t Executor::Row::likeliest() const {
  if (!logits.empty())
    return static_cast<int32_t>(std::ranges::max_element(logits) -
                                logits.begin());
  uint64_t best = *std::ranges::max_element(candidates);
  return static_cast<int32_t>(mostOfHalf - static_cast<uint32_t>(best));
}

static bool isFinite(const Executor::Row &row) {
  return row.candidates.empty()
             ? areFinite(row.logits)
             : *std::ranges::max_element(row.candidates) >> 32 != mostOfHalf;
}

tl::unexpected<Error> Executor::notFinite(int64_t position) const {
  std::string reason = fmt::format(
      "the weights of {} do not make a usable model", model_.file().path());
  if (model_.program().kv_type == IGNIS_TYPE_F16)
    reason = "keys or values may exceed binary16 (a program compiled with "
             "--cache-type f32 holds them), or " +
             reason;
  return makeError(ExitCode::Failure,
                   "the logits at position {} are not finite: {}", position,
                   reason);
}

Expected<void> Executor::handOut(std::span<const Feed> feeds,
                                 const RowSink &sink,
                                 const BadRowSink &badRow) {
  const std::byte *next = runner->output();
  const bool givesStates = runner->givesStates();
  const size_t rowBytes = runner->rowBytes();
  for (size_t i = 0; i != feeds.size(); ++i) {
    auto count = static_cast<int64_t>(feeds[i].tokens.size());
    int64_t first = feeds[i].sequence->position() - count;
    if (givesStates) // of every row
      next += static_cast<size_t>(feeds[i].firstRow) * rowBytes;
    for (int64_t t = feeds[i].firstRow; t < count; ++t) {
      Row row{i, first + t, {}, {}};
      if (givesStates)
        row.logits = {reinterpret_cast<const float *>(next),
                      rowBytes / sizeof(float)};
      else if (model_.givesLogits())
        row.logits = {reinterpret_cast<const float *>(next),
                      static_cast<size_t>(model_.vocab())};
      else
        row.candidates = {reinterpret_cast<const uint64_t *>(next),
                          static_cast<size_t>(model_.single().candidates)};
      next += rowBytes;
      bool finite = isFinite(row);
      if (finite && row.logits.empty() && row.likeliest() >= model_.vocab())
        return makeError(ExitCode::Failure,
                         "the program gives token {} at position {}, expected "
                         "one of the vocabulary's {}",
                         row.likeliest(), row.position, model_.vocab());
      Expected<void> taken;
      if (finite)
        taken = sink(row);
      else if (taken = notFinite(row.position); badRow)
        taken = badRow(i, taken.error());
      if (!taken)
        return taken;
    }
  }
  return {};
}
