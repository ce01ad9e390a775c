//===- FollowGrammar.h - A text that a grammar allows --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_FUZZ_FOLLOWGRAMMAR_H
#define IGNIS_TEST_FUZZ_FOLLOWGRAMMAR_H

#include "FuzzInput.h"

#include "ignis/Grammar/Constraint.h"

namespace ignis::fuzz {

/// Every byte a token, some of several bytes, two that are the same, and the
/// end, which is the last.
inline std::shared_ptr<const TokenTrie> getTrie() {
  static const auto trie = [] {
    std::vector<std::string> tokens;
    for (int byte = 0; byte != 256; ++byte)
      tokens.emplace_back(1, static_cast<char>(byte));
    for (const char *text : {"{\"", "\": ", "true", "null", "ab", "ab",
                             "\u00e9", "\xe2\x82", "12", "]}", "", ""})
      tokens.emplace_back(text);
    return std::make_shared<const TokenTrie>(std::move(tokens));
  }();
  return trie;
}

/// Compiles the grammar, if it is one, and goes on for a while as `input` says:
/// what is allowed is accepted, and nothing else.
inline void followGrammar(const Expected<Grammar> &grammar, Input input) {
  if (!grammar)
    return;
  Expected<Automaton> compiled = Automaton::compile(*grammar);
  if (!compiled)
    return;
  const auto end = static_cast<int32_t>(getTrie()->vocabulary()) - 1;
  Constraint constraint(std::make_shared<const Automaton>(std::move(*compiled)),
                        getTrie(), std::span(&end, 1));
  constexpr int mostTokens = 24;
  for (int i = 0; i != mostTokens; ++i) {
    Expected<const TokenSet *> allowed = constraint.allowed();
    if (!allowed)
      return;
    require((*allowed)->contains(end) == constraint.isWhole(),
            "a text ends where it is whole");
    int32_t wanted = input.byte() + 12 * (input.byte() % 2);
    bool may = (*allowed)->contains(wanted);
    require(constraint.accept(wanted).has_value() == may || wanted == end,
            "what is allowed is accepted, and nothing else");
    if (may)
      continue;
    int32_t next = 0;
    while (next != end && !(*allowed)->contains(next))
      ++next;
    if (next == end)
      return;
    require(constraint.accept(next).has_value(), "what is allowed is accepted");
  }
}

} // namespace ignis::fuzz

#endif // IGNIS_TEST_FUZZ_FOLLOWGRAMMAR_H
