//===- CallRunner.cpp - Runs a program's entries --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/CallRunner.h"

#include "RowBatch.h"

#include "ignis/Engine/PagePool.h"
#include "ignis/Engine/RunStats.h"

#include <algorithm>
#include <cstring>
#include <limits>

using namespace ignis;

namespace {

/// Packing costs about as much as eight tokens, and takes two fifths off each
/// that follows. So it pays off for texts longer than a sentence: it begins
/// behind their first token where they are known to be, else when they are.
constexpr int64_t fewTokens = 16;
constexpr int64_t stepsToBeSure = 8;
/// Packing is spread over so many, each of which takes longer by it.
constexpr int64_t stepsOfPacking = 4;

constexpr int64_t ropeStep = 256; ///< positions filled at once

} // namespace

//===----------------------------------------------------------------------===//
// Memory
//===----------------------------------------------------------------------===//

MemoryNeed MemoryNeed::of(const Model &model, const ExecutorOptions &options) {
  const ignis_program &program = model.program();
  int64_t context =
      options.context > 0 ? options.context : model.config().context_length;
  int64_t pages =
      countPages(options.positions > 0 ? options.positions : context);
  int64_t threads =
      options.threads > 0 ? options.threads : ignis_rt_default_threads();
  MemoryNeed need{.weights = model.matrixBytes(),
                  .cache = pages * model.pageBytes(),
                  .rope = context * program.model.head_dim *
                          int64_t{sizeof(float)},
                  .arena = 64,
                  .scratch = 0,
                  .pages = pages};
  auto provideFor = [&](const ignis_entry &entry, int64_t rows) {
    for (int64_t i = 0; i != entry.arena_piece_count; ++i) {
      const ignis_linear &piece = entry.arena_pieces[i];
      need.arena = std::max(need.arena, piece.a * rows + piece.b);
    }
    need.scratch = std::max(need.scratch, entry.scratch_bytes_per_token * rows);
  };
  // Linear pieces are largest at an end of the range.
  if (options.givesStates) {
    provideFor(*model.embed(), 1);
    provideFor(*model.embed(), options.batch);
  } else {
    provideFor(model.single(), 1);
    if (model.anyCount())
      provideFor(*model.anyCount(), options.batch);
  }
  need.arena = (need.arena + 63) / 64 * 64;
  need.scratch = (need.scratch + 63) / 64 * 64 * threads;
  return need;
}

CallRunner::CallRunner(Model &model, const ExecutorOptions &options)
    : model_(model),
      contextLength(options.context > 0 ? options.context
                                        : model.config().context_length),
      batchLength(model.anyCount() ? options.batch : 1),
      packPolicy(options.pack),
      stepsBeforePacking(options.expected > fewTokens ? 1 : stepsToBeSure),
      givesStates_(options.givesStates), givenRowCost(options.rowCost),
      rowShare(options.rowCost > 0 ? options.rowCost : RowCost().share()),
      need(MemoryNeed::of(model, options)) {}

Expected<std::unique_ptr<CallRunner>>
CallRunner::create(Model &model, const ExecutorOptions &options) {
  std::unique_ptr<CallRunner> runner(new CallRunner(model, options));
  if (auto allocated = runner->allocate(options); !allocated)
    return tl::unexpected(std::move(allocated.error()));
  if (options.pack == PackPolicy::Always)
    model.pack(runner->team(), std::numeric_limits<int64_t>::max() / 2);
  return runner;
}

Expected<void> CallRunner::allocate(const ExecutorOptions &options) {
  const ignis_program &program = model_.program();
  char reason[IGNIS_ERROR_SIZE];
  const ignis_kernels *kernels = options.kernels
                                     ? options.kernels
                                     : ignis_rt_find_kernels(nullptr, reason);
  if (!kernels)
    return makeError(ExitCode::Failure, "{}", reason);
  int threads =
      options.threads > 0 ? options.threads : ignis_rt_default_threads();
  team_.reset(ignis_rt_team_create(
      kernels, threads, static_cast<size_t>(need.scratch / threads), reason));
  if (!team_)
    return makeError(ExitCode::Failure, "{} threads: {}", threads, reason);
  ignis_rt_team_set_order(team(), options.order, options.orderSeed);
  cache_.reset(ignis_rt_kv_create(
      program.model.layers, program.model.kv_heads,
      model_.rank().kvHeadsOf(program), program.model.head_dim, need.pages,
      static_cast<ignis_type>(program.kv_type), reason));
  if (!cache_)
    return makeError(ExitCode::Failure, "a context of {} positions: {}",
                     need.pages * IGNIS_PAGE_POSITIONS, reason);
  arena_.reset(static_cast<uint8_t *>(
      std::aligned_alloc(64, static_cast<size_t>(need.arena))));
  rope.reset(
      new (std::nothrow) float[static_cast<size_t>(need.rope) / sizeof(float)]);
  if (!arena_ || !rope)
    return makeError(ExitCode::Failure,
                     "no memory for batches of {} tokens and {} positions",
                     batchLength, contextLength);
  ignis_rt_team_bind(team(), model_.weights(), rope.get());
  return options.group ? join(*options.group) : Expected<void>();
}

Expected<void> CallRunner::join(const ignis_group &group) {
  Rank rank = model_.rank();
  if (group.rank != rank.number || group.ranks != rank.count)
    return makeError(ExitCode::Usage,
                     "expected a model of rank {} of {}, found {} of {}",
                     group.rank, group.ranks, rank.number, rank.count);
  int64_t rowBytes = model_.single().gather_row_bytes;
  for (const ignis_entry *entry : {model_.anyCount(), model_.embed()})
    if (entry)
      rowBytes = std::max(rowBytes, entry->gather_row_bytes);
  if (!ignis_rt_team_join(team(), &group, rowBytes))
    return makeError(ExitCode::Failure,
                     "no memory for what {} ranks exchange", group.ranks);
  return {};
}

//===----------------------------------------------------------------------===//
// Running
//===----------------------------------------------------------------------===//

size_t CallRunner::rowBytes() const {
  if (!givesStates_)
    return model_.rowBytes();
  return static_cast<size_t>(model_.program().model.embedding) * sizeof(float);
}

void CallRunner::run(const RowBatch &batch) {
  // The entry for one token gives a row whether it is wanted or not.
  ignis_rows rows = batch.rows();
  bool isSingle = !givesStates_ && rows.count == 1 &&
                  (rows.output_count == 1 || !model_.anyCount());
  const ignis_entry &entry = givesStates_ ? *model_.embed()
                             : isSingle   ? model_.single()
                                          : *model_.anyCount();
  auto written = static_cast<size_t>(givesStates_ ? rows.count
                                     : isSingle   ? 1
                                                  : rows.output_count);
  if (output_.size() < written * rowBytes())
    output_.resize(written * rowBytes());
  for (const ignis_span &span : std::span(rows.spans, size_t(rows.span_count)))
    extendRope(span.position + span.count);
  // What a program does not write is found not to be finite.
  for (size_t row = 0; row != written; ++row)
    std::memset(output_.data() + row * rowBytes(), 0xff,
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
         cache(),
         output_.data(),
         arena_.get()};
  Stopwatch watch;
  {
    auto use = model_.use();
    ignis_rt_team_run(
        team(),
        [](const ignis_thread *thread, void *argument) {
          const Call &call = *static_cast<const Call *>(argument);
          call.run(thread, call.tokens, call.rows, call.cache,
                   reinterpret_cast<float *>(call.output), call.arena);
        },
        &call);
  }
  if (givenRowCost == 0 && rows.count <= fewRows) {
    rowCost.learn(rows.count, watch.seconds());
    rowShare = rowCost.share();
  }
  packAfterStep(rows.count);
}

double CallRunner::rowPrice(int64_t texts) const {
  double row = rowShare, others = static_cast<double>(texts - 1);
  return row * (others + 1) / (1 + row * others);
}

void CallRunner::extendRope(int64_t positions) {
  if (positions <= ropePositions)
    return;
  int64_t end =
      std::min(contextLength, (positions + ropeStep - 1) / ropeStep * ropeStep);
  const ignis_hyperparameters &model = model_.program().model;
  ignis_rt_rope_fill(rope.get(), ropePositions, end, model.head_dim,
                     &model.rope);
  ropePositions = end;
}

void CallRunner::packAfterStep(int64_t rows) {
  if (packPolicy != PackPolicy::Auto || rows > fewRows || model_.isPacked() ||
      ++steps <= stepsBeforePacking)
    return;
  model_.pack(team(), model_.matrixBytes() / stepsOfPacking + 1);
}
