//===- Generation.cpp - A text that goes on -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Generation.h"

#include "ignis/Support/Stopwatch.h"

#include <algorithm>
#include <numeric>

using namespace ignis;

Generation::Generation(Executor &executor, const SamplerOptions &sampling,
                       uint64_t seed, bool drafts)
    : sequence_(executor), sampler_(sampling, seed) {
  if (drafts)
    lookup.emplace();
}

void Generation::accept(int32_t token) {
  sampler_.accept(token);
  if (lookup)
    lookup->accept(token);
}

void Generation::constrain(std::optional<Constraint> constraint) {
  this->constraint = std::move(constraint);
  force();
}

/// Finds what is forced from here on.
void Generation::force() {
  forced_.clear();
  if (!constraint)
    return;
  std::vector<int32_t> tokens = constraint->forced();
  forced_.assign(tokens.begin(), tokens.end());
}

Generation Generation::fork() const {
  return Generation(sequence_.fork(), *this);
}

std::vector<int32_t> Generation::text() const {
  std::vector<int32_t> tokens(sequence_.tokens().begin(),
                              sequence_.tokens().end());
  tokens.insert(tokens.end(), pending_.begin(), pending_.end());
  return tokens;
}

Expected<void> Generation::save(const std::string &path,
                                std::string note) const {
  return sequence_.save(path, {pending_, sampler_.state(), std::move(note)});
}

Expected<std::string> Generation::load(const std::string &path,
                                       bool takesSampler) {
  // Its pages may be needed; what is refused leaves the text as it is, and what
  // of it has to be computed again.
  const std::vector<int32_t> before = text();
  sequence_.truncate(0);
  SavedText saved;
  Expected<Sequence> loaded = Sequence::load(sequence_.home(), path, saved);
  if (!loaded) {
    if (!before.empty())
      restart(before);
    return tl::unexpected(std::move(loaded.error()));
  }
  sequence_ = std::move(*loaded);
  pending_ = std::move(saved.pending);
  if (std::vector<int32_t> tokens = text(); !tokens.empty())
    restart(tokens);
  if (takesSampler)
    sampler_.setState(saved.sampler);
  return std::move(saved.note);
}

void Generation::append(std::span<const int32_t> tokens) {
  pending_.insert(pending_.end(), tokens.begin(), tokens.end());
  for (int32_t token : tokens)
    accept(token);
}

void Generation::restart(std::span<const int32_t> tokens) {
  std::span<const int32_t> known = sequence_.tokens();
  auto agreeing = std::ranges::mismatch(known, tokens).in1 - known.begin();
  // One token is left to compute.
  agreeing = std::min<ptrdiff_t>(agreeing, std::ssize(tokens) - 1);
  sequence_.truncate(std::max<ptrdiff_t>(agreeing, 0));
  sequence_.reuse(tokens);
  pending_.clear();
  sampler_.forget();
  if (lookup)
    lookup.emplace();
  for (int32_t token : tokens)
    accept(token);
  auto rest = tokens.subspan(static_cast<size_t>(sequence_.position()));
  pending_.assign(rest.begin(), rest.end());
}

Executor::Feed Generation::next(int64_t most, int64_t mostAhead,
                                int64_t texts) {
  fedPending = std::min(pending_.size(), static_cast<size_t>(most));
  fed.assign(pending_.begin(),
             pending_.begin() + static_cast<ptrdiff_t>(fedPending));
  fedAt = sequence_.position();
  taken = fedDrafts = 0;
  wrong = stopped = false;
  bool isWhole = fedPending == pending_.size();
  if (isWhole && mostAhead > 0 && !forced_.empty()) {
    auto count = std::min<ptrdiff_t>(mostAhead, std::ssize(forced_));
    fed.insert(fed.end(), forced_.begin(), forced_.begin() + count);
  } else if (isWhole && mostAhead > 0 && lookup) {
    auto draft = lookup->propose(static_cast<size_t>(mostAhead),
                                 sequence_.home().rowPrice(texts));
    fed.insert(fed.end(), draft.begin(), draft.end());
    fedDrafts = draft.size();
  }
  auto firstRow = static_cast<int64_t>(isWhole ? fedPending - 1 : fedPending);
  return {&sequence_, fed, firstRow};
}

Expected<const TokenSet *> Generation::findAllowed() {
  Stopwatch watch;
  Expected<const TokenSet *> allowed = constraint->allowed();
  double seconds = watch.seconds();
  times.add({1, seconds, seconds});
  return allowed;
}

/// Where the program gives no logits, the likeliest is all there is to choose.
Expected<int32_t> Generation::choose(const Executor::Row &row) {
  if (row.logits.empty())
    return row.likeliest();
  if (!constraint)
    return sampler_.sample(row.logits);
  if (!forced_.empty()) {
    int32_t token = forced_.front();
    if (auto accepted = constraint->accept(token); !accepted)
      return tl::unexpected(std::move(accepted.error()));
    forced_.pop_front();
    ++forcedCount;
    return token;
  }
  Expected<const TokenSet *> allowed = findAllowed();
  if (!allowed)
    return tl::unexpected(std::move(allowed.error()));
  int32_t token = sampler_.sample(row.logits, *allowed);
  if (auto accepted = constraint->accept(token); !accepted)
    return tl::unexpected(std::move(accepted.error()));
  return token;
}

Expected<std::optional<int32_t>> Generation::take(const Executor::Row &row) {
  if (wrong || stopped)
    return std::nullopt;
  Expected<int32_t> chosen = choose(row);
  if (!chosen)
    return tl::unexpected(std::move(chosen.error()));
  int32_t token = *chosen;
  accept(token);
  if (constraint && forced_.empty())
    force();
  size_t draft = fedPending + taken++;
  wrong = draft < fed.size() && fed[draft] != token;
  if (taken == 1)
    pending_.clear();
  pending_.push_back(token);
  return token;
}

void Generation::retract() {
  pending_.pop_back();
  sampler_.retract();
  if (lookup)
    lookup->retract();
}

void Generation::settle() {
  auto drop = [&](size_t count) {
    pending_.erase(pending_.begin(),
                   pending_.begin() + static_cast<ptrdiff_t>(count));
  };
  auto computed = static_cast<size_t>(sequence_.position() - fedAt);
  size_t ahead = fed.size() - fedPending;
  if (taken == 0) {
    // Part of a prompt, or of it what a call came to that was interrupted or
    // failed at another text. A token whose row is missing is computed again.
    size_t done = std::min(computed, fedPending);
    if (done != 0 && done == pending_.size())
      --done;
    sequence_.truncate(fedAt + static_cast<int64_t>(done));
    drop(done);
  } else {
    // All tokens but the last were ahead, and are computed.
    size_t kept = taken - 1;
    sequence_.takeBack(sequence_.position() -
                       static_cast<int64_t>(ahead - kept));
    drop(kept);
    if (fedDrafts != 0) {
      draftedCount += static_cast<int64_t>(fedDrafts);
      acceptedCount += static_cast<int64_t>(kept);
    }
  }
  fed.clear();
  fedPending = fedDrafts = taken = 0;
}

//===----------------------------------------------------------------------===//
// Several texts
//===----------------------------------------------------------------------===//

/// How many pending tokens of each text there is room for.
static std::vector<int64_t> shareRows(std::span<Generation *const> texts,
                                      int64_t room) {
  std::vector<int64_t> shares(texts.size());
  auto give = [&](bool onlySteps) {
    for (size_t i = 0; i != texts.size(); ++i) {
      auto pending = static_cast<int64_t>(texts[i]->pending().size());
      if ((pending == 1) != onlySteps)
        continue;
      shares[i] = std::min(pending, room);
      room -= shares[i];
    }
  };
  give(true);
  give(false);
  return shares;
}

Expected<Executor::Outcome> ignis::step(Executor &executor,
                                        std::span<const TextStep> steps,
                                        const TokenSink &put,
                                        const FailureSink &failed) {
  std::vector<Executor::Feed> feeds;
  std::vector<size_t> indices; ///< of the text that is fed
  auto texts = std::ranges::count(steps, 1, &TextStep::tokens);
  for (size_t i = 0; i != steps.size(); ++i) {
    if (steps[i].tokens == 0)
      continue;
    feeds.push_back(steps[i].text->next(steps[i].tokens, steps[i].ahead,
                                        std::max<int64_t>(texts, 1)));
    indices.push_back(i);
  }
  if (feeds.empty())
    return Executor::Outcome::Done;
  auto fail = [&](size_t feed, const Error &reason) -> Expected<void> {
    if (!failed)
      return tl::unexpected(reason);
    steps[indices[feed]].text->stop();
    failed(indices[feed], reason);
    return {};
  };
  auto take = [&](const Executor::Row &row) -> Expected<void> {
    Generation &text = *steps[indices[row.feed]].text;
    Expected<std::optional<int32_t>> token = text.take(row);
    if (!token)
      return fail(row.feed, token.error());
    if (!*token)
      return {};
    Expected<bool> goesOn = put(indices[row.feed], **token, row);
    if (!goesOn)
      return tl::unexpected(std::move(goesOn.error()));
    if (!*goesOn)
      text.stop();
    return {};
  };
  Expected<Executor::Outcome> outcome = executor.run(feeds, take, fail);
  for (size_t i : indices)
    steps[i].text->settle();
  return outcome;
}

Expected<Executor::Outcome> ignis::step(Executor &executor,
                                        std::span<Generation *const> texts,
                                        const TokenSink &put) {
  std::vector<int64_t> shares = shareRows(texts, executor.batch());
  int64_t rows = std::accumulate(shares.begin(), shares.end(), int64_t{0});
  int64_t room = executor.batch() - rows;
  int64_t drafts = (std::min(fewRows, executor.batch()) - rows) /
                   std::max<int64_t>(std::ssize(texts), 1);
  std::vector<TextStep> steps;
  for (size_t i = 0; i != texts.size(); ++i) {
    int64_t forced = texts[i]->forced();
    int64_t ahead = std::min({forced > 0 ? forced : drafts, room,
                              executor.context() - texts[i]->length()});
    room -= std::max<int64_t>(ahead, 0);
    steps.push_back({texts[i], shares[i], ahead});
  }
  return step(executor, steps, put);
}
