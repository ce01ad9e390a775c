//===- Constraint.cpp - Tokens that a grammar allows ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Grammar/Constraint.h"

#include "ignis/Text/Unicode.h"

#include <algorithm>

using namespace ignis;

/// Nodes of the vocabulary's tree that are looked at ahead, for all loops: six
/// that take nearly every token of a vocabulary of 150,000, which makes some 20
/// milliseconds and 4 MB.
static constexpr int64_t mostAhead = int64_t(1) << 21;

/// A state takes a kilobyte, the tokens of one a byte for eight of the
/// vocabulary: together some tens of megabytes.
static constexpr size_t mostStates = 16384;
static constexpr size_t mostSets = 1024;

Constraint::Constraint(std::shared_ptr<const Automaton> automaton,
                       std::shared_ptr<const TokenTrie> trie,
                       std::span<const int32_t> endTokens,
                       const Tokenizer *tokenizer)
    : automaton(std::move(automaton)), trie(std::move(trie)),
      endTokens(endTokens.begin(), endTokens.end()), tokenizer(tokenizer),
      recognizer(*this->automaton) {
  int64_t nodes = mostAhead;
  LoopTable table;
  for (const Automaton::Loop &loop : this->automaton->loops())
    table.push_back(
        LoopTokens::find(*this->automaton, loop, *this->trie, nodes));
  loops = std::make_shared<const LoopTable>(std::move(table));
  recognizer.setBudget(mostWork);
  state = recognizer.start();
}

/// Follows every token at once, byte by byte; what no run takes is skipped with
/// all that begins so.
void Constraint::walk(uint32_t begin, uint32_t end, Recognizer::State from,
                      TokenSet &set) {
  std::span<const TokenTrie::Node> nodes = trie->nodes();
  path.resize(trie->height() + 1);
  path[begin < end ? nodes[begin].depth : 0] = from;
  for (uint32_t i = begin; i < end;) {
    const TokenTrie::Node &node = nodes[i];
    Recognizer::State next = recognizer.next(path[node.depth], node.byte);
    if (next == Recognizer::dead) {
      i = node.end;
      continue;
    }
    for (int32_t token : trie->tokensOf(node))
      set.insert(token);
    path[node.depth + 1] = next;
    ++i;
  }
}

/// A loop's tokens are those that fit into its turns, and those that leave it: a
/// byte that begins what follows the loop, and no turn, tells where.
void Constraint::addLoops(std::vector<Recognizer::Run> &runs, TokenSet &set) {
  using Run = Recognizer::Run;
  // What comes first was written last, and stands for what may follow it, too.
  const std::vector<Run> all(runs.rbegin(), runs.rend());
  for (const Run &run : all) {
    if (!automaton->isLoopHead(run.instruction) ||
        !std::ranges::binary_search(runs, run))
      continue;
    const Automaton::LoopHead &head = automaton->loopHead(run.instruction);
    const std::optional<LoopTokens> &tokens = (*loops)[head.loop];
    if (!tokens)
      continue;
    Recognizer::State behind = recognizer.stateOf(Run{head.exit, run.frame});
    ByteSet leaving = recognizer.following(behind);
    if ((leaving & tokens->first).any())
      continue;
    tokens->addOfTurns(head.most, set);
    for (const LoopTokens::Exit &exit : tokens->exits)
      if (const TokenTrie::Node &node = trie->nodes()[exit.node];
          exit.turns >= head.least && exit.turns <= head.most &&
          leaving[node.byte])
        walk(exit.node, node.end, behind, set);
    std::span<const Run> covered = recognizer.runsOf(recognizer.stateOf(run));
    std::erase_if(runs, [&](const Run &other) {
      return std::ranges::binary_search(covered, other);
    });
  }
}

TokenSet Constraint::findAllowed() {
  TokenSet set(trie->vocabulary());
  std::span<const Recognizer::Run> all = recognizer.runsOf(state);
  std::vector<Recognizer::Run> runs(all.begin(), all.end());
  const size_t count = runs.size();
  addLoops(runs, set);
  if (!runs.empty())
    walk(0, static_cast<uint32_t>(trie->nodes().size()),
         runs.size() == count ? state : recognizer.stateOf(runs), set);
  if (isWhole())
    for (int32_t token : endTokens)
      set.insert(token);
  return set;
}

Expected<const TokenSet *> Constraint::allowed() {
  if (recognizer.stateCount() > mostStates) {
    state = recognizer.forgetAllBut(state);
    found.clear();
  }
  auto it = found.find(state);
  if (it == found.end()) {
    if (found.size() == mostSets)
      found.clear();
    recognizer.setBudget(mostWork);
    TokenSet set = findAllowed();
    // No run is left but where beginning had too many.
    if (recognizer.isExhausted() || state == Recognizer::dead)
      return makeError(ExitCode::Usage,
                       "the grammar is too ambiguous: finding the tokens that "
                       "may follow took more than {} steps",
                       mostWork);
    it = found.emplace(state, std::move(set)).first;
  }
  if (it->second.empty())
    return makeError(ExitCode::Usage,
                     "no token of the vocabulary goes on with the grammar");
  return &it->second;
}

/// The bytes that follow because no other may, and the text may not end before
/// them; whether it has to end behind them.
std::string Constraint::findForced(bool &ends) {
  std::string text;
  recognizer.setBudget(mostWork);
  for (Recognizer::State at = state; text.size() != mostForced;) {
    ByteSet bytes = recognizer.following(at);
    ends = recognizer.isFinal(at) && bytes.none();
    if (recognizer.isFinal(at) || bytes.count() != 1)
      break;
    auto byte = static_cast<uint8_t>(bytes._Find_first());
    at = recognizer.next(at, byte);
    if (at == Recognizer::dead) // too much work: `allowed` says so
      break;
    text += static_cast<char>(byte);
  }
  return text;
}

std::vector<int32_t> Constraint::forced() {
  if (!tokenizer)
    return {};
  bool ends = false;
  std::string text = findForced(ends);
  // Of a character that is cut, the rest is free.
  std::string whole;
  appendValidUTF8(text, EndOfText::MayContinue, whole);
  std::vector<int32_t> tokens = tokenizer->encode(whole);
  if (!ends && !tokens.empty())
    tokens.pop_back();
  // The tokenizer composes characters, and what is no text to the trie is not
  // taken from a model either.
  std::string_view rest = text;
  auto agrees = [&](int32_t token) {
    std::string_view bytes = trie->bytesOf(token);
    bool stands = !bytes.empty() && rest.starts_with(bytes);
    rest.remove_prefix(stands ? bytes.size() : 0);
    return stands;
  };
  tokens.erase(std::ranges::find_if_not(tokens, agrees), tokens.end());
  return tokens;
}

Expected<void> Constraint::accept(int32_t token) {
  if (isWhole() && std::ranges::find(endTokens, token) != endTokens.end())
    return {};
  recognizer.setBudget(mostWork);
  std::string_view bytes = trie->bytesOf(token);
  Recognizer::State next = bytes.empty() ? Recognizer::dead : state;
  for (char byte : bytes)
    next = recognizer.next(next, static_cast<uint8_t>(byte));
  if (recognizer.isExhausted())
    return makeError(ExitCode::Usage,
                     "the grammar is too ambiguous: following a token took "
                     "more than {} steps",
                     mostWork);
  if (next == Recognizer::dead)
    return makeError(ExitCode::Usage,
                     "the grammar does not take token {} here", token);
  state = next;
  return {};
}
