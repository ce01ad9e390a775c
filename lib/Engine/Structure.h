//===- Structure.h - What answers have to look like -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_STRUCTURE_H
#define IGNIS_LIB_ENGINE_STRUCTURE_H

#include "ignis/Grammar/Constraint.h"
#include "ignis/Text/Tokenizer.h"

namespace ignis {

/// A grammar over the tokens of a model, for any number of answers.
class Structure {
public:
  /// A model has `vocab` rows for its tokens, of which some may be none.
  Structure(std::shared_ptr<const Automaton> grammar,
            const Tokenizer &tokenizer, int64_t vocab);

  /// Of an answer that begins.
  Constraint begin() const { return Constraint(grammar, trie, endTokens); }

private:
  std::shared_ptr<const Automaton> grammar;
  std::shared_ptr<const TokenTrie> trie;
  std::vector<int32_t> endTokens;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_STRUCTURE_H
