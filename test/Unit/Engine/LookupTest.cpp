//===- LookupTest.cpp - Drafts pay, or are not made -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What is proposed is held against texts that are known in advance, and paid
// for as an engine pays: a call with n rows more takes 1 + n * price.
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Lookup.h"
#include "ignis/Engine/RowCost.h"
#include "ignis/Support/Random.h"

#include <gtest/gtest.h>

#include <cctype>
#include <fstream>
#include <map>
#include <sstream>
#include <string>

using namespace ignis;

namespace {

using Tokens = std::vector<int32_t>;

Tokens toVector(std::span<const int32_t> tokens) {
  return Tokens(tokens.begin(), tokens.end());
}

TEST(LookupTest, ProposesWhatFollowedTheSameTokens) {
  Lookup lookup;
  for (int32_t token : {1, 2, 3, 4, 5, 6, 9, 1})
    lookup.accept(token);
  EXPECT_TRUE(lookup.propose(8, 0).empty());
  lookup.accept(2);
  EXPECT_EQ(toVector(lookup.propose(4, 0)), (Tokens{3, 4, 5, 6}));
  lookup.accept(3);
  EXPECT_EQ(toVector(lookup.propose(2, 0)), (Tokens{4, 5}));
  // What followed the text's end is the draft itself.
  EXPECT_EQ(toVector(lookup.propose(9, 0)),
            (Tokens{4, 5, 6, 9, 1, 2, 3, 4, 5}));
  // What is taken back is not proposed.
  lookup.accept(4);
  lookup.retract();
  EXPECT_TRUE(lookup.propose(8, 0).empty());
  lookup.accept(4);
  EXPECT_EQ(toVector(lookup.propose(1, 0)), (Tokens{5}));
}

TEST(LookupTest, ProposesNothingThatCostsMoreThanItSaves) {
  Lookup lookup;
  for (int32_t token : {1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 3, 4})
    lookup.accept(token);
  EXPECT_FALSE(lookup.propose(8, 0.01).empty());
  EXPECT_TRUE(lookup.propose(8, 0.9).empty());
  EXPECT_LE(lookup.propose(8, 0.1).size(), lookup.propose(8, 0.01).size());
}

TEST(LookupTest, LearnsFromEachToken) {
  // Two tokens agree again and again, but never a third.
  Lookup lookup;
  for (int32_t i = 0; i != 200; ++i)
    for (int32_t token : {1, 2, 100 + i})
      lookup.accept(token);
  lookup.accept(1);
  lookup.accept(2);
  EXPECT_TRUE(lookup.propose(8, 0.05).empty());
  // Now they do.
  for (int32_t i = 0; i != 100; ++i)
    for (int32_t token : {3, 4, 5})
      lookup.accept(token);
  EXPECT_EQ(lookup.propose(8, 0.1).size(), 8u);
}

/// Words, spaces and marks: about the pieces that tokens are.
Tokens readPieces(const std::string &name) {
  std::ifstream file(std::string(IGNIS_SOURCE_DIR) + "/" + name);
  std::stringstream all;
  all << file.rdbuf();
  const std::string text = all.str();
  EXPECT_FALSE(text.empty()) << name;
  static std::map<std::string, int32_t> numbers;
  Tokens tokens;
  for (size_t at = 0, end; at != text.size(); at = end) {
    end = at + 1;
    auto isWord = [&](size_t i) {
      return std::isalpha(static_cast<unsigned char>(text[i])) != 0;
    };
    // A space belongs to the word behind it.
    if (text[at] == ' ' || isWord(at))
      while (end != text.size() && isWord(end))
        ++end;
    auto number = static_cast<int32_t>(numbers.size());
    tokens.push_back(
        numbers.emplace(text.substr(at, end - at), number).first->second);
  }
  return tokens;
}

/// How many times as fast `text` comes from `begin` on, if it comes as it is
/// known to.
double play(const Tokens &text, size_t begin, double price) {
  Lookup lookup;
  size_t at = 0;
  for (; at != begin; ++at)
    lookup.accept(text[at]);
  double cost = 0;
  while (at != text.size()) {
    std::span<const int32_t> draft = lookup.propose(15, price);
    cost += 1 + price * static_cast<double>(draft.size());
    size_t kept = 0;
    while (kept != draft.size() && at + kept != text.size() &&
           draft[kept] == text[at + kept])
      ++kept;
    for (size_t end = std::min(at + kept + 1, text.size()); at != end; ++at)
      lookup.accept(text[at]);
  }
  return static_cast<double>(text.size() - begin) / cost;
}

constexpr double prices[] = {0.05, 0.1, 0.2, 0.5, 1};

TEST(LookupTest, WhatIsAskedForAgainComesFaster) {
  Tokens text = readPieces("LICENSE");
  size_t length = text.size();
  for (size_t i = 0; i != length; ++i)
    text.push_back(text[i]);
  EXPECT_GT(play(text, length, 0.1), 5);
  EXPECT_GT(play(text, length, 0.2), 3);
  EXPECT_GT(play(text, length, 1), 0.97);
}

/// A program of which every tenth line or so is written anew.
TEST(LookupTest, AnEditComesFaster) {
  const Tokens program = readPieces("lib/Engine/Lookup.cpp");
  Tokens text = program;
  Random random(3);
  for (int32_t token : program) {
    uint64_t dice = random.next() % 120;
    if (dice == 0)
      for (int i = 0; i != 6; ++i)
        text.push_back(static_cast<int32_t>(random.next() % 1000000));
    else if (dice != 1)
      text.push_back(token);
  }
  EXPECT_GT(play(text, program.size(), 0.1), 3);
  EXPECT_GT(play(text, program.size(), 0.2), 1.8);
}

TEST(LookupTest, WhatDoesNotRepeatItselfIsHardlySlower) {
  for (const char *name : {"LICENSE", "README.md", "lib/Engine/Lookup.cpp",
                           "python-free-docs/rationale.md"})
    for (double price : prices) {
      const Tokens text = readPieces(name);
      EXPECT_GT(play(text, 0, price), 0.97) << name << " at " << price;
    }
  Random random(1);
  for (int32_t kinds : {2, 5, 30, 1000})
    for (double price : prices) {
      Tokens text(5000);
      for (int32_t &token : text)
        token =
            static_cast<int32_t>(random.next() % static_cast<uint64_t>(kinds));
      EXPECT_GT(play(text, 0, price), 0.97) << kinds << " at " << price;
    }
}

TEST(RowCostTest, FollowsTheCalls) {
  RowCost cost;
  EXPECT_NEAR(cost.share(), 0.1, 1e-9);
  for (int i = 0; i != 100; ++i)
    cost.learn(1, 0.02);
  EXPECT_NEAR(cost.share(), 0.1, 1e-6); // one row says nothing of more
  for (int i = 0; i != 100; ++i)
    cost.learn(1 + i % 8, 0.02 * (1 + 0.5 * (i % 8)));
  EXPECT_NEAR(cost.share(), 0.5, 0.03);
  cost.learn(4, 100); // the machine slept
  EXPECT_NEAR(cost.share(), 0.5, 0.2);
  for (int i = 0; i != 200; ++i)
    cost.learn(1 + i % 8, 0.01 * (1 + 0.05 * (i % 8)));
  EXPECT_NEAR(cost.share(), 0.05, 0.02);
  RowCost none;
  none.learn(1, 0);
  EXPECT_NEAR(none.share(), 0.1, 1e-9);
}

} // namespace
