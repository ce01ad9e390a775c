//===- LoopTokens.cpp - Tokens by the turns of a loop --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Grammar/LoopTokens.h"

#include "ignis/Grammar/Recognizer.h"

using namespace ignis;

/// Steps of runs for one loop: those of a character take some thousand.
static constexpr int64_t mostWork = 1'000'000;

std::optional<LoopTokens> LoopTokens::find(const Automaton &automaton,
                                           const Automaton::Loop &loop,
                                           const TokenTrie &trie,
                                           int64_t &nodes) {
  using State = Recognizer::State;
  Recognizer recognizer(automaton);
  recognizer.setBudget(mostWork);
  const State even = recognizer.stateOf({loop.even, Recognizer::noFrame});
  const State odd = recognizer.stateOf({loop.odd, Recognizer::noFrame});
  if (even == odd) // a turn may be empty, or there is none
    return std::nullopt;

  LoopTokens found = {recognizer.following(even), {},
                      TokenSet(trie.vocabulary()), {}};
  struct Place {
    State state;
    uint32_t turns; ///< that have ended
  };
  std::vector<Place> path(trie.height() + 1, {even, 0});
  std::span<const TokenTrie::Node> all = trie.nodes();
  for (uint32_t i = 0; i != all.size();) {
    if (--nodes < 0)
      return std::nullopt;
    const TokenTrie::Node &node = all[i];
    const Place &at = path[node.depth];
    State next = recognizer.next(at.state, node.byte);
    if (recognizer.isExhausted())
      return std::nullopt;
    if (next == Recognizer::dead) {
      if (recognizer.isFinal(at.state))
        found.exits.push_back({i, at.turns});
      i = node.end;
      continue;
    }
    // Runs inside a turn are none of those before one of the other kind.
    bool ends = recognizer.isFinal(next);
    if (ends && next != even && next != odd)
      return std::nullopt;
    path[node.depth + 1] = {next, at.turns + ends};
    found.byTurns.resize(
        std::max<size_t>(found.byTurns.size(), at.turns + size_t{1}));
    for (int32_t token : trie.tokensOf(node)) {
      found.tokens.insert(token);
      found.byTurns[at.turns].push_back(token);
    }
    ++i;
  }
  return found;
}

void LoopTokens::addOfTurns(uint32_t most, TokenSet &set) const {
  TokenSet fitting = tokens;
  for (size_t turns = byTurns.size(); turns > most; --turns)
    for (int32_t token : byTurns[turns - 1])
      fitting.erase(token);
  set.insert(fitting);
}
