//===- Lookup.h - Drafts from the text itself ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Prompt lookup: where the last tokens stood in the text before, it may go on
// as it did then. What is proposed is computed beside the token that is due,
// and kept as far as it is what would have been chosen anyway.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_LOOKUP_H
#define IGNIS_ENGINE_LOOKUP_H

#include <cstddef>
#include <cstdint>
#include <span>
#include <unordered_map>
#include <vector>

namespace ignis {

class Lookup {
public:
  /// The next token of the text.
  void accept(int32_t token);

  /// Takes back the last token.
  void retract() { text.pop_back(); }

  /// What followed the longest piece of text that ends like the text, at most
  /// `most` tokens; nothing where too little agrees. Valid until the next call.
  std::span<const int32_t> propose(size_t most) const;

  /// How much of a proposal was kept: the more often little, the more has to
  /// agree.
  void learn(size_t proposed, size_t kept);

private:
  /// Tokens that must agree at least.
  static constexpr size_t Least = 3;
  static constexpr size_t MostRequired = 16;
  /// After so many tokens without a proposal, a little less has to agree.
  static constexpr size_t Patience = 32;

  uint64_t hashOfLast() const;

  std::vector<int32_t> text;
  /// Where the text went on after its last `Least` tokens, by their hash.
  std::unordered_map<uint64_t, size_t> places;
  size_t required = Least;
  size_t silent = 0; ///< tokens since the last proposal
};

} // namespace ignis

#endif // IGNIS_ENGINE_LOOKUP_H
