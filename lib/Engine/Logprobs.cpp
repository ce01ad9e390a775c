//===- Logprobs.cpp - Probabilities of tokens -----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Logprobs.h"

#include "ignis/Support/Elementary.h"
#include "ignis/Text/Tokenizer.h"
#include "ignis/Text/Unicode.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <numeric>

using namespace ignis;

LogNorm::LogNorm(std::span<const float> logits)
    : best(*std::ranges::max_element(logits)) {
  double total = 0;
  for (float logit : logits)
    total += exp64(logit - best);
  logTotal = log64(total);
}

double ignis::findLogprob(std::span<const float> logits, int32_t token) {
  return LogNorm(logits)(logits[static_cast<size_t>(token)]);
}

std::vector<TokenLogprob> ignis::findLogprobs(std::span<const float> logits,
                                              int32_t token, int64_t count) {
  const LogNorm norm(logits);
  std::vector<int32_t> tokens(logits.size());
  std::iota(tokens.begin(), tokens.end(), 0);
  auto end = tokens.begin() +
             std::min(static_cast<ptrdiff_t>(count), std::ssize(tokens));
  auto logitOf = [&](int32_t i) { return logits[static_cast<size_t>(i)]; };
  std::ranges::partial_sort(tokens, end, [&](int32_t a, int32_t b) {
    return logitOf(a) != logitOf(b) ? logitOf(a) > logitOf(b) : a < b;
  });
  tokens.erase(end, tokens.end());
  tokens.insert(tokens.begin(), token);
  std::vector<TokenLogprob> found;
  for (int32_t each : tokens)
    found.push_back({each, norm(logitOf(each))});
  return found;
}

static nlohmann::ordered_json describe(const TokenLogprob &logprob,
                                       const Tokenizer *tokenizer) {
  nlohmann::ordered_json json = {{"id", logprob.token}};
  if (tokenizer) {
    std::string bytes =
        tokenizer->decode({&logprob.token, 1}, SpecialTokens::Recognised);
    json["bytes"] = std::vector<uint8_t>(bytes.begin(), bytes.end());
    json["token"] = repairUTF8(std::move(bytes));
  }
  json["logprob"] = logprob.logprob;
  return json;
}

nlohmann::ordered_json
ignis::describeLogprobs(std::span<const TokenLogprob> logprobs,
                        const Tokenizer *tokenizer) {
  auto json = describe(logprobs.front(), tokenizer);
  auto top = nlohmann::ordered_json::array();
  for (const TokenLogprob &logprob : logprobs.subspan(1))
    top.push_back(describe(logprob, tokenizer));
  json["top_logprobs"] = std::move(top);
  return json;
}
