//===- TokenSet.h - Some tokens of a vocabulary -----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_GRAMMAR_TOKENSET_H
#define IGNIS_GRAMMAR_TOKENSET_H

#include <algorithm>
#include <cstdint>
#include <vector>

namespace ignis {

/// A set of tokens, a bit for each of the vocabulary.
class TokenSet {
public:
  explicit TokenSet(size_t vocabulary) : words((vocabulary + 63) / 64) {}

  void insert(int32_t token) { wordOf(token) |= bitOf(token); }
  void erase(int32_t token) { wordOf(token) &= ~bitOf(token); }
  /// Of the same vocabulary.
  void insert(const TokenSet &other) {
    for (size_t i = 0; i != words.size(); ++i)
      words[i] |= other.words[i];
  }
  bool contains(int32_t token) const {
    return (words[size_t(token) / 64] & bitOf(token)) != 0;
  }
  bool empty() const {
    return std::ranges::all_of(words, [](uint64_t word) { return word == 0; });
  }

private:
  uint64_t &wordOf(int32_t token) { return words[size_t(token) / 64]; }
  static uint64_t bitOf(int32_t token) { return uint64_t{1} << (token % 64); }

  std::vector<uint64_t> words;
};

} // namespace ignis

#endif // IGNIS_GRAMMAR_TOKENSET_H
