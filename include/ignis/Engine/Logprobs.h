//===- Logprobs.h - Probabilities of tokens ---------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_LOGPROBS_H
#define IGNIS_ENGINE_LOGPROBS_H

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <span>
#include <vector>

namespace ignis {

class Tokenizer;

struct TokenLogprob {
  int32_t token;
  double logprob; ///< natural
};

/// Makes a row's logits logarithms of probabilities.
class LogNorm {
public:
  explicit LogNorm(std::span<const float> logits);
  double operator()(float logit) const { return logit - best - logTotal; }

private:
  double best, logTotal;
};

/// Of the model itself, before anything that a sampler does: the token's, by
/// the formula in python-free-docs/sampling.md.
double findLogprob(std::span<const float> logits, int32_t token);

/// The token's first, then those of the `count` likeliest tokens, best first,
/// equal ones by token.
std::vector<TokenLogprob> findLogprobs(std::span<const float> logits,
                                       int32_t token, int64_t count);

/// What findLogprobs gives, in OpenAI's names: id, token (repaired where it is
/// no UTF-8), bytes, logprob, and top_logprobs with the same of the others.
/// Without a tokenizer (null) there are ids alone.
nlohmann::ordered_json describeLogprobs(std::span<const TokenLogprob> logprobs,
                                        const Tokenizer *tokenizer);

} // namespace ignis

#endif // IGNIS_ENGINE_LOGPROBS_H
