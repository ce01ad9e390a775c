//===- LoopTokens.h - Tokens by the turns of a loop -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_GRAMMAR_LOOPTOKENS_H
#define IGNIS_GRAMMAR_LOOPTOKENS_H

#include "ignis/Grammar/Automaton.h"
#include "ignis/Grammar/TokenSet.h"
#include "ignis/Grammar/TokenTrie.h"

#include <optional>

namespace ignis {

/// What of the tokens before a loop depends neither on how many turns are left
/// nor on what follows it: found once, it serves every count in every place.
struct LoopTokens {
  /// Where no turn goes on at the end of one: a node of the trie, and the turns
  /// before it.
  struct Exit {
    uint32_t node;
    uint32_t turns;
  };

  /// Nothing where a token may be divided into turns in two ways, where a turn
  /// may be empty, or where that takes more than the `nodes` of the trie, which
  /// it takes off.
  static std::optional<LoopTokens> find(const Automaton &automaton,
                                        const Automaton::Loop &loop,
                                        const TokenTrie &trie, int64_t &nodes);

  /// Adds the tokens that begin some text of at most `most` turns.
  void addOfTurns(uint32_t most, TokenSet &set) const;

  ByteSet first; ///< bytes that begin a turn
  std::vector<Exit> exits;
  TokenSet tokens; ///< of any number of turns
  /// [i]: those that end in turn i + 1, be it whole or not.
  std::vector<std::vector<int32_t>> byTurns;
};

} // namespace ignis

#endif // IGNIS_GRAMMAR_LOOPTOKENS_H
