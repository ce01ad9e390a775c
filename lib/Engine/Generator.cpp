//===- Generator.cpp - Text that goes on from a prompt --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Generator.h"

#include "ignis/Support/Print.h"

#include <algorithm>
#include <bit>

using namespace ignis;

static_assert(std::endian::native == std::endian::little,
              "rows are written as they stand in memory");

Generator::Generator(const Options &options, uint64_t seed,
                     const Tokenizer *tokenizer, Session &session,
                     OutputFile *logitFile, RunStats &stats)
    : options(options), tokenizer(tokenizer), session(session),
      logitFile(logitFile), stats(stats), sampler(options.sampling, seed),
      textOutput(tokenizer, options.showSpecial ? SpecialTokens::Recognised
                                                : SpecialTokens::AsText) {
  if (tokenizer && options.ignoreEnd)
    sampler.ban(tokenizer->endTokens());
}

void Generator::begin(std::span<const int32_t> prompt) {
  auto differs = std::ranges::mismatch(text, prompt).in1;
  int64_t common = std::min(differs - text.begin(), session.position());
  // The last token is fed in any case, for what follows it.
  auto last = static_cast<int64_t>(prompt.size()) - 1;
  session.rewind(std::max<int64_t>(0, std::min(common, last)));
  text.clear();
  sampler.forget();
  for (int32_t token : prompt)
    append(token);
  promptLength = prompt.size();
  recentText.clear();
}

Expected<void> Generator::generate(std::span<const int32_t> prompt) {
  begin(prompt);
  for (int64_t generated = 0;; ++generated) {
    Expected<std::span<const float>> logits = feedText();
    if (!logits)
      return tl::unexpected(std::move(logits.error()));
    if (generated == options.predict)
      return {};

    int32_t token = session.givesLogits() ? sampler.sample(*logits) : likeliest;
    if (isEnd(token))
      return {};
    if (stats.generatedTokens++ == 0)
      stats.firstTokenSeconds = stats.sinceStart.seconds();
    append(token);
    Expected<std::string> written = textOutput.write({&token, 1});
    if (!written)
      return tl::unexpected(std::move(written.error()));

    bool isLast = generated + 1 == options.predict && !logitFile;
    if (isLast || endsInReversePrompt(token))
      return {};
    if (session.position() == session.context()) {
      print(stderr, "\nthe context of {} positions is full (-c)\n",
            session.context());
      return {};
    }
  }
}

Expected<std::span<const float>> Generator::feedText() {
  std::span<const int32_t> pending =
      std::span(text).subspan(static_cast<size_t>(session.position()));
  bool isStep = pending.size() == 1 && stats.generatedTokens > 0;
  Stopwatch watch;
  uint64_t barriersBefore = session.barriers();
  std::span<const float> last;
  auto take = [&](std::span<const float> row) -> Expected<void> {
    last = row;
    return logitFile ? logitFile->write(std::as_bytes(row)) : Expected<void>();
  };
  auto lastRow = static_cast<int64_t>(pending.size()) - 1;
  if (session.givesLogits()) {
    Expected<void> fed = session.feed(pending, logitFile ? 0 : lastRow, take);
    if (!fed)
      return tl::unexpected(std::move(fed.error()));
  } else {
    Expected<int32_t> chosen = session.choose(pending);
    if (!chosen)
      return tl::unexpected(std::move(chosen.error()));
    likeliest = *chosen;
  }

  if (isStep) {
    ++stats.decodeSteps;
    stats.decodeSeconds += watch.seconds();
    stats.decodeBarriers += session.barriers() - barriersBefore;
  } else {
    stats.prefillTokens += lastRow + 1;
    stats.prefillSeconds += watch.seconds();
  }
  return last;
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
