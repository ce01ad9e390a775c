//===- Structure.h - What answers have to look like -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_STRUCTURE_H
#define IGNIS_ENGINE_STRUCTURE_H

#include "ignis/Grammar/Constraint.h"
#include "ignis/Text/Tokenizer.h"

namespace ignis {

/// The tokens of a model that are text. It has `vocab` rows for tokens, of which
/// some may be none.
std::shared_ptr<const TokenTrie> makeTokenTrie(const Tokenizer &tokenizer,
                                               int64_t vocab);

/// A grammar over the tokens of a model, for any number of answers.
class Structure {
public:
  /// `tokenizer` outlives it and its answers.
  Structure(std::shared_ptr<const Automaton> grammar,
            std::shared_ptr<const TokenTrie> trie, const Tokenizer &tokenizer)
      : grammar(std::move(grammar)), trie(std::move(trie)),
        tokenizer(tokenizer) {}

  /// Of an answer that begins.
  Constraint begin() const {
    return Constraint(grammar, trie, tokenizer.endTokens(), &tokenizer);
  }

private:
  std::shared_ptr<const Automaton> grammar;
  std::shared_ptr<const TokenTrie> trie;
  const Tokenizer &tokenizer;
};

} // namespace ignis

#endif // IGNIS_ENGINE_STRUCTURE_H
