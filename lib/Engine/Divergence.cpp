//===- Divergence.cpp - How far two models are apart ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Divergence.h"

#include "BaseLogits.h"

#include "ignis/Engine/Logprobs.h"
#include "ignis/Support/Elementary.h"
#include "ignis/Support/Progress.h"

#include <algorithm>

using namespace ignis;

/// sum of p (log p - log q), p being the base's.
static double getDivergence(std::span<const float> base,
                            std::span<const float> logits) {
  const LogNorm normBase(base), norm(logits);
  double sum = 0;
  for (size_t i = 0; i != base.size(); ++i) {
    double logP = normBase(base[i]);
    sum += exp64(logP) * (logP - norm(logits[i]));
  }
  return std::max(sum, 0.0); // what rounding leaves of 0
}

/// Of values in order.
static double getPercentile(const std::vector<double> &sorted, double share) {
  auto index = static_cast<size_t>(share * double(sorted.size()));
  return sorted[std::min(index, sorted.size() - 1)];
}

Expected<Divergence> ignis::measureDivergence(Executor &executor,
                                              const Windows &windows,
                                              const std::string &basePath) {
  if (auto checked = windows.check(); !checked)
    return tl::unexpected(std::move(checked.error()));
  auto reader = BaseReader::open(basePath, windows, executor.model().vocab());
  if (!reader)
    return tl::unexpected(std::move(reader.error()));
  Divergence result = {};
  std::vector<double> all;
  auto compare = [&](std::span<const float> logits,
                     int32_t next) -> Expected<void> {
    auto base = reader->read();
    if (!base)
      return tl::unexpected(std::move(base.error()));
    all.push_back(getDivergence(*base, logits));
    result.divergence.add(all.back());
    bool agrees = std::ranges::max_element(*base) - base->begin() ==
                  std::ranges::max_element(logits) - logits.begin();
    result.agreement.add(agrees ? 1 : 0);
    result.baseSurprise.add(-findLogprob(*base, next));
    result.surprise.add(-findLogprob(logits, next));
    return {};
  };
  Progress progress;
  auto show = [&](int64_t done) {
    progress.show(fmt::format("{} of {} windows, divergence {:.6f} ± {:.6f}",
                              done, windows.count(), result.divergence.mean(),
                              result.divergence.error()));
  };
  if (auto visited = windows.visit(executor, compare, show); !visited)
    return tl::unexpected(std::move(visited.error()));
  std::ranges::sort(all);
  result.median = getPercentile(all, 0.5);
  result.percentile99 = getPercentile(all, 0.99);
  result.most = all.back();
  return result;
}
