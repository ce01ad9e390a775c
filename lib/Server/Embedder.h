//===- Embedder.h - Vectors that stand for texts -------------- -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_SERVER_EMBEDDER_H
#define IGNIS_LIB_SERVER_EMBEDDER_H

#include "ignis/Engine/Executor.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <thread>

namespace ignis {

/// What of the final norm's rows, one for each token, makes the vector.
enum class Pooling {
  Mean, ///< of all: sums in binary64, in the order of the text
  Last, ///< the last token's
};

/// Texts in, a vector for each out.
struct EmbeddingJob {
  using Vectors = std::vector<std::vector<float>>;

  std::vector<std::vector<int32_t>> texts; ///< none empty
  Pooling pooling = Pooling::Mean;
  bool normalizes = true; ///< to length 1, in binary64
  /// When it is given up, as interrupted.
  std::optional<std::chrono::steady_clock::time_point> deadline;
  /// Asked before each call.
  std::function<bool()> isWanted;
  /// Once, unless nobody wants it any more.
  std::function<void(Expected<Vectors>)> done;
};

/// An executor of the program's entry for states, and a thread that runs it.
/// Texts of a job are computed together; what comes of one does not depend on
/// the others.
class Embedder {
public:
  /// The options of a scheduler's executor for one beside it: at most `rows` in
  /// a call, so that the scheduler does not wait longer.
  static ExecutorOptions adapt(ExecutorOptions options, int64_t rows);
  /// With such options, and at most `waiting` jobs.
  static Expected<std::unique_ptr<Embedder>>
  create(Model &model, const ExecutorOptions &options, int64_t waiting);
  ~Embedder() { drain(); }

  /// Whether there was room for it.
  bool submit(EmbeddingJob job);
  void start();
  /// Ends what was submitted, and then the thread.
  void drain();

  int64_t context() const { return executor->context(); }

private:
  Embedder(std::unique_ptr<Executor> executor, int64_t waiting)
      : executor(std::move(executor)), mostWaiting(waiting) {}
  void run();
  Expected<EmbeddingJob::Vectors> compute(const EmbeddingJob &job);

  std::unique_ptr<Executor> executor;
  int64_t mostWaiting;
  std::thread thread;
  std::mutex mutex; ///< guards what follows
  std::condition_variable changed;
  std::deque<EmbeddingJob> waiting;
  bool draining = false;
};

} // namespace ignis

#endif // IGNIS_LIB_SERVER_EMBEDDER_H
