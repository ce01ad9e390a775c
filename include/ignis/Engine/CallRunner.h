//===- CallRunner.h - Runs a program's entries -----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What every rank has: a team of threads, an arena and a pool of pages, and
// calls that it runs on them. Which sequences and pages these are about, the
// executor of rank 0 decides.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_CALLRUNNER_H
#define IGNIS_ENGINE_CALLRUNNER_H

#include "ignis/Engine/Model.h"
#include "ignis/Engine/RowCost.h"

#include <span>
#include <vector>

namespace ignis {

/// Rows that cost little more than one: the weights are read once for all. A
/// call with more is no step of generating text.
inline constexpr int64_t fewRows = 16;

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
  /// Tokens that will be generated, if that is known: packing need not wait to
  /// find out whether they are many.
  int64_t expected = 0;
  double rowCost = 0; ///< as RowCost has it; 0: as the calls' times say
  ignis_order order = IGNIS_ORDER_FREE; ///< of the threads, to find races
  uint64_t orderSeed = 0;
  /// Those who compute together, the model's rank among them; null: nobody
  /// else. Outlives what is made with these options.
  const ignis_group *group = nullptr;
};

/// Bytes of memory that computing takes, but for the program and small change.
struct MemoryNeed {
  int64_t weights; ///< of the matrices' rows, in the file or packed
  int64_t cache;   ///< all pages, touched as they are used
  int64_t rope;    ///< touched as positions are used
  int64_t arena;
  int64_t scratch;
  int64_t pages; ///< of the cache

  int64_t sum() const { return weights + cache + rope + arena + scratch; }
  /// Of an executor with these options, which need not be made.
  static MemoryNeed of(const Model &model, const ExecutorOptions &options);
};

class RowBatch;

class CallRunner {
public:
  static Expected<std::unique_ptr<CallRunner>>
  create(Model &model, const ExecutorOptions &options);

  /// Runs the entry that suits the rows. What the program gives for those that
  /// are wanted stands in output() then, whole on rank 0.
  void run(const RowBatch &batch);
  const std::byte *output() const { return output_.data(); }
  /// As the last call left it.
  std::span<const uint8_t> arena() const {
    return {arena_.get(), static_cast<size_t>(need.arena)};
  }
  /// Of what is given for a row.
  size_t rowBytes() const;
  bool givesStates() const { return givesStates_; }

  int64_t context() const { return contextLength; }
  int64_t batch() const { return batchLength; }
  const MemoryNeed &memory() const { return need; }
  ignis_team *team() const { return team_.get(); }
  ignis_kv_cache *cache() const { return cache_.get(); }
  Model &model() const { return model_; }

  /// What a row more costs in a call with a row of each of so many texts: in
  /// tokens that such calls give in the same time.
  double rowPrice(int64_t texts) const;

private:
  CallRunner(Model &model, const ExecutorOptions &options);

  Expected<void> allocate(const ExecutorOptions &options);
  Expected<void> join(const ignis_group &group);
  void extendRope(int64_t positions);
  void packAfterStep(int64_t rows);

  Model &model_;
  int64_t contextLength;
  int64_t batchLength;
  PackPolicy packPolicy;
  int64_t stepsBeforePacking;
  bool givesStates_;
  const double givenRowCost;
  RowCost rowCost;
  std::atomic<double> rowShare; ///< of one row more, so far
  MemoryNeed need;
  TeamHandle team_;
  CacheHandle cache_;
  ArenaHandle arena_;
  std::unique_ptr<float[]> rope;
  int64_t ropePositions = 0; ///< filled so far
  std::vector<std::byte> output_;
  int64_t steps = 0; ///< calls with few rows
};

} // namespace ignis

#endif // IGNIS_ENGINE_CALLRUNNER_H
