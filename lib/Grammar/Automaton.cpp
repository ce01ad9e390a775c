//===- Automaton.cpp - What recognises a grammar --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Grammar/Automaton.h"

#include <algorithm>
#include <utility>

using namespace ignis;

using Instruction = Automaton::Instruction;
using Kind = Automaton::Instruction::Kind;

namespace ignis {

/// Writes instructions from the back: each knows what comes after it.
class AutomatonBuilder {
public:
  explicit AutomatonBuilder(const Grammar &grammar) : grammar(grammar) {}

  Expected<Automaton> build();

private:
  /// An expression nested deeper than this is refused: each level takes stack.
  static constexpr int mostDepth = 2000;
  /// Others are repeated as well, but known to be so by nobody: their bodies are
  /// written twice more, and looked for at each repetition.
  static constexpr size_t mostLoops = 32;
  static constexpr int largestLoopBody = 512;

  Expected<void> emitRules();
  uint32_t add(Instruction instruction);
  /// Instructions for the expression and then `next`; returns the first.
  uint32_t emit(Grammar::Expr expr, uint32_t next);
  uint32_t emitRepeat(const Grammar::Node &node, uint32_t next);
  /// Which loop repeats the expression, if one does.
  std::optional<uint32_t> findLoop(Grammar::Expr body);
  void addHead(uint32_t instruction, Automaton::LoopHead head);

  /// Which instructions lead to the end of their rule, where a byte does so if
  /// `takesBytes`.
  std::vector<bool> findLeadingToReturn(bool takesBytes) const;
  std::vector<std::vector<uint32_t>> listFirstCalls() const;
  Expected<void> checkLeftRecursion() const;

  const Grammar &grammar;
  Automaton automaton;
  std::vector<uint32_t> entries; ///< of the rules
  std::vector<Grammar::Expr> loopBodies;
  int depth = 0;
  bool isTooLarge = false, isTooDeep = false;
};

} // namespace ignis

//===----------------------------------------------------------------------===//
// Instructions
//===----------------------------------------------------------------------===//

uint32_t AutomatonBuilder::add(Instruction instruction) {
  if (automaton.program.size() == Automaton::mostInstructions) {
    isTooLarge = true;
    return 0;
  }
  automaton.program.push_back(instruction);
  automaton.heads.push_back(Automaton::noHead);
  return static_cast<uint32_t>(automaton.program.size() - 1);
}

/// Whether the expression repeats nothing and has at most `left` parts; takes
/// them off.
static bool isLoopBody(const Grammar &grammar, Grammar::Expr expr, int &left) {
  const Grammar::Node &node = grammar.node(expr);
  return --left >= 0 && node.kind != Grammar::Kind::Repeat &&
         std::ranges::all_of(node.parts, [&](Grammar::Expr part) {
           return isLoopBody(grammar, part, left);
         });
}

/// Whether two expressions that are loop bodies are written alike.
static bool isSame(const Grammar &grammar, Grammar::Expr a, Grammar::Expr b) {
  const Grammar::Node &one = grammar.node(a), &other = grammar.node(b);
  if (a.index == b.index)
    return true;
  if (one.kind != other.kind)
    return false;
  if (one.kind == Grammar::Kind::Bytes)
    return grammar.byteSets()[one.index] == grammar.byteSets()[other.index];
  return one.index == other.index &&
         std::ranges::equal(one.parts, other.parts,
                            [&](Grammar::Expr part, Grammar::Expr otherPart) {
                              return isSame(grammar, part, otherPart);
                            });
}

std::optional<uint32_t> AutomatonBuilder::findLoop(Grammar::Expr body) {
  int left = largestLoopBody;
  if (!isLoopBody(grammar, body, left))
    return std::nullopt;
  auto known = std::ranges::find_if(loopBodies, [&](Grammar::Expr other) {
    return isSame(grammar, body, other);
  });
  if (known != loopBodies.end())
    return static_cast<uint32_t>(known - loopBodies.begin());
  if (loopBodies.size() == mostLoops)
    return std::nullopt;
  uint32_t end = add({Kind::Return});
  uint32_t even = add({Kind::Split, 0, end});
  uint32_t odd = add({Kind::Split, emit(body, even), end});
  uint32_t evenTurn = emit(body, odd);
  if (isTooLarge || isTooDeep)
    return std::nullopt;
  automaton.program[even].first = evenTurn;
  automaton.loops_.push_back({even, odd});
  loopBodies.push_back(body);
  return static_cast<uint32_t>(loopBodies.size() - 1);
}

/// What repeats inside the first turn stands there itself.
void AutomatonBuilder::addHead(uint32_t instruction, Automaton::LoopHead head) {
  uint32_t &place = automaton.heads[instruction];
  if (place != Automaton::noHead)
    return;
  place = static_cast<uint32_t>(automaton.loopHeads.size());
  automaton.loopHeads.push_back(head);
}

uint32_t AutomatonBuilder::emitRepeat(const Grammar::Node &node,
                                      uint32_t next) {
  Grammar::Expr repeated = {node.index};
  std::optional<uint32_t> loop;
  if (node.most != 1)
    loop = findLoop(repeated);
  auto addHead = [&](uint32_t instruction, uint32_t least, uint32_t most) {
    if (loop && !isTooLarge && !isTooDeep)
      this->addHead(instruction, {*loop, least, most, next});
  };
  constexpr uint32_t unbounded = Automaton::LoopHead::unbounded;
  uint32_t first = next;
  if (!node.most) {
    first = add({Kind::Split, 0, next});
    uint32_t body = emit(repeated, first);
    automaton.program[first].first = body;
    addHead(first, 0, unbounded);
  } else {
    for (uint32_t i = node.least; i < *node.most && !isTooLarge; ++i) {
      first = add({Kind::Split, emit(repeated, first), next});
      addHead(first, 0, i - node.least + 1);
    }
  }
  for (uint32_t i = 0; i < node.least && !isTooLarge; ++i) {
    uint32_t behind = std::exchange(first, emit(repeated, first));
    if (first == behind)
      break; // it is no instruction, however often
    uint32_t least = i + 1;
    addHead(first, least,
            node.most ? *node.most - node.least + least : unbounded);
  }
  return first;
}

uint32_t AutomatonBuilder::emit(Grammar::Expr expr, uint32_t next) {
  if (isTooLarge || isTooDeep)
    return 0;
  if (++depth > mostDepth) {
    isTooDeep = true;
    return 0;
  }
  const Grammar::Node &node = grammar.node(expr);
  uint32_t first = next;
  switch (node.kind) {
  case Grammar::Kind::Bytes:
    first = add({Kind::Bytes, node.index, next});
    break;
  case Grammar::Kind::Sequence:
    for (auto part = node.parts.rbegin(); part != node.parts.rend(); ++part)
      first = emit(*part, first);
    break;
  case Grammar::Kind::Choice:
    if (node.parts.empty()) {
      automaton.sets.emplace_back(); // no byte
      first = add({Kind::Bytes,
                   static_cast<uint32_t>(automaton.sets.size() - 1), next});
      break;
    }
    first = emit(node.parts.back(), next);
    for (auto part = node.parts.rbegin() + 1; part != node.parts.rend(); ++part)
      first = add({Kind::Split, emit(*part, next), first});
    break;
  case Grammar::Kind::Repeat:
    first = emitRepeat(node, next);
    break;
  case Grammar::Kind::Call:
    first = add({Kind::Call, node.index, next}); // the rule, until all are known
    break;
  }
  --depth;
  return first;
}

Expected<void> AutomatonBuilder::emitRules() {
  automaton.sets = grammar.byteSets();
  for (const Grammar::NamedRule &rule : grammar.rules()) {
    if (!rule.body)
      return makeError(ExitCode::Usage, "rule {}: is called, and nowhere defined",
                       rule.name);
    entries.push_back(emit(*rule.body, add({Kind::Return})));
    if (isTooLarge)
      return makeError(ExitCode::Usage,
                       "the grammar is too large: expected at most {} steps",
                       Automaton::mostInstructions);
    if (isTooDeep)
      return makeError(ExitCode::Usage,
                       "rule {}: expected expressions nested at most {} deep",
                       rule.name, mostDepth);
  }
  for (Instruction &instruction : automaton.program)
    if (instruction.kind == Kind::Call)
      instruction.first = entries[instruction.first];
  automaton.entry = entries[grammar.root.index];
  return {};
}

//===----------------------------------------------------------------------===//
// Checks
//===----------------------------------------------------------------------===//

std::vector<bool>
AutomatonBuilder::findLeadingToReturn(bool takesBytes) const {
  const std::vector<Instruction> &program = automaton.program;
  std::vector<std::vector<uint32_t>> before(program.size());
  std::vector<uint32_t> found;
  for (uint32_t i = 0; i != program.size(); ++i) {
    if (program[i].kind == Kind::Return) {
      found.push_back(i);
      continue;
    }
    before[program[i].second].push_back(i);
    if (program[i].kind != Kind::Bytes)
      before[program[i].first].push_back(i);
  }
  std::vector<bool> leads(program.size());
  for (uint32_t i : found)
    leads[i] = true;
  auto leadsNow = [&](const Instruction &instruction) {
    switch (instruction.kind) {
    case Kind::Bytes:
      return takesBytes && automaton.sets[instruction.first].any() &&
             leads[instruction.second];
    case Kind::Split:
      return leads[instruction.first] || leads[instruction.second];
    case Kind::Call:
      return leads[instruction.first] && leads[instruction.second];
    case Kind::Return:
      return true;
    }
    return false;
  };
  while (!found.empty()) {
    uint32_t reached = found.back();
    found.pop_back();
    for (uint32_t i : before[reached])
      if (!leads[i] && leadsNow(program[i])) {
        leads[i] = true;
        found.push_back(i);
      }
  }
  return leads;
}

/// For each rule, the rules that it may call before it takes a byte.
std::vector<std::vector<uint32_t>> AutomatonBuilder::listFirstCalls() const {
  const std::vector<Instruction> &program = automaton.program;
  std::vector<bool> nullable = findLeadingToReturn(/*takesBytes=*/false);
  std::vector<uint32_t> ruleAt(program.size()), seenFrom(program.size(), ~0u);
  for (uint32_t rule = 0; rule != entries.size(); ++rule)
    ruleAt[entries[rule]] = rule;

  std::vector<std::vector<uint32_t>> calls(entries.size());
  for (uint32_t rule = 0; rule != entries.size(); ++rule) {
    std::vector<uint32_t> pending = {entries[rule]};
    while (!pending.empty()) {
      uint32_t at = pending.back();
      pending.pop_back();
      if (std::exchange(seenFrom[at], rule) == rule)
        continue;
      const Instruction &instruction = program[at];
      if (instruction.kind == Kind::Split)
        pending.insert(pending.end(), {instruction.first, instruction.second});
      if (instruction.kind == Kind::Call) {
        calls[rule].push_back(ruleAt[instruction.first]);
        if (nullable[instruction.first])
          pending.push_back(instruction.second);
      }
    }
  }
  return calls;
}

/// Rules without calls go, and with them the calls to them; where some are left,
/// one calls itself.
Expected<void> AutomatonBuilder::checkLeftRecursion() const {
  std::vector<std::vector<uint32_t>> calls = listFirstCalls();
  std::vector<std::vector<uint32_t>> callers(calls.size());
  std::vector<size_t> left(calls.size());
  std::vector<uint32_t> free;
  for (uint32_t rule = 0; rule != calls.size(); ++rule) {
    left[rule] = calls[rule].size();
    if (left[rule] == 0)
      free.push_back(rule);
    for (uint32_t callee : calls[rule])
      callers[callee].push_back(rule);
  }
  while (!free.empty()) {
    uint32_t rule = free.back();
    free.pop_back();
    for (uint32_t caller : callers[rule])
      if (--left[caller] == 0)
        free.push_back(caller);
  }
  auto first = std::ranges::find_if(left, [](size_t count) { return count; });
  if (first == left.end())
    return {};
  // It may only lead to one that calls itself: go on until a rule comes again.
  auto rule = static_cast<uint32_t>(first - left.begin());
  std::vector<bool> passed(calls.size());
  while (!passed[rule]) {
    passed[rule] = true;
    rule = *std::ranges::find_if(calls[rule],
                                 [&](uint32_t callee) { return left[callee]; });
  }
  return makeError(ExitCode::Usage,
                   "rule {}: calls itself before it takes a character: "
                   "expected the recursion behind one",
                   grammar.rules()[rule].name);
}

Expected<Automaton> AutomatonBuilder::build() {
  if (auto emitted = emitRules(); !emitted)
    return tl::unexpected(std::move(emitted.error()));
  if (auto checked = checkLeftRecursion(); !checked)
    return tl::unexpected(std::move(checked.error()));
  automaton.productive = findLeadingToReturn(/*takesBytes=*/true);
  if (!automaton.productive[automaton.entry])
    return makeError(ExitCode::Usage, "the grammar matches no text");
  return std::move(automaton);
}

Expected<Automaton> Automaton::compile(const Grammar &grammar) {
  return AutomatonBuilder(grammar).build();
}
