//===- Executor.h - Computes rows of several sequences ---------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_EXECUTOR_H
#define IGNIS_ENGINE_EXECUTOR_H

#include "ignis/Engine/CallRunner.h"
#include "ignis/Engine/PagePool.h"
#include "ignis/Engine/Sequence.h"

#include <functional>

namespace ignis {

/// The first positions of a page that were copied to another.
struct PageCopy {
  int32_t from, to;
  int64_t positions;
};

/// Refuses ids that a model does not have.
Expected<void> checkTokens(std::span<const int32_t> tokens, int64_t vocab);

/// Sequences and their pages at work on a model: alone, or as rank 0 of a group
/// whose other ranks run the same calls (see Worker.h). Usable from several
/// threads: calls wait for one another.
class Executor {
public:
  ~Executor();

  static Expected<std::unique_ptr<Executor>>
  create(Model &model, const ExecutorOptions &options);

  /// Tokens to append to a sequence, of which those from `firstRow` on want
  /// rows. A sequence is fed once in a call.
  struct Feed {
    Sequence *sequence;
    std::span<const int32_t> tokens;
    int64_t firstRow;
  };

  /// What the program gives for a token, valid while the sink runs: logits (or,
  /// in their place, states), or candidates for the likeliest token, as
  /// ignis_rt_argmax gives them.
  struct Row {
    size_t feed;
    int64_t position;
    std::span<const float> logits;
    std::span<const uint64_t> candidates;

    /// The token most likely to follow, the lowest of several.
    int32_t likeliest() const;
  };
  using RowSink = std::function<Expected<void>(const Row &)>;

  /// Gets why a feed has no row that can be used.
  using BadRowSink = std::function<Expected<void>(size_t feed, const Error &)>;

  enum class Outcome { Done, NoPages };

  /// Computes all feeds in one call, at most `batch` tokens together; `sink`
  /// gets the rows that are wanted, feed by feed. Rows that are not finite go
  /// to `badRow`; without it the call fails. Without enough pages nothing
  /// happens: later there may be.
  Expected<Outcome> run(std::span<const Feed> feeds, const RowSink &sink,
                        const BadRowSink &badRow = nullptr);

  /// Appends any number of tokens to one sequence, batch by batch.
  Expected<void> feed(Sequence &sequence, std::span<const int32_t> tokens,
                      int64_t firstRow, const RowSink &sink);

  /// Once true, feeding ends before the next batch with ExitCode::Interrupted.
  void setStopFlag(const std::atomic<bool> &flag) { stopFlag = &flag; }

  Model &model() { return model_; }
  const Model &model() const { return model_; }
  int64_t context() const { return runner->context(); }
  int64_t batch() const { return runner->batch(); }
  int threads() const { return ignis_rt_team_size(runner->team()); }
  /// The name of the kernels that compute.
  const char *isa() const {
    return ignis_rt_kernels_name(ignis_rt_team_kernels(runner->team()));
  }
  uint64_t barriers() const { return ignis_rt_team_barriers(runner->team()); }
  /// Exchanges with other ranks, and the bytes that all sent in them.
  uint64_t gathers() const { return ignis_rt_team_gathers(runner->team()); }
  uint64_t gatheredBytes() const {
    return ignis_rt_team_gathered_bytes(runner->team());
  }
  const MemoryNeed &memory() const { return runner->memory(); }
  /// What the last call left, for those who look at values between operations:
  /// the arena, and what the program gave for each row.
  std::span<const uint8_t> lastArena() const { return runner->arena(); }
  const std::byte *lastOutput() const { return runner->output(); }

  /// As CallRunner's.
  double rowPrice(int64_t texts) const { return runner->rowPrice(texts); }

  struct PageCounts {
    int64_t pages, available, kept;
    uint64_t found, evicted;
  };
  PageCounts pageCounts() const;

private:
  friend class Sequence;

  Executor(const ExecutorOptions &options, std::unique_ptr<CallRunner> runner);

  Expected<void> checkFeeds(std::span<const Feed> feeds) const;
  Expected<void> checkRoom(const Sequence &sequence, int64_t count) const;
  bool reserve(std::span<const Feed> feeds);
  bool canReserve(std::span<const Feed> feeds) const;
  void makeWritable(Sequence &sequence);
  void compute(std::span<const Feed> feeds);
  /// Makes what `feeds` computed findable, or what a sequence has from position
  /// `from` on.
  void publish(std::span<const Feed> feeds);
  void publish(Sequence &sequence, int64_t from);
  tl::unexpected<Error> notFinite(int64_t position) const;
  Expected<void> handOut(std::span<const Feed> feeds, const RowSink &sink,
                         const BadRowSink &badRow);

  std::unique_ptr<CallRunner> runner;
  Model &model_;
  const ignis_group *group;     ///< null: alone
  std::vector<PageCopy> copies; ///< made since the last call
  const std::atomic<bool> *stopFlag = nullptr;
  mutable std::mutex running; ///< taken before `pooling`
  mutable std::mutex pooling; ///< guards `pool`
  PagePool pool;
};

} // namespace ignis

#endif // IGNIS_ENGINE_EXECUTOR_H
