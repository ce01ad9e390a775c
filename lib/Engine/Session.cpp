//===- Session.cpp - A compiled program at work on one text ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Session.h"

#include <algorithm>
#include <bit>
#include <limits>

using namespace ignis;

namespace {

/// What one call gives at most; a call that wants more rows takes fewer tokens,
/// which changes no bit of them.
constexpr int64_t mostOutputBytes = int64_t{32} << 20;

/// An answer of this length gains less from packing than packing costs: 48
/// tokens of the 0.5B shape took 0.76 s on two Zen 4 cores, and 1.2 s if
/// packing began after 16.
constexpr int64_t stepsBeforePacking = 64;
/// Then this many tokens share the cost.
constexpr int64_t stepsOfPacking = 32;

constexpr int64_t arenaAlignment = 64;
constexpr int64_t ropeStep = 256; ///< positions filled at once

/// The largest half of a candidate: the order of what is not finite, and token
/// 0.
constexpr uint32_t mostOfHalf = std::numeric_limits<uint32_t>::max();

} // namespace

//===----------------------------------------------------------------------===//
// Setting up
//===----------------------------------------------------------------------===//

Expected<std::unique_ptr<Session>>
Session::create(const GGUFFile &file, const ModelDescription &model,
                const ignis_program &program, const SessionOptions &options) {
  if (auto checked = checkProgram(program, file, model); !checked)
    return tl::unexpected(std::move(checked.error()));
  Expected<WeightTable> weights = WeightTable::create(program, model);
  if (!weights)
    return tl::unexpected(std::move(weights.error()));

  std::unique_ptr<Session> session(
      new Session(file, model, program, std::move(*weights)));
  if (auto chosen = session->chooseEntries(options.batch); !chosen)
    return tl::unexpected(std::move(chosen.error()));
  if (auto allocated = session->allocate(options); !allocated)
    return tl::unexpected(std::move(allocated.error()));
  if (options.pack == PackPolicy::Always)
    session->pack(std::numeric_limits<int64_t>::max() / 2);
  return session;
}

Expected<void> Session::chooseEntries(int64_t batch) {
  for (const ignis_entry &entry :
       std::span(program.entries, static_cast<size_t>(program.entry_count))) {
    if (entry.tokens == 0)
      anyCount = &entry;
    else if (entry.tokens == 1)
      single = &entry;
  }
  if (!anyCount && !single)
    return makeError(ExitCode::Failure,
                     "the program has no entry for one token or for any "
                     "number of them");
  batchLength = anyCount ? batch : 1;
  if (!single)
    single = anyCount;
  if (anyCount && anyCount->candidates != single->candidates)
    return makeError(ExitCode::Failure,
                     "one entry of the program gives {} candidates, another "
                     "{}",
                     anyCount->candidates, single->candidates);
  rowBytes = givesLogits()
                 ? static_cast<size_t>(program.vocab) * sizeof(float)
                 : static_cast<size_t>(single->candidates) * sizeof(uint64_t);

  auto provideFor = [&](const ignis_entry &entry, int64_t tokens) {
    for (int64_t i = 0; i != entry.arena_piece_count; ++i) {
      const ignis_linear &piece = entry.arena_pieces[i];
      arenaSize = std::max(arenaSize, piece.a * tokens + piece.b);
    }
    scratchSize =
        std::max(scratchSize,
                 static_cast<size_t>(entry.scratch_bytes_per_token * tokens));
  };
  // Linear pieces are largest at an end of the range.
  provideFor(*single, 1);
  if (anyCount)
    provideFor(*anyCount, batchLength);
  return {};
}

Expected<void> Session::allocate(const SessionOptions &options) {
  contextLength = options.context > 0 ? options.context : config.context;
  packPolicy = options.pack;

  char reason[IGNIS_ERROR_SIZE];
  int threads =
      options.threads > 0 ? options.threads : ignis_rt_default_threads();
  const ignis_kernels *kernels =
      options.kernels ? options.kernels
                      : ignis_rt_find_kernels(nullptr, reason);
  if (!kernels)
    return makeError(ExitCode::Failure, "{}", reason);
  team.reset(ignis_rt_team_create(kernels, threads, scratchSize, reason));
  if (!team)
    return makeError(ExitCode::Failure, "{} threads: {}", threads, reason);
  cache.reset(ignis_rt_kv_create(
      program.layers, program.kv_heads, program.head_dim, contextLength,
      static_cast<ignis_type>(program.kv_type), reason));
  if (!cache)
    return makeError(ExitCode::Failure,
                     "a context of {} positions: {} (-c sets the size)",
                     contextLength, reason);

  int64_t allocated = std::max(arenaSize, arenaAlignment);
  allocated =
      (allocated + arenaAlignment - 1) / arenaAlignment * arenaAlignment;
  arena.reset(static_cast<uint8_t *>(
      std::aligned_alloc(arenaAlignment, static_cast<size_t>(allocated))));
  rope.reset(new (std::nothrow) float[static_cast<size_t>(contextLength *
                                                          program.head_dim)]);
  if (!arena || !rope)
    return makeError(ExitCode::Failure,
                     "no memory for batches of {} tokens and {} positions",
                     batchLength, contextLength);
  ignis_rt_team_bind(team.get(), weights.data(), rope.get());
  return {};
}

//===----------------------------------------------------------------------===//
// Feeding
//===----------------------------------------------------------------------===//

Expected<void> ignis::checkTokens(std::span<const int32_t> tokens,
                                  int64_t vocab) {
  for (int32_t token : tokens)
    if (token < 0 || token >= vocab)
      return makeError(ExitCode::Usage,
                       "token {}: expected an id from 0 to {}, the model's "
                       "vocabulary",
                       token, vocab - 1);
  return {};
}

Expected<void> Session::checkRoom(int64_t count) const {
  int64_t room = contextLength - position_;
  if (count <= room)
    return {};
  return makeError(ExitCode::Usage,
                   "the context has {} positions, of which {} are taken: "
                   "expected at most {} tokens more, found {} (-c sets the "
                   "size)",
                   contextLength, position_, room, count);
}

/// A sum would hide an infinity behind another; the exponents cannot.
static bool areFinite(std::span<const float> values) {
  bool finite = true;
  for (float value : values)
    finite &= (std::bit_cast<uint32_t>(value) & 0x7f800000) != 0x7f800000;
  return finite;
}

tl::unexpected<Error> Session::notFinite(int64_t position) const {
  std::string reason = fmt::format(
      "the weights of {} do not make a usable model", file.path());
  if (program.kv_type == IGNIS_TYPE_F16)
    reason = "keys or values may exceed binary16, which --cache-type f32 "
             "helps, or " +
             reason;
  return makeError(ExitCode::Failure,
                   "the logits at position {} are not finite: {}",
                   position, reason);
}

Expected<void> Session::feed(std::span<const int32_t> tokens, int64_t firstRow,
                             const LogitSink &sink) {
  if (!givesLogits())
    return makeError(ExitCode::Failure, "the program gives no logits");
  auto take = [&](const std::byte *row, int64_t position) -> Expected<void> {
    std::span<const float> logits(reinterpret_cast<const float *>(row),
                                  static_cast<size_t>(program.vocab));
    if (!areFinite(logits))
      return notFinite(position);
    return sink(logits);
  };
  return feedRows(tokens, firstRow, take);
}

Expected<std::span<const float>>
Session::feed(std::span<const int32_t> tokens) {
  std::span<const float> last;
  auto keep = [&](std::span<const float> row) -> Expected<void> {
    last = row;
    return {};
  };
  auto fed = feed(tokens, static_cast<int64_t>(tokens.size()) - 1, keep);
  if (!fed)
    return tl::unexpected(std::move(fed.error()));
  return last;
}

Expected<void> Session::feedCandidates(std::span<const int32_t> tokens,
                                       int64_t firstRow,
                                       const CandidateSink &sink) {
  if (givesLogits())
    return makeError(ExitCode::Failure, "the program gives logits");
  auto take = [&](const std::byte *row, int64_t position) -> Expected<void> {
    std::span<const uint64_t> candidates(
        reinterpret_cast<const uint64_t *>(row),
        static_cast<size_t>(single->candidates));
    if (*std::ranges::max_element(candidates) >> 32 == mostOfHalf)
      return notFinite(position);
    return sink(candidates);
  };
  return feedRows(tokens, firstRow, take);
}

Expected<int32_t> Session::choose(std::span<const int32_t> tokens) {
  int32_t chosen = 0;
  auto keep = [&](std::span<const uint64_t> candidates) -> Expected<void> {
    uint64_t best = *std::ranges::max_element(candidates);
    chosen = static_cast<int32_t>(mostOfHalf - static_cast<uint32_t>(best));
    return {};
  };
  auto fed =
      feedCandidates(tokens, static_cast<int64_t>(tokens.size()) - 1, keep);
  if (!fed)
    return tl::unexpected(std::move(fed.error()));
  return chosen;
}

/// In batches, each one call of the program.
Expected<void> Session::feedRows(std::span<const int32_t> tokens,
                                 int64_t firstRow, const RowSink &sink) {
  if (!ignis_rt_team_is_here(team.get()))
    return makeError(ExitCode::Usage,
                     "the process was forked after the model was loaded: "
                     "expected the child to load its own");
  if (auto checked = checkTokens(tokens, program.vocab); !checked)
    return checked;
  if (auto checked = checkRoom(static_cast<int64_t>(tokens.size())); !checked)
    return checked;
  int64_t mostRows =
      std::max<int64_t>(1, mostOutputBytes / static_cast<int64_t>(rowBytes));
  while (!tokens.empty()) {
    if (stopFlag && *stopFlag)
      return makeError(ExitCode::Interrupted, "interrupted");
    int64_t count = std::min({static_cast<int64_t>(tokens.size()), batchLength,
                              firstRow + mostRows});
    if (auto ran =
            run(tokens.first(static_cast<size_t>(count)), firstRow, sink);
        !ran)
      return ran;
    tokens = tokens.subspan(static_cast<size_t>(count));
    firstRow = std::max<int64_t>(0, firstRow - count);
  }
  return {};
}

Expected<void> Session::run(std::span<const int32_t> tokens, int64_t firstRow,
                            const RowSink &sink) {
  struct Call {
    ignis_forward_fn run;
    const int32_t *tokens;
    int64_t count, position, firstRow;
    ignis_kv_cache *cache;
    std::byte *output;
    uint8_t *arena;
  };
  auto count = static_cast<int64_t>(tokens.size());
  firstRow = std::min(firstRow, count);
  auto rows = static_cast<size_t>(count - firstRow);
  // The entry for one token gives a row whether it is wanted or not.
  bool isSingle = count == 1 && (rows == 1 || !anyCount);
  size_t written = isSingle ? 1 : rows;
  if (output.size() < written * rowBytes)
    output.resize(written * rowBytes);
  extendRope(position_ + count);

  Call call{(isSingle ? single : anyCount)->run,
            tokens.data(),
            count,
            position_,
            firstRow,
            cache.get(),
            output.data(),
            arena.get()};
  ignis_rt_team_run(
      team.get(),
      [](const ignis_thread *thread, void *argument) {
        const Call &call = *static_cast<const Call *>(argument);
        call.run(thread, call.tokens, call.count, call.position, call.firstRow,
                 call.cache, reinterpret_cast<float *>(call.output),
                 call.arena);
      },
      &call);

  position_ += count;
  for (size_t row = 0; row != rows; ++row)
    if (auto taken = sink(&output[row * rowBytes],
                          position_ - static_cast<int64_t>(rows - row));
        !taken)
      return taken;
  if (count == 1)
    packAfterStep();
  return {};
}

void Session::extendRope(int64_t positions) {
  if (positions <= ropePositions)
    return;
  int64_t end =
      std::min(contextLength, (positions + ropeStep - 1) / ropeStep * ropeStep);
  ignis_rt_rope_fill(rope.get(), ropePositions, end, program.head_dim,
                     program.rope_base);
  ropePositions = end;
}

//===----------------------------------------------------------------------===//
// Packing
//===----------------------------------------------------------------------===//

void Session::pack(int64_t limit) {
  int64_t bytes = weights.pack(team.get(), limit, file.isMapped());
  packed += bytes;
  isPacked = bytes == 0;
}

void Session::packAfterStep() {
  if (packPolicy != PackPolicy::Auto || isPacked ||
      ++steps <= stepsBeforePacking)
    return;
  pack(weights.matrixBytes() / stepsOfPacking + 1);
}
