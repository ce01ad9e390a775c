//===- Constraint.h - Tokens that a grammar allows --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_GRAMMAR_CONSTRAINT_H
#define IGNIS_GRAMMAR_CONSTRAINT_H

#include "ignis/Grammar/LoopTokens.h"
#include "ignis/Grammar/Recognizer.h"
#include "ignis/Text/Tokenizer.h"

#include <memory>
#include <optional>
#include <span>

namespace ignis {

/// Keeps a generated text to a grammar: says which tokens may follow, and
/// follows the one that was chosen. One for each text; grammars, tries and what
/// was computed of both ahead are shared with copies.
class Constraint {
public:
  /// `endTokens` may follow where a text is whole. `tokenizer`, which outlives
  /// it, divides what is forced into tokens; without one nothing is forced.
  /// Looks at the grammar's loops first, which takes some milliseconds each.
  Constraint(std::shared_ptr<const Automaton> automaton,
             std::shared_ptr<const TokenTrie> trie,
             std::span<const int32_t> endTokens,
             const Tokenizer *tokenizer = nullptr);

  /// The tokens that may follow, valid until the next call. Fails where no
  /// token does, and where finding them takes more than `mostWork`.
  Expected<const TokenSet *> allowed();

  /// Follows a token. Fails if it was not allowed. One that ends the text
  /// changes nothing.
  Expected<void> accept(int32_t token);

  /// The tokens that follow whatever a model says. They are those of the text
  /// that is forced, as the tokenizer divides it, but for the last, which might
  /// be another one with what stands behind it, unless the text has to end
  /// there. At most `mostForced` bytes.
  std::vector<int32_t> forced();

  /// Whether the text so far is one of the grammar's.
  bool isWhole() const { return recognizer.isFinal(state); }

  /// Steps of runs that finding the tokens may take: 20 million take a tenth of
  /// a second.
  static constexpr int64_t mostWork = 20'000'000;
  static constexpr size_t mostForced = 1024;

private:
  using LoopTable = std::vector<std::optional<LoopTokens>>;

  TokenSet findAllowed();
  /// Adds what follows where these runs are, if one of them stands before a loop
  /// whose tokens say so; takes the runs off that it was true of.
  void addLoops(std::vector<Recognizer::Run> &runs, TokenSet &set);
  /// Adds the tokens among the nodes `begin` to `end`, which have one parent or
  /// none, that lead on from the state before them.
  void walk(uint32_t begin, uint32_t end, Recognizer::State from,
            TokenSet &set);
  std::string findForced(bool &ends);

  std::shared_ptr<const Automaton> automaton;
  std::shared_ptr<const TokenTrie> trie;
  std::vector<int32_t> endTokens;
  const Tokenizer *tokenizer;
  std::shared_ptr<const LoopTable> loops; ///< as the automaton's
  Recognizer recognizer;
  Recognizer::State state;
  /// Of states met before.
  std::unordered_map<Recognizer::State, TokenSet> found;
  std::vector<Recognizer::State> path;
};

} // namespace ignis

#endif // IGNIS_GRAMMAR_CONSTRAINT_H
