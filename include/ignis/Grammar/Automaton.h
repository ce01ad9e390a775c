//===- Automaton.h - What recognises a grammar ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_GRAMMAR_AUTOMATON_H
#define IGNIS_GRAMMAR_AUTOMATON_H

#include "ignis/Grammar/Grammar.h"
#include "ignis/Support/Error.h"

namespace ignis {

/// A pushdown automaton over bytes, which is a program: each instruction stands
/// for all texts that lead from it to the end of its rule.
class Automaton {
public:
  struct Instruction {
    enum class Kind : uint8_t {
      Bytes,  ///< a byte of set `first`, then `second`
      Split,  ///< `first` or `second`
      Call,   ///< the rule that begins at `first`, then `second`
      Return, ///< the end of a rule
    };
    Kind kind;
    uint32_t first = 0;
    uint32_t second = 0;
  };

  /// What is repeated, for ever, and then the end of a rule; every other turn is
  /// written apart, so that runs tell where one ends. `even` and `odd` stand
  /// before the turns.
  struct Loop {
    uint32_t even, odd;
  };

  /// An instruction that stands before `least` to `most` turns of a loop, and
  /// then `exit`.
  struct LoopHead {
    static constexpr uint32_t unbounded = ~0u;
    uint32_t loop;
    uint32_t least, most;
    uint32_t exit;
  };

  /// Refuses grammars with rules that are called and nowhere defined, that call
  /// themselves before they take a byte, that match no text, or that are larger
  /// than `mostInstructions`.
  static Expected<Automaton> compile(const Grammar &grammar);

  static constexpr size_t mostInstructions = size_t(1) << 18;

  uint32_t start() const { return entry; }
  const Instruction &at(uint32_t index) const { return program[index]; }
  const ByteSet &bytesOf(uint32_t set) const { return sets[set]; }
  /// Whether a text leads from the instruction to the end of its rule.
  bool isProductive(uint32_t index) const { return productive[index]; }

  /// The repetitions of what itself repeats nothing; equal ones are one.
  const std::vector<Loop> &loops() const { return loops_; }
  bool isLoopHead(uint32_t index) const { return heads[index] != noHead; }
  const LoopHead &loopHead(uint32_t index) const {
    return loopHeads[heads[index]];
  }

private:
  friend class AutomatonBuilder;

  std::vector<Instruction> program;
  std::vector<ByteSet> sets;
  std::vector<bool> productive;
  std::vector<Loop> loops_;
  std::vector<LoopHead> loopHeads;
  static constexpr uint32_t noHead = ~0u;
  std::vector<uint32_t> heads; ///< by instruction, which of `loopHeads`
  uint32_t entry = 0;
};

} // namespace ignis

#endif // IGNIS_GRAMMAR_AUTOMATON_H
