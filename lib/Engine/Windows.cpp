//===- Windows.cpp - A text in windows, as llama.cpp measures -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Windows.h"

using namespace ignis;

Expected<void> Windows::check() const {
  // The last token of a window is only predicted.
  if (predicted() < 1)
    return makeError(ExitCode::Usage,
                     "perplexity: expected windows of at least 3 tokens, found "
                     "{} (-c sets them)",
                     size);
  if (count() == 0)
    return makeError(ExitCode::Usage,
                     "perplexity: the text has {} tokens, a window needs {}: "
                     "expected a longer text, or shorter windows with -c",
                     tokens.size(), size);
  return {};
}

Expected<void>
Windows::visit(Executor &executor, const Sink &sink,
               const std::function<void(int64_t)> &after) const {
  for (int64_t i = 0; i != count(); ++i) {
    auto slice = tokens.subspan(static_cast<size_t>(i * size),
                                static_cast<size_t>(size));
    std::vector<int32_t> input(slice.begin(), slice.end() - 1);
    if (begin)
      input.front() = *begin;
    auto next = static_cast<size_t>(size / 2) + 1;
    auto take = [&](const Executor::Row &row) {
      return sink(row.logits, slice[next++]);
    };
    Sequence sequence(executor);
    if (auto fed = executor.feed(sequence, input, size / 2, take); !fed)
      return fed;
    after(i + 1);
  }
  return {};
}
