//===- Embedder.cpp - Vectors that stand for texts ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Embedder.h"

#include <algorithm>
#include <cmath>

using namespace ignis;

ExecutorOptions Embedder::adapt(ExecutorOptions options, int64_t rows) {
  options.givesStates = true;
  options.batch = std::min(options.batch, rows);
  // One text is computed in parts, and others beside it as a whole: each takes
  // a page or more.
  options.positions = options.context + options.batch * IGNIS_PAGE_POSITIONS;
  return options;
}

Expected<std::unique_ptr<Embedder>>
Embedder::create(Model &model, const ExecutorOptions &options,
                 int64_t waiting) {
  auto executor = Executor::create(model, options);
  if (!executor)
    return tl::unexpected(std::move(executor.error()));
  return std::unique_ptr<Embedder>(
      new Embedder(std::move(*executor), waiting));
}

bool Embedder::submit(EmbeddingJob job) {
  std::lock_guard lock(mutex);
  if (draining || std::ssize(waiting) == mostWaiting)
    return false;
  waiting.push_back(std::move(job));
  changed.notify_one();
  return true;
}

void Embedder::start() {
  thread = std::thread([this] { run(); });
}

void Embedder::drain() {
  {
    std::lock_guard lock(mutex);
    draining = true;
    changed.notify_one();
  }
  if (thread.joinable())
    thread.join();
}

void Embedder::run() {
  for (;;) {
    std::unique_lock lock(mutex);
    changed.wait(lock, [&] { return draining || !waiting.empty(); });
    if (waiting.empty())
      return;
    EmbeddingJob job = std::move(waiting.front());
    waiting.pop_front();
    lock.unlock();
    Expected<EmbeddingJob::Vectors> vectors = compute(job);
    if (job.isWanted())
      job.done(std::move(vectors));
  }
}

namespace {
/// A text on its way.
struct Embedding {
  Embedding(Executor &executor, std::span<const int32_t> text)
      : sequence(executor), left(text), count(std::ssize(text)) {}

  void add(std::span<const float> row, Pooling pooling);
  std::vector<float> finish(const EmbeddingJob &job) const;

  Sequence sequence;
  std::span<const int32_t> left; ///< that is not computed yet
  int64_t count;
  std::vector<double> sum;
};
} // namespace

void Embedding::add(std::span<const float> row, Pooling pooling) {
  sum.resize(row.size());
  for (size_t i = 0; i != row.size(); ++i)
    sum[i] = pooling == Pooling::Last ? row[i] : sum[i] + row[i];
}

std::vector<float> Embedding::finish(const EmbeddingJob &job) const {
  double squares = 0;
  for (double value : sum)
    squares += value * value;
  double divisor = 1;
  if (job.pooling == Pooling::Mean)
    divisor = static_cast<double>(count);
  if (job.normalizes && squares > 0)
    divisor = std::sqrt(squares);
  std::vector<float> vector;
  for (double value : sum)
    vector.push_back(static_cast<float>(value / divisor));
  return vector;
}

/// In the order of the texts, as many rows in a call as there is room for.
Expected<EmbeddingJob::Vectors> Embedder::compute(const EmbeddingJob &job) {
  EmbeddingJob::Vectors vectors;
  std::deque<Embedding> begun; // from text `vectors.size()` on
  while (vectors.size() != job.texts.size() && job.isWanted()) {
    if (job.deadline && *job.deadline <= std::chrono::steady_clock::now())
      return makeError(ExitCode::Interrupted, "given up");
    std::vector<Executor::Feed> feeds;
    int64_t room = executor->batch();
    for (size_t i = 0; room > 0 && vectors.size() + i != job.texts.size();
         ++i) {
      if (i == begun.size())
        begun.emplace_back(*executor, job.texts[vectors.size() + i]);
      Embedding &text = begun[i];
      auto part = text.left.first(
          std::min(text.left.size(), static_cast<size_t>(room)));
      text.left = text.left.subspan(part.size());
      feeds.push_back({&text.sequence, part, 0});
      room -= std::ssize(part);
    }
    auto take = [&](const Executor::Row &row) -> Expected<void> {
      begun[row.feed].add(row.logits, job.pooling);
      return {};
    };
    auto outcome = executor->run(feeds, take);
    if (!outcome)
      return tl::unexpected(std::move(outcome.error()));
    if (*outcome == Executor::Outcome::NoPages)
      return makeError(ExitCode::Failure, "no pages of the cache are left");
    for (; !begun.empty() && begun.front().left.empty(); begun.pop_front())
      vectors.push_back(begun.front().finish(job));
  }
  return vectors;
}
