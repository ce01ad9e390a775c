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
// How often the text goes on as it did, given how much agrees, is counted for
// every token, drafted or not: so nothing has to be risked to find out, and
// nothing is proposed that costs more than it is likely to save.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_LOOKUP_H
#define IGNIS_ENGINE_LOOKUP_H

#include <array>
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
  void retract();

  /// What followed where the text's end stood before, at most `most` tokens:
  /// as many as are likely to be worth it, where a row more costs `price`, in
  /// tokens that would come without it in the same time. Valid until the next
  /// call.
  std::span<const int32_t> propose(size_t most, double price);

private:
  /// Tokens that agree at least.
  static constexpr size_t leastAgreeing = 2;

  /// How often the next token was the one that followed before.
  struct Odds {
    double right, all;
    void learn(bool isRight);
    double share() const { return right / all; }
  };
  Odds &oddsOf(size_t agreeing);
  uint64_t hashOfLast() const;
  void findMatch();

  std::vector<int32_t> text;
  /// Where the text went on after its last `leastAgreeing` tokens, by their
  /// hash.
  std::unordered_map<uint64_t, size_t> places;
  size_t at = 0;       ///< where it goes on as it will now, maybe
  size_t agreeing = 0; ///< tokens before `at` that are the last ones; 0: none
  /// By the tokens that agree: 2, 3, up to 5, 9, 17 and more. The first guess
  /// counts as two tokens.
  std::array<Odds, 6> odds = {
      {{0.2, 2}, {0.4, 2}, {0.8, 2}, {1.2, 2}, {1.5, 2}, {1.8, 2}}};
  std::vector<int32_t> draft;
};

} // namespace ignis

#endif // IGNIS_ENGINE_LOOKUP_H
