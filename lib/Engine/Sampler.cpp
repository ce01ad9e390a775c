//===- Sampler.cpp - Chooses the next token -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Sampler.h"

#include "Repetition.h"

#include "ignis/Support/Elementary.h"

#include <algorithm>
#include <limits>

using namespace ignis;

/// Whether a step changes what the likeliest token is.
static bool isPenalty(SamplerStep step) {
  return step == SamplerStep::Penalties || step == SamplerStep::DRY;
}

Sampler::Sampler(const SamplerOptions &options, uint64_t seed) : random(seed) {
  setOptions(options);
  mostSurprise = 2 * double{options.mirostatTau};
}

void Sampler::setState(const State &state) {
  random.setState(state.random);
  mostSurprise = state.mostSurprise;
}

void Sampler::setOptions(const SamplerOptions &given) {
  if (given.mirostatTau != options.mirostatTau)
    mostSurprise = 2 * double{given.mirostatTau};
  options = given;
  order.clear();
  bool isGreedy = options.temperature <= 0;
  for (SamplerStep step : options.order)
    if (isPenalty(step) ||
        (!isGreedy &&
         (options.mirostat == 0 || step == SamplerStep::Temperature)))
      order.push_back(step);
}

int32_t Sampler::sample(std::span<const float> logits,
                        const TokenSet *allowed) {
  candidates.begin(logits);
  ban(allowed);
  for (SamplerStep step : order)
    apply(step);
  if (options.temperature <= 0)
    candidates.keepTopK(1);
  else if (options.mirostat != 0)
    candidates.keepSurprise(mostSurprise);
  Candidates::Drawn drawn = candidates.draw(random);
  if (options.mirostat != 0)
    mostSurprise -=
        options.mirostatEta * (drawn.surprise - double{options.mirostatTau});
  return drawn.token;
}

void Sampler::ban(const TokenSet *allowed) {
  constexpr float never = -std::numeric_limits<float>::infinity();
  if (!options.logitBias.empty() || !banned.empty() || allowed) {
    std::span<float> logits = candidates.edit();
    for (const auto &[token, bias] : options.logitBias)
      logits[static_cast<size_t>(token)] += bias;
    for (int32_t token : banned)
      logits[static_cast<size_t>(token)] = never;
    if (!allowed)
      return;
    for (size_t token = 0; token != logits.size(); ++token)
      if (!allowed->contains(static_cast<int32_t>(token)))
        logits[token] = never;
  }
}

void Sampler::apply(SamplerStep step) {
  switch (step) {
  case SamplerStep::Penalties:
    return penalise();
  case SamplerStep::DRY:
    return penaliseRepetition();
  case SamplerStep::TopNSigma:
    return candidates.keepTopNSigma(options.topNSigma);
  case SamplerStep::TopK:
    return candidates.keepTopK(options.topK);
  case SamplerStep::Typical:
    return candidates.keepTypical(options.typicalP);
  case SamplerStep::TopP:
    return candidates.keepTopP(options.topP);
  case SamplerStep::MinP:
    return candidates.keepMinP(options.minP);
  case SamplerStep::XTC:
    if (options.xtcProbability > 0 && options.xtcThreshold <= 0.5f &&
        candidates.count() > 1 &&
        random.nextDouble() < double{options.xtcProbability})
      candidates.dropTop(options.xtcThreshold);
    return;
  case SamplerStep::Temperature:
    return changeTemperature();
  }
}

void Sampler::penalise() {
  bool isOff = options.repeatPenalty == 1 && options.presencePenalty == 0 &&
               options.frequencyPenalty == 0;
  if (isOff)
    return;
  auto change = [this](float logit, int64_t count) {
    logit = logit > 0 ? logit / options.repeatPenalty
                      : logit * options.repeatPenalty;
    return logit - (static_cast<float>(count) * options.frequencyPenalty +
                    options.presencePenalty);
  };
  auto counts = countTokens(takeRecent(history, options.repeatLastN));
  candidates.change<int64_t>(counts, change);
}

void Sampler::penaliseRepetition() {
  if (options.dryMultiplier == 0)
    return;
  static constexpr double most = 1e30;
  auto change = [this](float logit, int64_t length) {
    double penalty = options.dryMultiplier;
    for (int64_t i = options.dryAllowedLength; i < length && penalty < most; ++i)
      penalty *= options.dryBase;
    return logit - static_cast<float>(std::min(penalty, most));
  };
  auto found = findRepetitions(takeRecent(history, options.dryLastN),
                               options.dryAllowedLength, breakers.get());
  candidates.change<int64_t>(found, change);
}

void Sampler::changeTemperature() {
  if (options.dynamicRange <= 0)
    return candidates.scale(options.temperature);
  float low = std::max(0.0f, options.temperature - options.dynamicRange);
  float high = options.temperature + options.dynamicRange;
  double bent =
      exp64(options.dynamicExponent * log64(candidates.relativeEntropy()));
  candidates.scale(
      static_cast<float>(low + (double{high} - low) * bent));
}
