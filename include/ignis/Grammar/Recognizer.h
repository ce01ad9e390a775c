//===- Recognizer.h - An automaton at work ----------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_GRAMMAR_RECOGNIZER_H
#define IGNIS_GRAMMAR_RECOGNIZER_H

#include "ignis/Grammar/Automaton.h"

#include <span>
#include <unordered_map>

namespace ignis {

/// Follows an automaton over bytes, all its possible runs at once. The set of
/// runs is a state; states and the steps between them are remembered, so that a
/// grammar's regular parts become a table. Refers to the automaton.
class Recognizer {
public:
  using State = uint32_t;
  /// No run is left.
  static constexpr State dead = 0;
  /// A state takes a kilobyte; more of them are as much too much work as more
  /// steps than the budget.
  static constexpr size_t mostStates = size_t(1) << 17;
  /// Runs of one state, those on their way to a byte included.
  static constexpr size_t mostRuns = 4096;

  /// A run that waits for a byte of its instruction, or stands before a loop.
  struct Run {
    uint32_t instruction;
    uint32_t frame; ///< of the recognizer that made it
    auto operator<=>(const Run &) const = default;
  };
  /// Of a run that ends with its rule.
  static constexpr uint32_t noFrame = ~0u;

  explicit Recognizer(const Automaton &automaton);

  State start() { return stateOf(Run{automaton->start(), noFrame}); }
  /// Where these runs lead without a byte. If that takes more than was left of
  /// the budget, `dead` and isExhausted from then on.
  State stateOf(std::span<const Run> runs);
  State stateOf(const Run &run) { return stateOf(std::span(&run, 1)); }
  /// Ascending; valid until the next state.
  std::span<const Run> runsOf(State state) const { return states[state].runs; }
  /// Where a byte leads. If that takes more than was left of the budget, `dead`
  /// and isExhausted from then on.
  State next(State from, uint8_t byte) {
    int32_t known = states[from].steps[byte];
    return known >= 0 ? static_cast<State>(known) : step(from, byte);
  }
  /// The bytes that may follow.
  ByteSet following(State state) const;
  /// Whether the bytes so far are a whole text.
  bool isFinal(State state) const { return states[state].isFinal; }

  /// Steps that were not in the table may take this much work until it is set
  /// again.
  void setBudget(int64_t work) {
    budget = work;
    exhausted = false;
  }
  bool isExhausted() const { return exhausted; }

  size_t stateCount() const { return states.size(); }
  /// Forgets everything but `kept`; returns its new name.
  State forgetAllBut(State kept);

private:
  /// Where rules go on once the called ones have ended, innermost first: a list
  /// that shares its rest with others.
  struct Frame {
    uint32_t instruction;
    uint32_t outer;
    auto operator<=>(const Frame &) const = default;
  };

  struct StateInfo {
    std::vector<Run> runs; ///< ascending
    bool isFinal;
    std::vector<int32_t> steps; ///< by byte; -1: not known yet
  };

  State step(State from, uint8_t byte);
  uint32_t push(Frame frame);
  /// Adds the runs that `run` is once it has gone on as far as it can without a
  /// byte.
  void follow(Run run);
  /// The state of what was followed since the last time.
  State takeState();

  const Automaton *automaton;
  std::vector<Frame> frames;
  std::unordered_map<uint64_t, uint32_t> frameIndex;
  std::vector<StateInfo> states;
  std::unordered_multimap<uint64_t, State> stateIndex; ///< by hash
  std::vector<Run> gathered, pending, seen;
  bool gatheredFinal = false;
  int64_t budget = 0;
  bool exhausted = false;
};

} // namespace ignis

#endif // IGNIS_GRAMMAR_RECOGNIZER_H
