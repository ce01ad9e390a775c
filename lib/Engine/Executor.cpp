//===- Executor.cpp - Computes rows of several sequences ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Executor.h"

#include "RowBatch.h"

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>

using namespace ignis;

namespace {

/// Logits of many tokens go to the sink in pieces of about this size.
constexpr int64_t mostOutputBytes = int64_t{32} << 20;

/// Packing pays off for texts longer than a sentence: it costs about as much as
/// eight tokens, and takes two fifths off each that follows.
constexpr int64_t stepsBeforePacking = 8;
/// Packing is spread over so many, each of which takes longer by it.
constexpr int64_t stepsOfPacking = 16;
/// A call with more rows is no step of generating text.
constexpr int64_t mostRowsOfStep = 16;

constexpr int64_t ropeStep = 256; ///< positions filled at once

/// What the upper half of a candidate is if a logit is not finite.
constexpr uint32_t mostOfHalf = std::numeric_limits<uint32_t>::max();

} // namespace

//===----------------------------------------------------------------------===//
// Creation
//===----------------------------------------------------------------------===//

Executor::Executor(Model &model, const ExecutorOptions &options)
    : model_(model),
      contextLength(options.context > 0 ? options.context
                                        : model.config().context_length),
      batchLength(model.anyCount() ? options.batch : 1),
      packPolicy(options.pack), givesStates(options.givesStates),
      need(MemoryNeed::of(model, options)) {}

Expected<std::unique_ptr<Executor>>
Executor::create(Model &model, const ExecutorOptions &options) {
  if (options.givesStates && !model.embed())
    return makeError(ExitCode::Usage,
                     "the program has no entry for states: expected one that "
                     "was compiled with --embeddings");
  std::unique_ptr<Executor> executor(new Executor(model, options));
  if (auto allocated = executor->allocate(options); !allocated)
    return tl::unexpected(std::move(allocated.error()));
  if (options.pack == PackPolicy::Always)
    model.pack(executor->team.get(), std::numeric_limits<int64_t>::max() / 2);
  return executor;
}

Expected<void> Executor::allocate(const ExecutorOptions &options) {
  const ignis_program &program = model_.program();
  char reason[IGNIS_ERROR_SIZE];
  const ignis_kernels *kernels = options.kernels
                                     ? options.kernels
                                     : ignis_rt_find_kernels(nullptr, reason);
  if (!kernels)
    return makeError(ExitCode::Failure, "{}", reason);
  int threads =
      options.threads > 0 ? options.threads : ignis_rt_default_threads();
  team.reset(ignis_rt_team_create(
      kernels, threads, static_cast<size_t>(need.scratch / threads), reason));
  if (!team)
    return makeError(ExitCode::Failure, "{} threads: {}", threads, reason);
  ignis_rt_team_set_order(team.get(), options.order, options.orderSeed);
  int64_t pages = need.cache / model_.pageBytes();
  cache.reset(ignis_rt_kv_create(
      program.model.layers, program.model.kv_heads, program.model.head_dim,
      pages, static_cast<ignis_type>(program.kv_type), reason));
  if (!cache)
    return makeError(ExitCode::Failure, "a context of {} positions: {}",
                     pages * IGNIS_PAGE_POSITIONS, reason);
  pool = PagePool(pages, pages);
  arena.reset(static_cast<uint8_t *>(
      std::aligned_alloc(64, static_cast<size_t>(need.arena))));
  rope.reset(
      new (std::nothrow) float[static_cast<size_t>(need.rope) / sizeof(float)]);
  if (!arena || !rope)
    return makeError(ExitCode::Failure,
                     "no memory for batches of {} tokens and {} positions",
                     batchLength, contextLength);
  ignis_rt_team_bind(team.get(), model_.weights(), rope.get());
  return {};
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

Expected<Executor::Outcome> Executor::run(std::span<const Feed> feeds,
                                          const RowSink &sink,
                                          const BadRowSink &badRow) {
  // The lock may be held by a thread that a child of the process lacks.
  if (!ignis_rt_team_is_here(team.get()))
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
      1, mostOutputBytes / static_cast<int64_t>(rowBytes()));
  while (!tokens.empty()) {
    if (stopFlag && *stopFlag)
      return makeError(ExitCode::Interrupted, "interrupted");
    count = std::min({static_cast<int64_t>(tokens.size()), batchLength,
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

/// Of what is given for a row.
size_t Executor::rowBytes() const {
  if (!givesStates)
    return model_.rowBytes();
  return static_cast<size_t>(model_.program().model.embedding) * sizeof(float);
}

void Executor::compute(std::span<const Feed> feeds) {
  RowBatch batch;
  int64_t positions = 0;
  for (const Feed &feed : feeds) {
    Sequence &sequence = *feed.sequence;
    batch.add(feed.tokens, sequence.position(), sequence.pages.data(),
              feed.firstRow);
    sequence.tokens_.insert(sequence.tokens_.end(), feed.tokens.begin(),
                            feed.tokens.end());
    positions = std::max(positions, sequence.position());
  }
  // The entry for one token gives a row whether it is wanted or not.
  ignis_rows rows = batch.rows();
  bool isSingle = !givesStates && rows.count == 1 &&
                  (rows.output_count == 1 || !model_.anyCount());
  const ignis_entry &entry = givesStates ? *model_.embed()
                             : isSingle  ? model_.single()
                                         : *model_.anyCount();
  auto written = static_cast<size_t>(givesStates ? rows.count
                                     : isSingle  ? 1
                                                 : rows.output_count);
  if (output.size() < written * rowBytes())
    output.resize(written * rowBytes());
  extendRope(positions);
  // What a program does not write is found not to be finite.
  for (size_t row = 0; row != written; ++row)
    std::memset(output.data() + row * rowBytes(), 0xff,
                std::min(rowBytes(), sizeof(uint64_t)));

  struct Call {
    ignis_forward_fn run;
    const int32_t *tokens;
    const ignis_rows *rows;
    ignis_kv_cache *cache;
    std::byte *output;
    uint8_t *arena;
  } call{entry.run,
         batch.tokens(),
         &rows,
         cache.get(),
         output.data(),
         arena.get()};
  {
    auto use = model_.use();
    ignis_rt_team_run(
        team.get(),
        [](const ignis_thread *thread, void *argument) {
          const Call &call = *static_cast<const Call *>(argument);
          call.run(thread, call.tokens, call.rows, call.cache,
                   reinterpret_cast<float *>(call.output), call.arena);
        },
        &call);
  }
  publish(feeds);
  packAfterStep(rows.count);
}

void Executor::extendRope(int64_t positions) {
  if (positions <= ropePositions)
    return;
  int64_t end =
      std::min(contextLength, (positions + ropeStep - 1) / ropeStep * ropeStep);
  const ignis_hyperparameters &model = model_.program().model;
  ignis_rt_rope_fill(rope.get(), ropePositions, end, model.head_dim,
                     &model.rope);
  ropePositions = end;
}

void Executor::packAfterStep(int64_t rows) {
  if (packPolicy != PackPolicy::Auto || rows > mostRowsOfStep ||
      model_.isPacked() || ++steps <= stepsBeforePacking)
    return;
  model_.pack(team.get(), model_.matrixBytes() / stepsOfPacking + 1);
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
    reason = "keys or values may exceed binary16, which a cache of f32 "
             "(cache-type) helps, or " +
             reason;
  return makeError(ExitCode::Failure,
                   "the logits at position {} are not finite: {}", position,
                   reason);
}

Expected<void> Executor::handOut(std::span<const Feed> feeds,
                                 const RowSink &sink,
                                 const BadRowSink &badRow) {
  const std::byte *next = output.data();
  for (size_t i = 0; i != feeds.size(); ++i) {
    auto count = static_cast<int64_t>(feeds[i].tokens.size());
    int64_t first = feeds[i].sequence->position() - count;
    if (givesStates) // of every row
      next += static_cast<size_t>(feeds[i].firstRow) * rowBytes();
    for (int64_t t = feeds[i].firstRow; t < count; ++t) {
      Row row{i, first + t, {}, {}};
      if (givesStates)
        row.logits = {reinterpret_cast<const float *>(next),
                      rowBytes() / sizeof(float)};
      else if (model_.givesLogits())
        row.logits = {reinterpret_cast<const float *>(next),
                      static_cast<size_t>(model_.vocab())};
      else
        row.candidates = {reinterpret_cast<const uint64_t *>(next),
                          static_cast<size_t>(model_.single().candidates)};
      next += rowBytes();
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
