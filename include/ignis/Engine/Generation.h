//===- Generation.h - A text that goes on ----------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_GENERATION_H
#define IGNIS_ENGINE_GENERATION_H

#include "ignis/Engine/Executor.h"
#include "ignis/Engine/Lookup.h"
#include "ignis/Engine/Sampler.h"

#include <algorithm>
#include <deque>

namespace ignis {

/// A sequence, how its next tokens are chosen, and the tokens that are chosen
/// but not computed yet. Who runs it, alone or beside others, gives what
/// `next` asks for to an executor, each row that comes back to `take`, and then
/// calls `settle`. The tokens and their logits are the same however it is run,
/// with drafts or without.
class Generation {
public:
  /// With `lookup`, tokens are drafted from the text itself.
  Generation(Executor &executor, const SamplerOptions &sampling, uint64_t seed,
             bool lookup = false);
  Generation(Generation &&) noexcept = default;
  Generation &operator=(Generation &&) noexcept = default;

  Sampler &sampler() { return sampler_; }
  /// What is chosen from now on keeps to this, or to nothing.
  void constrain(std::optional<Constraint> constraint);
  Sequence &sequence() { return sequence_; }
  const Sequence &sequence() const { return sequence_; }
  /// Tokens that are part of the text, but not computed yet.
  std::span<const int32_t> pending() const { return pending_; }
  /// Tokens behind these that are known already, as the constraint leaves no
  /// choice, but are no part of the text before a row says so.
  int64_t forced() const { return std::ssize(forced_); }
  /// The whole text.
  std::vector<int32_t> text() const;
  /// Of the whole text.
  int64_t length() const {
    return sequence_.position() + static_cast<int64_t>(pending_.size());
  }

  /// Another text with the same tokens, generator and pending tokens.
  Generation fork() const;
  /// Writes the text, computed and pending, its keys and values, the sampler's
  /// state and a note to a file, for this model alone; all of it or nothing.
  Expected<void> save(const std::string &path, std::string note = "") const;
  /// Goes on from what was saved, in place of its own text, which stays where
  /// that is refused; the sampler's state is taken too if `takesSampler`.
  /// Returns the note.
  Expected<std::string> load(const std::string &path, bool takesSampler);

  /// The text goes on with these.
  void append(std::span<const int32_t> tokens);
  /// Replaces a sequence and what is pending, as if `tokens` alone had been
  /// appended; what agrees with the sequence or is known of other texts is not
  /// computed again.
  void restart(std::span<const int32_t> tokens);

  /// What to compute now: pending tokens, up to `most`, and behind the last of
  /// them up to `mostAhead` that are forced or else only proposed. Only the
  /// last pending token and those ahead want rows. `texts` are generated in the
  /// same call.
  Executor::Feed next(int64_t most, int64_t mostAhead, int64_t texts = 1);

  /// Of a row, in order: the token that follows, which is pending then; none if
  /// the row is of a draft that was not what followed, or of a text that was
  /// ended. Fails where a constraint leaves no token to choose.
  Expected<std::optional<int32_t>> take(const Executor::Row &row);
  /// Ends the text behind what was taken last: later rows give nothing.
  void stop() { stopped = true; }
  /// Takes back what was taken last.
  void retract();
  /// After the rows: forgets drafts that were wrong, and keeps what was not
  /// computed.
  void settle();

  int64_t drafted() const { return draftedCount; }
  int64_t accepted() const { return acceptedCount; }
  /// Tokens that were not drawn.
  int64_t fastForwarded() const { return forcedCount; }
  /// Time that finding the tokens a constraint allows has taken.
  struct MaskTimes {
    int64_t masks = 0;
    double seconds = 0, longest = 0;

    void add(const MaskTimes &other) {
      masks += other.masks;
      seconds += other.seconds;
      longest = std::max(longest, other.longest);
    }
  };
  const MaskTimes &maskTimes() const { return times; }

private:
  Generation(Sequence sequence, const Generation &other)
      : sequence_(std::move(sequence)), sampler_(other.sampler_),
        constraint(other.constraint), lookup(other.lookup),
        pending_(other.pending_), forced_(other.forced_) {}
  void accept(int32_t token);
  void force();
  Expected<int32_t> choose(const Executor::Row &row);
  Expected<const TokenSet *> findAllowed();

  Sequence sequence_;
  Sampler sampler_;
  std::optional<Constraint> constraint;
  std::optional<Lookup> lookup;
  std::vector<int32_t> pending_;
  std::deque<int32_t> forced_;
  // Of the feed under way: what was fed, how much of that was pending, and the
  // tokens taken so far.
  std::vector<int32_t> fed;
  size_t fedPending = 0;
  size_t fedDrafts = 0; ///< behind what was pending
  int64_t fedAt = 0; ///< the position before
  size_t taken = 0;
  bool wrong = false; ///< the last draft that was compared
  bool stopped = false;
  int64_t draftedCount = 0;
  int64_t acceptedCount = 0;
  int64_t forcedCount = 0;
  MaskTimes times;
};

/// Gets a token that was chosen for text `index`, and its row; whether that
/// text goes on.
using TokenSink = std::function<Expected<bool>(size_t index, int32_t token,
                                               const Executor::Row &row)>;

/// What a call computes of a text: pending tokens and those ahead of them, at
/// most so many.
struct TextStep {
  Generation *text;
  int64_t tokens;
  int64_t ahead; ///< as Generation::next has it
};

/// Gets why a text cannot go on.
using FailureSink = std::function<void(size_t index, const Error &reason)>;

/// Computes this of several texts in one call. With `failed`, a text that
/// cannot go on, as its logits are not finite or a constraint leaves no token,
/// ends alone; else the call fails.
Expected<Executor::Outcome> step(Executor &executor,
                                 std::span<const TextStep> steps,
                                 const TokenSink &put,
                                 const FailureSink &failed = nullptr);

/// Computes what is next of several texts in one call: a token of each that is
/// being generated, as much of the others as there is room for, and drafts
/// while the rows are few. Texts for which no room is left come to nothing.
Expected<Executor::Outcome> step(Executor &executor,
                                 std::span<Generation *const> texts,
                                 const TokenSink &put);

} // namespace ignis

#endif // IGNIS_ENGINE_GENERATION_H
