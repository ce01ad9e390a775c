//===- Breakers.cpp - Where a repetition ends -----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Breakers.h"

#include "ignis/Text/Tokenizer.h"

#include <algorithm>

using namespace ignis;

Expected<std::shared_ptr<const TokenSet>>
Breakers::find(const SamplerOptions &options) {
  if (options.dryMultiplier == 0 || options.dryBreakers.empty() || !tokenizer)
    return nullptr;
  std::lock_guard guard(finding);
  auto known = found.find(options.dryBreakers);
  if (known != found.end())
    return known->second;
  auto set = find(options.dryBreakers);
  // Requests may ask for many, one after the other.
  constexpr size_t most = 64;
  if (found.size() == most)
    found.clear();
  if (set)
    found.emplace(options.dryBreakers, *set);
  return set;
}

Expected<std::shared_ptr<const TokenSet>>
Breakers::find(std::span<const std::string> texts) const {
  const Vocabulary &vocabulary = tokenizer->vocabulary();
  auto breakers = std::make_shared<TokenSet>(static_cast<size_t>(vocab));
  std::vector<bool> stands(texts.size());
  for (int32_t token = 0; token < vocabulary.size(); ++token) {
    std::string bytes;
    vocabulary.appendBytes(token, bytes);
    for (size_t i = 0; i != texts.size(); ++i) {
      if (bytes.find(texts[i]) == std::string::npos)
        continue;
      breakers->insert(token);
      stands[i] = true;
    }
  }
  auto missing = std::ranges::find(stands, false);
  if (missing != stands.end())
    return makeError(ExitCode::Usage,
                     "dry_sequence_breakers: expected texts that stand in a "
                     "token of this model, found {}",
                     quoteForMessage(
                         texts[static_cast<size_t>(missing - stands.begin())]));
  return breakers;
}
