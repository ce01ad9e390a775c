//===- Sampler.h - Chooses the next token ----------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Penalties, top-k, top-p, min-p, temperature, draw, in this order, by formulas
// that give the same token on every machine: python-free-docs/sampling.md.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_SAMPLER_H
#define IGNIS_ENGINE_SAMPLER_H

#include "ignis/Grammar/Constraint.h"
#include "ignis/Support/Random.h"

#include <cstdint>
#include <span>
#include <vector>

namespace ignis {

struct SamplerOptions {
  float temperature = 0.8f; ///< 0 or less: the likeliest token
  int64_t topK = 40;        ///< 0 or less: all
  float topP = 0.95f;       ///< 1 or more: all
  float minP = 0.05f;       ///< 0 or less: all
  float repeatPenalty = 1;
  int64_t repeatLastN = 64; ///< -1: all tokens so far

  /// Whether the likeliest token is always the one.
  bool isGreedy() const { return temperature <= 0 && repeatPenalty == 1; }
};

class Sampler {
public:
  Sampler(const SamplerOptions &options, uint64_t seed);

  /// Tokens that are never chosen.
  void ban(std::span<const int32_t> tokens) {
    banned.assign(tokens.begin(), tokens.end());
  }

  /// Remembers a token of the text so far, for the penalty.
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
  struct Candidate {
    int32_t token;
    float logit;
    double weight; ///< exp of the logit's distance to the best one
  };

  void ban(const TokenSet *allowed);
  void penalise();
  void collectTopK(std::span<const float> logits);
  void keepTopP();
  void keepMinP();
  int32_t draw();
  void weigh(float temperature);

  SamplerOptions options;
  Random random;
  std::vector<int32_t> history;
  std::vector<int32_t> banned;
  std::vector<float> adjusted;       ///< logits after bans and penalties
  std::vector<Candidate> candidates; ///< best first
};

} // namespace ignis

#endif // IGNIS_ENGINE_SAMPLER_H
