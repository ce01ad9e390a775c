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
                                                : SpecialTokens::AsText) {
  if (tokenizer && options.ignoreEnd)
    generation.sampler().ban(tokenizer->endTokens());
}

Expected<void> Generator::generate(std::span<const int32_t> prompt) {
  generation.restart(prompt);
  if (structure)
    generation.constrain(structure->begin());
  answered.clear();
  recentText.clear();
  for (int64_t left = options.predict;;) {
    Expected<bool> goesOn = step(left);
    if (!goesOn)
      return tl::unexpected(std::move(goesOn.error()));
    if (!*goesOn)
      return {};
  }
}

Expected<bool> Generator::step(int64_t &left) {
  constexpr int64_t mostDrafted = 15;
  auto pending = static_cast<int64_t>(generation.pending().size());
  bool isStep = pending == 1 && stats.generatedTokens > 0;
  int64_t drafts =
      std::min(mostDrafted, executor.context() - generation.length());
  if (left >= 0)
    drafts = std::min(drafts, left - 1);
  Executor::Feed feed = generation.next(pending, logitFile ? 0 : drafts);
  int64_t last = generation.length() - 1;

  Stopwatch watch;
  uint64_t barriersBefore = executor.barriers();
  bool goesOn = true;
  int64_t taken = 0;
  auto take = [&](const Executor::Row &row) -> Expected<void> {
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
  return goesOn;
}

Expected<bool> Generator::put(int32_t token, const Executor::Row &row,
                              int64_t left) {
  if (isEnd(token)) {
    generation.retract();
    return false;
  }
  if (stats.generatedTokens++ == 0)
    stats.firstTokenSeconds = stats.sinceStart.seconds();
  answered.push_back(token);
  if (auto written = write(token, row); !written)
    return tl::unexpected(std::move(written.error()));
  // The last token is shown, but nobody asks what would follow.
  bool isLast = left == 0 && !logitFile;
  if (isLast || endsInReversePrompt(token))
    return false;
  if (row.position + 1 == executor.context()) {
    print(stderr, "\nthe context of {} positions is full (-c)\n",
          executor.context());
    return false;
  }
  return true;
}

Expected<void> Generator::write(int32_t token, const Executor::Row &row) {
  if (!options.logprobs) {
    Expected<std::string> written = textOutput.write({&token, 1});
    return written ? Expected<void>()
                   : tl::unexpected(std::move(written.error()));
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
