//===- Perplexity.cpp - How well a model predicts a text ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Perplexity.h"

#include "ignis/Engine/Logprobs.h"
#include "ignis/Support/Elementary.h"

#include <algorithm>

using namespace ignis;

Expected<Perplexity> ignis::computePerplexity(Executor &executor,
                                              std::span<const int32_t> tokens,
                                              int64_t window,
                                              std::optional<int32_t> begin) {
  auto size = static_cast<size_t>(window);
  size_t windows = tokens.size() / size;
  int64_t first = window / 2;
  // The last token of a window is only predicted.
  if (first >= window - 1)
    return makeError(ExitCode::Usage,
                     "perplexity: expected windows of at least 3 tokens, found "
                     "{} (-c sets them)",
                     window);
  if (windows == 0)
    return makeError(ExitCode::Usage,
                     "perplexity: the text has {} tokens, a window needs {}: "
                     "expected a longer text, or shorter windows with -c",
                     tokens.size(), window);

  double surprise = 0;
  for (size_t i = 0; i != windows; ++i) {
    std::span<const int32_t> slice = tokens.subspan(i * size, size);
    std::vector<int32_t> input(slice.begin(), slice.end() - 1);
    if (begin)
      input.front() = *begin;
    auto next = static_cast<size_t>(first) + 1;
    auto score = [&](const Executor::Row &row) -> Expected<void> {
      surprise -= findLogprob(row.logits, slice[next++]);
      return {};
    };
    Sequence sequence(executor);
    if (auto fed = executor.feed(sequence, input, first, score); !fed)
      return tl::unexpected(std::move(fed.error()));
  }
  int64_t predicted = static_cast<int64_t>(windows) * (window - 1 - first);
  return Perplexity{exp64(surprise / static_cast<double>(predicted)),
                    predicted};
}
