//===- Grammar.h - Texts that may be generated ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A context-free grammar over bytes, put together from expressions. What people
// write grammars in (GBNF, regular expressions, JSON schemas) is read into one of
// these, and Automaton makes of it what recognises texts.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_GRAMMAR_GRAMMAR_H
#define IGNIS_GRAMMAR_GRAMMAR_H

#include <bitset>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace ignis {

using ByteSet = std::bitset<256>;

/// A set of Unicode code points, surrogates not among them.
class CodePoints {
public:
  using Range = std::pair<char32_t, char32_t>; ///< both ends belong to it

  static CodePoints all();
  /// In any order; they may overlap.
  static CodePoints of(std::vector<Range> ranges);

  void add(char32_t first, char32_t last);
  void add(const CodePoints &other);
  CodePoints complement() const;
  CodePoints intersection(const CodePoints &other) const;

  bool contains(char32_t point) const;
  bool empty() const { return sorted.empty(); }
  /// Ascending, and neither overlapping nor touching.
  const std::vector<Range> &ranges() const { return sorted; }

private:
  std::vector<Range> sorted;
};

class Grammar {
public:
  /// What may stand somewhere; a value of the grammar that made it.
  struct Expr {
    uint32_t index;
  };
  /// A named expression, which others and itself may call.
  struct Rule {
    uint32_t index;
  };

  enum class Kind : uint8_t { Bytes, Sequence, Choice, Repeat, Call };

  struct Node {
    Kind kind;
    /// Index of the byte set, of the rule, or of the repeated expression.
    uint32_t index = 0;
    uint32_t least = 0;                ///< of a repetition
    std::optional<uint32_t> most = {}; ///< of a repetition; none: no end
    std::vector<Expr> parts = {};      ///< of a sequence or a choice
  };

  struct NamedRule {
    std::string name;
    std::optional<Expr> body;
  };

  /// Nothing at all, which is a text.
  Expr empty() { return sequence({}); }
  /// One byte of the set.
  Expr bytes(const ByteSet &set);
  /// These bytes.
  Expr text(std::string_view bytes);
  /// One of these texts. How they begin alike is written once, so that it takes
  /// one run to follow, however many they are.
  Expr oneOf(std::vector<std::string> texts);
  /// One character, in UTF-8.
  Expr character(const CodePoints &points);
  Expr sequence(std::vector<Expr> parts);
  /// One of them; of none, no text.
  Expr choice(std::vector<Expr> alternatives);
  /// `most` is not below `least`.
  Expr repeat(Expr expr, uint32_t least, std::optional<uint32_t> most);
  Expr optional(Expr expr) { return repeat(expr, 0, 1); }
  Expr call(Rule rule);

  Rule declare(std::string name);
  void define(Rule rule, Expr body) { rules_[rule.index].body = body; }

  /// The rule that whole texts match.
  Rule root = {0};

  const Node &node(Expr expr) const { return nodes[expr.index]; }
  const std::vector<NamedRule> &rules() const { return rules_; }
  const std::vector<ByteSet> &byteSets() const { return sets; }

private:
  Expr add(Node node);
  Expr oneOf(std::span<const std::string> texts, size_t begin);
  Expr oneOf(std::span<const std::vector<ByteSet>> sequences, size_t begin);

  std::vector<Node> nodes;
  std::vector<NamedRule> rules_;
  std::vector<ByteSet> sets;
};

} // namespace ignis

#endif // IGNIS_GRAMMAR_GRAMMAR_H
