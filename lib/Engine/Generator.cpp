//===- Generator.cpp - Text that goes on from a prompt --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Generator.h"

#include "ignis/Engine/Logprobs.h"
#include "ignis/Support/Print.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <bit>

using namespace ignis;

static_assert(std::endian::native == std::endian::little,
              "rows are written as they stand in memory");

Generator::Generator(const Options &options, uint64_t seed,
                     const Tokenizer *tokenizer, const Structure *structure,
                     Executor &executor, OutputFile *logitFile, RunStats &stats)
    : options(options), tokenizer(tokenizer), structure(structure),
      executor(executor), logitFile(logitFile), stats(stats),
      generation(executor, options.sampling, seed, options.lookup),
      textOutput(tokenizer, options.showSpecial ? SpecialTokens::Recognised
                                                : SpecialTokens::AsText),
      progress(!options.quiet) {
  if (!tokenizer)
    return;
  thinking.emplace(*tokenizer);
  if (options.ignoreEnd)
    generation.sampler().ban(tokenizer->endTokens());
}

Expected<void> Generator::generate(std::span<const int32_t> prompt) {
  generation.restart(prompt);
  if (structure)
    generation.constrain(structure->begin());
  answered.clear();
  recentText.clear();
  promptLength = prompt.size();
  if (thinking)
    thinking->begin(prompt);
  // A text that was saved when the context was full has a token more.
  if (std::ssize(prompt) > executor.context() && !goOnShorter())
    return {};
  for (int64_t left = options.predict;;) {
    Expected<bool> goesOn = step(left);
    if (!goesOn)
      return tl::unexpected(std::move(goesOn.error()));
    if (!*goesOn && !(std::exchange(isFull, false) && goOnShorter()))
      return {};
  }
}

/// Whether there is a shorter text to go on from.
bool Generator::goOnShorter() {
  auto shortened = shorten ? shorten(generation.text()) : std::nullopt;
  if (!shortened) {
    print(stderr,
          "\nthe context of {} positions is full (-c, --context-shift)\n",
          executor.context());
    return false;
  }
  generation.restart(*shortened);
  return true;
}

std::optional<std::vector<int32_t>>
Generator::dropOldest(std::span<const int32_t> text) const {
  size_t kept = options.keep < 0 ? promptLength
                                 : static_cast<size_t>(options.keep);
  if (kept + 2 > text.size())
    return std::nullopt;
  size_t dropped = (text.size() - kept) / 2;
  std::vector<int32_t> shortened(text.begin(),
                                 text.begin() + static_cast<ptrdiff_t>(kept));
  shortened.insert(shortened.end(),
                   text.begin() + static_cast<ptrdiff_t>(kept + dropped),
                   text.end());
  if (!options.quiet)
    print(stderr,
          "\nthe context of {} positions is full: {} tokens behind the first "
          "{} are left out\n",
          executor.context(), dropped, kept);
  return shortened;
}

Expected<bool> Generator::step(int64_t &left) {
  constexpr int64_t mostDrafted = 15;
  auto waiting = static_cast<int64_t>(generation.pending().size());
  int64_t pending = std::min(waiting, executor.batch());
  // A line that has text already is no place for it.
  if (waiting > executor.batch() && textOutput.isAtLineStart())
    progress.show(fmt::format("{} of {} tokens read",
                              generation.sequence().position(),
                              generation.length()));
  bool isStep = pending == 1 && stats.generatedTokens > 0;
  int64_t forced = generation.forced();
  int64_t ahead = std::min({forced != 0  ? forced
                            : logitFile ? 0
                                        : mostDrafted,
                            executor.batch() - pending,
                            executor.context() - generation.length()});
  if (left >= 0)
    ahead = std::min(ahead, left - 1);
  Executor::Feed feed = generation.next(pending, ahead);
  int64_t last = generation.length() - 1;

  Stopwatch watch;
  uint64_t barriersBefore = executor.barriers();
  bool goesOn = true;
  int64_t taken = 0;
  auto take = [&](const Executor::Row &row) -> Expected<void> {
    // What was fed ahead of where the text ends is no row of it.
    if (!goesOn)
      return {};
    if (logitFile)
      if (auto written = logitFile->write(std::as_bytes(row.logits)); !written)
        return written;
    if (row.position < last)
      return {};
    if (left == 0) {
      goesOn = false;
      return {};
    }
    Expected<std::optional<int32_t>> token = generation.take(row);
    if (!token)
      return tl::unexpected(std::move(token.error()));
    if (!*token)
      return {};
    ++taken;
    Expected<bool> put = this->put(**token, row, left -= left > 0);
    if (!put)
      return tl::unexpected(std::move(put.error()));
    goesOn = *put;
    if (!goesOn)
      generation.stop();
    return {};
  };
  Expected<void> fed = executor.feed(generation.sequence(), feed.tokens,
                                     logitFile ? 0 : feed.firstRow, take);
  progress.show("");
  generation.settle();
  if (!fed)
    return tl::unexpected(std::move(fed.error()));

  if (isStep) {
    ++stats.decodeSteps;
    stats.decodeTokens += std::max<int64_t>(taken, 1);
    stats.decodeSeconds += watch.seconds();
    stats.decodeBarriers += executor.barriers() - barriersBefore;
  } else {
    stats.prefillTokens += pending;
    stats.prefillSeconds += watch.seconds();
  }
  stats.draftedTokens = generation.drafted();
  stats.acceptedDrafts = generation.accepted();
  stats.forcedTokens = generation.fastForwarded();
  stats.masks = generation.maskTimes();
  return goesOn;
}

Expected<bool> Generator::put(int32_t token, const Executor::Row &row,
                              int64_t left) {
  if (isEnd(token)) {
    generation.retract();
    return false;
  }
  if (stats.generatedTokens++ == 0)
    stats.firstTokenSeconds = stats.sinceAsked.seconds();
  answered.push_back(token);
  if (auto written = write(token, row); !written)
    return tl::unexpected(std::move(written.error()));
  // The last token is shown, but nobody asks what would follow.
  bool isLast = left == 0 && !logitFile;
  if (isLast || endsInReversePrompt(token))
    return false;
  isFull = row.position + 1 == executor.context();
  return !isFull;
}

Expected<void> Generator::write(int32_t token, const Executor::Row &row) {
  progress.show("");
  if (!options.logprobs) {
    bool isThought = thinking && thinking->takes(token);
    return textOutput.write({&token, 1}, isThought ? thoughts : Shown::Plain);
  }
  auto found = findLogprobs(row.logits, token, *options.logprobs);
  print(stdout, "{}\n", describeLogprobs(found, tokenizer).dump());
  return flushOutput();
}

bool Generator::isEnd(int32_t token) const {
  return tokenizer && !options.ignoreEnd && tokenizer->isEndToken(token);
}

/// Whether `token` completes a reverse prompt; the text after it in the same
/// token does not matter. Control tokens count, shown or not.
bool Generator::endsInReversePrompt(int32_t token) {
  if (tokenizer)
    recentText += tokenizer->decode({&token, 1}, SpecialTokens::Recognised);
  size_t longest = 0;
  for (const std::string &text : options.reversePrompts) {
    if (!text.empty() && recentText.find(text) != std::string::npos)
      return true;
    longest = std::max(longest, text.size());
  }
  if (recentText.size() > longest)
    recentText.erase(0, recentText.size() - longest);
  return false;
}
