//===- BytePairEncoderTest.cpp - Merges by rank ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TextTestUtils.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <random>
#include <set>

using namespace ignis;
using namespace ignis::test;

using Texts = std::vector<std::string>;

/// The tokens' texts of one piece.
static Texts encode(const LoadedTokenizer &loaded, std::string_view piece) {
  Texts texts;
  for (int32_t id : loaded.tokenizer.encode(piece))
    texts.emplace_back(loaded.tokenizer.vocabulary().text(id));
  return texts;
}

static LoadedTokenizer loadMerges(const std::vector<std::string> &merges) {
  return loadTokenizer(TestVocabulary(merges).metadata());
}

TEST(BytePairEncoder, LeastRankFirst) {
  EXPECT_EQ(encode(loadMerges({"a b", "b c"}), "abc"), (Texts{"ab", "c"}));
  EXPECT_EQ(encode(loadMerges({"b c", "a b"}), "abc"), (Texts{"a", "bc"}));
  EXPECT_EQ(encode(loadMerges({"c d", "b cd", "a b"}), "abcd"),
            (Texts{"a", "bcd"}));
}

TEST(BytePairEncoder, LeftmostFirst) {
  EXPECT_EQ(encode(loadMerges({"a a"}), "aaa"), (Texts{"aa", "a"}));
  EXPECT_EQ(encode(loadMerges({"a a", "aa aa"}), "aaaaaaa"),
            (Texts{"aaaa", "aa", "a"}));
}

TEST(BytePairEncoder, AMergeIsAPairNotItsText) {
  // "abc" is a token, but only by way of "ab".
  EXPECT_EQ(encode(loadMerges({"b c", "a b", "ab c"}), "abc"),
            (Texts{"a", "bc"}));
}

TEST(BytePairEncoder, NoMergeCrossesPieces) {
  EXPECT_EQ(encode(loadMerges({"a 1", "1 1"}), "a11"), (Texts{"a", "1", "1"}));
}

TEST(BytePairEncoder, LongPieces) {
  LoadedTokenizer loaded = loadMerges({"a a", "aa aa", "aaaa aaaa"});
  std::string text(1 << 20, 'a');
  EXPECT_EQ(loaded.tokenizer.encode(text).size(), text.size() / 8);
}

/// What the rules say, step by step.
static Texts encodeNaively(const std::vector<std::string> &merges,
                           std::string_view piece) {
  Texts parts;
  for (char c : piece)
    parts.emplace_back(1, c);
  while (true) {
    size_t bestRank = merges.size();
    size_t bestLeft = 0;
    for (size_t i = 0; i + 1 < parts.size(); ++i) {
      auto found = std::ranges::find(merges, parts[i] + " " + parts[i + 1]);
      if (size_t rank = size_t(found - merges.begin()); rank < bestRank) {
        bestRank = rank;
        bestLeft = i;
      }
    }
    if (bestRank == merges.size())
      return parts;
    parts[bestLeft] += parts[bestLeft + 1];
    parts.erase(parts.begin() + std::ptrdiff_t(bestLeft) + 1);
  }
}

TEST(BytePairEncoder, AgreesWithTheRulesOnRandomMerges) {
  std::mt19937 random(7);
  for (int round = 0; round < 50; ++round) {
    Texts parts = {"a", "b", "c"};
    std::vector<std::string> merges;
    std::set<std::string> known;
    while (merges.size() < 40) {
      std::string left = parts[random() % parts.size()];
      std::string right = parts[random() % parts.size()];
      if (left.size() + right.size() > 8 ||
          !known.insert(left + " " + right).second)
        continue;
      merges.push_back(left + " " + right);
      parts.push_back(left + right);
    }
    std::ranges::shuffle(merges, random);
    LoadedTokenizer loaded = loadMerges(merges);
    for (int word = 0; word < 20; ++word) {
      std::string piece;
      for (unsigned i = random() % 30; i > 0; --i)
        piece += char('a' + random() % 3);
      EXPECT_EQ(encode(loaded, piece), encodeNaively(merges, piece));
    }
  }
}
