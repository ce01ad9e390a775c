//===- Perplexity.cpp - How well a model predicts a text ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Perplexity.h"

#include "BaseLogits.h"

#include "ignis/Engine/Logprobs.h"
#include "ignis/Support/Elementary.h"
#include "ignis/Support/Progress.h"

using namespace ignis;

Perplexity ignis::toPerplexity(const RunningMean &surprise) {
  double value = exp64(surprise.mean());
  return {value, value * surprise.error(), surprise.count()};
}

Expected<Perplexity> ignis::measurePerplexity(Executor &executor,
                                              const Windows &windows,
                                              const std::string *logitsPath) {
  if (auto checked = windows.check(); !checked)
    return tl::unexpected(std::move(checked.error()));
  std::optional<BaseWriter> writer;
  if (logitsPath) {
    auto created =
        BaseWriter::create(*logitsPath, windows, executor.model().vocab());
    if (!created)
      return tl::unexpected(std::move(created.error()));
    writer.emplace(std::move(*created));
  }
  RunningMean surprise;
  auto score = [&](std::span<const float> logits,
                   int32_t next) -> Expected<void> {
    surprise.add(-findLogprob(logits, next));
    return writer ? writer->write(logits) : Expected<void>();
  };
  Progress progress;
  auto show = [&](int64_t done) {
    Perplexity soFar = toPerplexity(surprise);
    progress.show(fmt::format("{} of {} windows, perplexity {:.4f} ± {:.4f}",
                              done, windows.count(), soFar.value,
                              soFar.error));
  };
  if (auto visited = windows.visit(executor, score, show); !visited)
    return tl::unexpected(std::move(visited.error()));
  if (writer)
    if (auto finished = writer->finish(); !finished)
      return tl::unexpected(std::move(finished.error()));
  return toPerplexity(surprise);
}
