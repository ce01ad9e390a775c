//===- Sampler.cpp - Chooses the next token -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Sampler.h"
#include "ignis/Runtime/Runtime.h"

#include <algorithm>
#include <cmath>
#include <limits>

using namespace ignis;

Sampler::Sampler(const SamplerOptions &givenOptions, uint64_t seed)
    : options(givenOptions), random(seed) {
  if (options.temperature <= 0)
    options.topK = 1;
}

int32_t Sampler::sample(std::span<const float> logits,
                        const TokenSet *allowed) {
  bool isAdjusted =
      allowed || !banned.empty() || options.repeatPenalty != 1;
  if (isAdjusted) {
    adjusted.assign(logits.begin(), logits.end());
    ban(allowed);
    penalise();
    logits = adjusted;
  }
  collectTopK(logits);
  keepTopP();
  keepMinP();
  return draw();
}

void Sampler::ban(const TokenSet *allowed) {
  constexpr float never = -std::numeric_limits<float>::infinity();
  for (int32_t token : banned)
    adjusted[static_cast<size_t>(token)] = never;
  if (!allowed)
    return;
  for (size_t token = 0; token != adjusted.size(); ++token)
    if (!allowed->contains(static_cast<int32_t>(token)))
      adjusted[token] = never;
}

/// Each token of the recent past once, however often it stood there.
void Sampler::penalise() {
  size_t count = history.size();
  if (options.repeatLastN >= 0)
    count = std::min(count, static_cast<size_t>(options.repeatLastN));
  std::vector<int32_t> recent(history.end() - static_cast<ptrdiff_t>(count),
                              history.end());
  std::ranges::sort(recent);
  recent.erase(std::ranges::unique(recent).begin(), recent.end());
  for (int32_t token : recent) {
    float &logit = adjusted[static_cast<size_t>(token)];
    logit = logit > 0 ? logit / options.repeatPenalty
                      : logit * options.repeatPenalty;
  }
}

/// A heap of the best so far, the worst of them in front: one comparison for
/// most of the vocabulary. Of equal logits the first stays.
void Sampler::collectTopK(std::span<const float> logits) {
  size_t count = logits.size();
  if (options.topK > 0)
    count = std::min(count, static_cast<size_t>(options.topK));
  auto isBetter = [](const Candidate &a, const Candidate &b) {
    return a.logit != b.logit ? a.logit > b.logit : a.token < b.token;
  };
  candidates.clear();
  for (size_t i = 0; i != logits.size(); ++i) {
    if (candidates.size() == count) {
      if (logits[i] <= candidates.front().logit)
        continue;
      std::ranges::pop_heap(candidates, isBetter);
      candidates.pop_back();
    }
    candidates.push_back({static_cast<int32_t>(i), logits[i], 0});
    std::ranges::push_heap(candidates, isBetter);
  }
  std::ranges::sort_heap(candidates, isBetter);
  // What was banned is no candidate, unless all is.
  while (candidates.size() > 1 && std::isinf(candidates.back().logit))
    candidates.pop_back();
}

void Sampler::weigh(float temperature) {
  float best = candidates.front().logit;
  for (Candidate &candidate : candidates)
    candidate.weight = ignis_rt_exp((candidate.logit - best) / temperature);
}

/// The fewest best whose share of all weight reaches top-p.
void Sampler::keepTopP() {
  if (options.topP >= 1)
    return;
  weigh(1);
  double total = 0;
  for (const Candidate &candidate : candidates)
    total += candidate.weight;
  double sum = 0;
  size_t count = 0;
  do {
    sum += candidates[count++].weight;
  } while (count != candidates.size() && sum < options.topP * total);
  candidates.resize(count);
}

/// Those whose weight is at least min-p of the best one's, which is 1.
void Sampler::keepMinP() {
  if (options.minP <= 0)
    return;
  weigh(1);
  auto isTooSmall = [&](const Candidate &candidate) {
    return candidate.weight < options.minP;
  };
  auto end = std::find_if(candidates.begin() + 1, candidates.end(), isTooSmall);
  candidates.erase(end, candidates.end());
}

int32_t Sampler::draw() {
  if (candidates.size() == 1)
    return candidates.front().token;
  weigh(options.temperature);
  double total = 0;
  for (const Candidate &candidate : candidates)
    total += candidate.weight;
  double target = random.nextDouble() * total;
  double sum = 0;
  for (const Candidate &candidate : candidates) {
    sum += candidate.weight;
    if (target < sum)
      return candidate.token;
  }
  return candidates.back().token; // the product was rounded up to the total
}
