//===- Breakers.h - Where a repetition ends ---------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_BREAKERS_H
#define IGNIS_ENGINE_BREAKERS_H

#include "ignis/Engine/SamplerOptions.h"
#include "ignis/Grammar/Constraint.h"

#include <map>
#include <memory>
#include <mutex>

namespace ignis {

class Tokenizer;

/// Finds the tokens across which DRY sees no repetition: those of a model in
/// which one of a few texts stands. What was found is kept. Usable from several
/// threads.
class Breakers {
public:
  /// A model without a tokenizer (null) has none. `vocab`: of the logits.
  Breakers(const Tokenizer *tokenizer, int64_t vocab)
      : tokenizer(tokenizer), vocab(vocab) {}

  /// Null where `options` do not ask for DRY, or have no texts. Refuses a text
  /// that stands in no token: it could not have an effect.
  Expected<std::shared_ptr<const TokenSet>> find(const SamplerOptions &options);

private:
  Expected<std::shared_ptr<const TokenSet>>
  find(std::span<const std::string> texts) const;

  const Tokenizer *tokenizer;
  int64_t vocab;
  std::mutex finding; ///< guards `found`
  std::map<std::vector<std::string>, std::shared_ptr<const TokenSet>> found;
};

} // namespace ignis

#endif // IGNIS_ENGINE_BREAKERS_H
