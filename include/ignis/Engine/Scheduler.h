//===- Scheduler.h - Who is computed next -----------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Continuous batching: texts join and leave between the calls of the program.
// A call has a row of every text that is being generated, and what is left of
// it is shared equally by the prompts that are not computed yet. Beside texts
// that are being generated, prompts get `promptRows` rows together, so that
// the pause between two tokens of a text is never longer than a call with that
// many rows and one for each text. What a text becomes depends on none of this.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_SCHEDULER_H
#define IGNIS_ENGINE_SCHEDULER_H

#include "ignis/Engine/Generation.h"

#include <chrono>
#include <condition_variable>
#include <deque>
#include <list>
#include <memory>

namespace ignis {

/// A text that somebody wants.
struct TextRequest {
  std::vector<int32_t> prompt = {}; ///< of one token at least
  int64_t mostTokens = 0;      ///< to generate
  SamplerOptions sampling = {};
  uint64_t seed = 0;
  std::vector<int32_t> ends = {};   ///< end the text, and are no part of it
  std::vector<int32_t> banned = {}; ///< are never chosen
  std::shared_ptr<const TokenSet> breakers = {}; ///< of DRY
  std::optional<Constraint> constraint = {};
  bool lookup = false;
  /// When it is given up.
  std::optional<std::chrono::steady_clock::time_point> deadline = {};
};

enum class Ending {
  Stopped,   ///< by a token that ends it, or by its listener
  Length,    ///< as many tokens as were asked for
  Cancelled, ///< nobody wants it any more
  TimedOut,
  Failed,
};

/// Gets what becomes of a text, on the thread that runs the scheduler, and must
/// not make it wait.
class TextListener {
public:
  virtual ~TextListener() = default;
  /// Asked before each call, also while the text waits.
  virtual bool isWanted() const { return true; }
  /// The next token, and the row it was chosen from; whether the text goes on.
  virtual bool take(int32_t token, const Executor::Row &row) = 0;
  /// The token that ends the text, of which it is no part, and its row.
  virtual void takeEnd(int32_t token, const Executor::Row &row) {}
  /// Once, and last. `reason` is of one that failed.
  virtual void end(Ending ending, const Error &reason) = 0;
};

struct SchedulerOptions {
  int64_t parallel = 8;     ///< texts at work at most
  int64_t waiting = 1024;   ///< texts that wait at most
  int64_t promptRows = 128; ///< in a call beside texts that are generated
};

/// One thread runs it; any thread may submit.
class Scheduler {
public:
  Scheduler(Executor &executor, const SchedulerOptions &options);
  /// Ends as cancelled what is left.
  ~Scheduler();

  /// Refuses what can never be computed.
  Expected<void> check(const TextRequest &request) const;

  enum class Admission { Accepted, Full, Draining };
  /// Of a request that was checked. In order of arrival, a text is taken up as
  /// soon as there is a place and there are pages for all it may become.
  Admission submit(TextRequest request, std::shared_ptr<TextListener> listener);
  struct Submission {
    TextRequest request;
    std::shared_ptr<TextListener> listener;
  };
  /// All of them, or none.
  Admission submit(std::vector<Submission> submissions);

  /// One call of the program. False if there was nothing to do.
  bool step();
  /// Steps, and waits for work, until it was drained.
  void run();
  /// Accepts nothing from now on; `run` ends once all is answered.
  void drain();

  struct Counts {
    int64_t active = 0, waiting = 0;
    int64_t promisedPages = 0;
    int64_t steps = 0;
    int64_t promptTokens = 0;    ///< of texts that were begun
    int64_t reusedTokens = 0;    ///< of these, found in the cache
    int64_t generatedTokens = 0;
    int64_t draftedTokens = 0, acceptedDrafts = 0;
    int64_t forcedTokens = 0; ///< of these generated, that were not drawn
    Generation::MaskTimes masks;
    int64_t endings[5] = {}; ///< by Ending
    double busySeconds = 0;
    double longestStep = 0; ///< seconds, beside texts that are generated
  };
  Counts counts() const;

  const SchedulerOptions &options() const { return options_; }

private:
  struct Text;

  int64_t pagesOf(const TextRequest &request) const;
  void takeUp();
  void dropUnwanted();
  bool waitsForOther(const Text &text) const;
  void begin(Text &text);
  std::vector<TextStep> plan(std::vector<Text *> &planned);
  void compute(std::span<const TextStep> steps,
               std::span<Text *const> planned);
  bool put(Text &text, int32_t token, const Executor::Row &row);
  void finish();

  Executor &executor;
  SchedulerOptions options_;
  std::list<Text> active; ///< oldest first; of the thread that runs
  int64_t promised = 0;   ///< pages of these
  Counts counted;
  size_t turn = 0;        ///< who comes first where not all do

  mutable std::mutex mutex; ///< guards what follows
  std::condition_variable changed;
  std::list<Text> waiting;
  bool draining = false;
  Counts shown;
};

} // namespace ignis

#endif // IGNIS_ENGINE_SCHEDULER_H
