//===- Session.h - A compiled program at work on one text ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_SESSION_H
#define IGNIS_ENGINE_SESSION_H

#include "ignis/Engine/WeightTable.h"

#include <atomic>
#include <functional>
#include <span>

namespace ignis {

/// When matrices are brought into the layout of the kernels, which changes no
/// result: never, as tokens are generated, or before the first one.
enum class PackPolicy { Never, Auto, Always };

struct SessionOptions {
  int64_t context = 0; ///< positions; 0: as many as the model was trained for
  int64_t batch = 512; ///< tokens in one call at most
  int threads = 0;     ///< 0: as many as the process may use
  const ignis_kernels *kernels = nullptr; ///< null: the best of this CPU
  PackPolicy pack = PackPolicy::Auto;
};

/// Refuses ids that a model does not have.
Expected<void> checkTokens(std::span<const int32_t> tokens, int64_t vocab);

/// Feeds tokens to a program and hands out logits. Refers to the file, the
/// model and the program, which outlive it.
class Session {
public:
  static Expected<std::unique_ptr<Session>>
  create(const GGUFFile &file, const ModelDescription &model,
         const ignis_program &program, const SessionOptions &options);

  /// Gets one row of logits, valid during the call.
  using LogitSink = std::function<Expected<void>(std::span<const float>)>;

  /// Appends `tokens` to the text; `sink` gets the logits of each from
  /// `firstRow` on, in order.
  Expected<void> feed(std::span<const int32_t> tokens, int64_t firstRow,
                      const LogitSink &sink);

  /// Appends `tokens` and returns the last one's logits, valid until the next
  /// call.
  Expected<std::span<const float>> feed(std::span<const int32_t> tokens);

  /// Gets the candidates for one token, the likeliest of each part of the
  /// vocabulary as ignis_rt_argmax gives them.
  using CandidateSink =
      std::function<Expected<void>(std::span<const uint64_t>)>;

  /// The same where the program gives no logits but candidates.
  Expected<void> feedCandidates(std::span<const int32_t> tokens,
                                int64_t firstRow, const CandidateSink &sink);

  /// Whether the program gives logits; else only the likeliest token.
  bool givesLogits() const { return single->candidates == 0; }

  /// Appends `tokens` and returns the likeliest to follow, the lowest of
  /// several, where the program gives that.
  Expected<int32_t> choose(std::span<const int32_t> tokens);

  /// Forgets the text from `position` on.
  void rewind(int64_t position) { this->position_ = position; }

  /// Once true, feeding ends before the next batch with ExitCode::Interrupted.
  void setStopFlag(const std::atomic<bool> &flag) { stopFlag = &flag; }

  int64_t position() const { return position_; } ///< tokens so far
  int64_t context() const { return contextLength; }
  int64_t vocab() const { return program.vocab; }
  int threads() const { return ignis_rt_team_size(team.get()); }
  /// The name of the kernels that compute.
  const char *isa() const {
    return ignis_rt_kernels_name(ignis_rt_team_kernels(team.get()));
  }
  uint64_t barriers() const { return ignis_rt_team_barriers(team.get()); }
  int64_t arenaBytes() const { return arenaSize; }
  int64_t cacheBytes() const { return ignis_rt_kv_bytes(cache.get()); }
  int64_t packedBytes() const { return packed; }

private:
  Session(const GGUFFile &file, const ModelDescription &model,
          const ignis_program &program, WeightTable weights)
      : file(file), config(model.config), program(program),
        weights(std::move(weights)) {}

  Expected<void> chooseEntries(int64_t batch);
  Expected<void> allocate(const SessionOptions &options);
  Expected<void> checkRoom(int64_t count) const;
  /// Gets what the program gives for the token at `position`.
  using RowSink =
      std::function<Expected<void>(const std::byte *row, int64_t position)>;
  Expected<void> feedRows(std::span<const int32_t> tokens, int64_t firstRow,
                          const RowSink &sink);
  Expected<void> run(std::span<const int32_t> tokens, int64_t firstRow,
                     const RowSink &sink);
  tl::unexpected<Error> notFinite(int64_t position) const;
  void extendRope(int64_t positions);
  void pack(int64_t limit);
  void packAfterStep();

  const GGUFFile &file;
  const ModelConfig &config;
  const ignis_program &program;
  WeightTable weights;
  const ignis_entry *anyCount = nullptr; ///< entry for any number of tokens
  const ignis_entry *single = nullptr;   ///< for one token
  int64_t batchLength = 1;
  int64_t contextLength = 0;
  int64_t arenaSize = 0;
  size_t scratchSize = 0;
  TeamHandle team;
  CacheHandle cache;
  ArenaHandle arena;
  std::unique_ptr<float[]> rope;
  int64_t ropePositions = 0; ///< filled so far
  size_t rowBytes = 0;       ///< of what the program gives for a token
  std::vector<std::byte> output;
  int64_t position_ = 0;
  const std::atomic<bool> *stopFlag = nullptr;
  PackPolicy packPolicy = PackPolicy::Never;
  bool isPacked = false;
  int64_t packed = 0;
  int64_t steps = 0; ///< calls with one token
};

} // namespace ignis

#endif // IGNIS_ENGINE_SESSION_H
