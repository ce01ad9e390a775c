//===- Executor.h - Computes rows of several sequences ---------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_EXECUTOR_H
#define IGNIS_ENGINE_EXECUTOR_H

#include "ignis/Engine/Model.h"
#include "ignis/Engine/PagePool.h"
#include "ignis/Engine/Sequence.h"

#include <functional>

namespace ignis {

/// When matrices are brought into the layout of the kernels, which changes no
/// result: never, as tokens are generated, or before the first one.
enum class PackPolicy { Never, Auto, Always };

struct ExecutorOptions {
  /// Positions of a sequence at most; 0: as many as the model was trained for.
  int64_t context = 0;
  /// Positions of all sequences together, in whole pages; 0: those of one.
  int64_t positions = 0;
  int64_t batch = 512;                    ///< rows in one call at most
  int threads = 0;                        ///< 0: as many as the process may use
  const ignis_kernels *kernels = nullptr; ///< null: the best of this CPU
  PackPolicy pack = PackPolicy::Auto;
  /// States in place of logits, of every row: the model has an entry for them.
  bool givesStates = false;
  ignis_order order = IGNIS_ORDER_FREE; ///< of the threads, to find races
  uint64_t orderSeed = 0;
};

/// Bytes of memory that computing takes, but for the program and small change.
struct MemoryNeed {
  int64_t weights; ///< of the file's matrices, in the file or packed
  int64_t cache;   ///< all pages, touched as they are used
  int64_t rope;    ///< touched as positions are used
  int64_t arena;
  int64_t scratch;

  int64_t sum() const { return weights + cache + rope + arena + scratch; }
  /// Of an executor with these options, which need not be made.
  static MemoryNeed of(const Model &model, const ExecutorOptions &options);
};

/// Refuses ids that a model does not have.
Expected<void> checkTokens(std::span<const int32_t> tokens, int64_t vocab);

/// A team of threads, an arena and a pool of pages at work on a model. Usable
/// from several threads: calls wait for one another.
class Executor {
public:
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
  int64_t context() const { return contextLength; }
  int64_t batch() const { return batchLength; }
  int threads() const { return ignis_rt_team_size(team.get()); }
  /// The name of the kernels that compute.
  const char *isa() const {
    return ignis_rt_kernels_name(ignis_rt_team_kernels(team.get()));
  }
  uint64_t barriers() const { return ignis_rt_team_barriers(team.get()); }
  const MemoryNeed &memory() const { return need; }

  struct PageCounts {
    int64_t pages, available, kept;
    uint64_t found, evicted;
  };
  PageCounts pageCounts() const;

private:
  friend class Sequence;

  Executor(Model &model, const ExecutorOptions &options);

  Expected<void> allocate(const ExecutorOptions &options);
  size_t rowBytes() const;
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
  void extendRope(int64_t positions);
  void packAfterStep(int64_t rows);

  Model &model_;
  int64_t contextLength;
  int64_t batchLength;
  PackPolicy packPolicy;
  bool givesStates;
  MemoryNeed need;
  TeamHandle team;
  CacheHandle cache;
  ArenaHandle arena;
  std::unique_ptr<float[]> rope;
  int64_t ropePositions = 0; ///< filled so far
  std::vector<std::byte> output;
  const std::atomic<bool> *stopFlag = nullptr;
  int64_t steps = 0;          ///< calls with few rows
  mutable std::mutex running; ///< taken before `pooling`
  mutable std::mutex pooling; ///< guards `pool`
  PagePool pool{0, 0};
};

} // namespace ignis

#endif // IGNIS_ENGINE_EXECUTOR_H
