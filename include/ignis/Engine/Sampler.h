//===- Sampler.h - Chooses the next token -----------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// By formulas that give the same token on every machine:
// python-free-docs/sampling.md.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_SAMPLER_H
#define IGNIS_ENGINE_SAMPLER_H

#include "ignis/Engine/Candidates.h"
#include "ignis/Engine/SamplerOptions.h"
#include "ignis/Grammar/Constraint.h"
#include "ignis/Support/Random.h"

#include <memory>

namespace ignis {

class Sampler {
public:
  Sampler(const SamplerOptions &options, uint64_t seed);

  /// From now on other options, with the same text and random numbers.
  void setOptions(const SamplerOptions &options);

  /// What it has of an answer besides its text.
  struct State {
    Random::State random;
    double mostSurprise; ///< of mirostat, in bits
  };
  State state() const { return {random.getState(), mostSurprise}; }
  void setState(const State &state);
  /// Other random numbers.
  void setSeed(uint64_t seed) { random = Random(seed); }

  /// Tokens that are never chosen.
  void ban(std::span<const int32_t> tokens) {
    banned.assign(tokens.begin(), tokens.end());
  }
  /// Across these DRY sees no repetition; null: there are none.
  void setBreakers(std::shared_ptr<const TokenSet> tokens) {
    breakers = std::move(tokens);
  }

  /// Remembers a token of the text so far, for the penalties.
  void accept(int32_t token) { history.push_back(token); }

  /// Takes back the last token.
  void retract() { history.pop_back(); }
  /// Forgets the text, but not the random numbers drawn for it.
  void forget() { history.clear(); }

  /// `logits` are finite, one for each token of the vocabulary. With `allowed`,
  /// which is not empty, only tokens of it are chosen.
  int32_t sample(std::span<const float> logits,
                 const TokenSet *allowed = nullptr);

private:
  void ban(const TokenSet *allowed);
  void apply(SamplerStep step);
  void penalise();
  void penaliseRepetition();
  void changeTemperature();

  SamplerOptions options;
  std::vector<SamplerStep> order; ///< what of it has an effect
  Random random;
  double mostSurprise = 0; ///< of mirostat, in bits
  std::vector<int32_t> history;
  std::vector<int32_t> banned;
  std::shared_ptr<const TokenSet> breakers;
  Candidates candidates;
};

} // namespace ignis

#endif // IGNIS_ENGINE_SAMPLER_H
