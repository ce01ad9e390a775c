//===- SamplerTest.cpp - Tokens are chosen by the book --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Sampler.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

using namespace ignis;

namespace {

using Logits = std::vector<float>;

/// Nothing but the draw.
const SamplerOptions plain = {
    .temperature = 1, .topK = 0, .topP = 1, .minP = 0};

std::map<int32_t, int> count(const SamplerOptions &options,
                             const Logits &logits, int draws = 4000) {
  Sampler sampler(options, 1);
  std::map<int32_t, int> counts;
  for (int i = 0; i != draws; ++i)
    ++counts[sampler.sample(logits)];
  return counts;
}

std::vector<int32_t> keys(const std::map<int32_t, int> &counts) {
  std::vector<int32_t> result;
  for (const auto &[token, count] : counts)
    result.push_back(token);
  return result;
}

using Tokens = std::vector<int32_t>;

TEST(Random, IsTheDocumentedGenerator) {
  // splitmix64(0) fills the state: the reference implementation's numbers.
  Random random(0);
  EXPECT_EQ(random.next(), 0x99ec5f36cb75f2b4u);
  EXPECT_EQ(random.next(), 0xbf6e1f784956452au);
  EXPECT_EQ(random.next(), 0x1a5f849d4933e6e0u);
}

TEST(Sampler, GreedyTakesTheBestAndTheLowerOfEqualOnes) {
  Sampler sampler({.temperature = 0}, 1);
  EXPECT_EQ(sampler.sample(Logits{0, 3, 1, 3}), 1);
  EXPECT_EQ(sampler.sample(Logits{-1, -3, -1, -3}), 0);
}

TEST(Sampler, DrawsInProportion) {
  auto counts = count(plain, {std::log(1.0f), std::log(2.0f), std::log(5.0f)});
  EXPECT_NEAR(counts[0], 500, 80);
  EXPECT_NEAR(counts[1], 1000, 100);
  EXPECT_NEAR(counts[2], 2500, 120);
}

TEST(Sampler, TopK) {
  SamplerOptions options = plain;
  options.topK = 2;
  EXPECT_EQ(keys(count(options, {1, 1, 0, 1})), (Tokens{0, 1}));
}

/// Against sorting all of it, with many equal logits.
TEST(Sampler, TopKOfALargeVocabulary) {
  Random random(5);
  for (size_t vocab : {255u, 256u, 257u, 5000u}) {
    Logits logits(vocab);
    std::vector<std::pair<float, int32_t>> sorted;
    for (size_t i = 0; i != vocab; ++i) {
      logits[i] = static_cast<float>(random.next() % 97);
      sorted.emplace_back(-logits[i], static_cast<int32_t>(i));
    }
    std::ranges::sort(sorted);
    SamplerOptions options = plain;
    options.temperature = 1e6f; // all of them nearly alike
    options.topK = 9;
    Tokens expected;
    for (int i = 0; i != 9; ++i)
      expected.push_back(sorted[static_cast<size_t>(i)].second);
    std::ranges::sort(expected);
    EXPECT_EQ(keys(count(options, logits, 400)), expected);
  }
}

/// The same, where all of it is sorted: zeros of both signs are equal, and what
/// is never chosen is no candidate.
TEST(Sampler, TopPOfALargeVocabulary) {
  Random random(6);
  for (size_t vocab : {100u, 2047u, 2048u, 9000u}) {
    Logits logits(vocab);
    std::vector<std::pair<float, int32_t>> sorted;
    for (size_t i = 0; i != vocab; ++i) {
      auto drawn = static_cast<float>(random.next() % 7);
      logits[i] = drawn == 6   ? -std::numeric_limits<float>::infinity()
                  : drawn == 3 ? -0.0f
                               : (drawn - 3) / 4;
      sorted.emplace_back(-logits[i], static_cast<int32_t>(i));
    }
    std::ranges::sort(sorted);
    double total = 0, sum = 0;
    for (auto [distance, token] : sorted)
      total += std::exp(double{sorted[0].first} - distance);
    // Half a candidate's share more than the first nine have.
    for (size_t i = 0; i != 9; ++i)
      sum += std::exp(double{sorted[0].first} - sorted[i].first);
    SamplerOptions options = plain;
    options.topP = static_cast<float>((sum - 0.3) / total);
    Tokens expected;
    for (size_t i = 0; i != 9; ++i)
      expected.push_back(sorted[i].second);
    std::ranges::sort(expected);
    EXPECT_EQ(keys(count(options, logits, 400)), expected) << vocab;
  }
}

TEST(Sampler, TopP) {
  SamplerOptions options = plain;
  Logits logits{std::log(0.5f), std::log(0.3f), std::log(0.15f),
                std::log(0.05f)};
  options.topP = 0.7f;
  EXPECT_EQ(keys(count(options, logits)), (Tokens{0, 1}));
  options.topP = 0.81f;
  EXPECT_EQ(keys(count(options, logits)), (Tokens{0, 1, 2}));
  options.topP = 0;
  EXPECT_EQ(keys(count(options, logits)), (Tokens{0}));
}

TEST(Sampler, MinP) {
  SamplerOptions options = plain;
  options.minP = 0.25f;
  EXPECT_EQ(keys(count(options, {std::log(0.5f), std::log(0.15f),
                                 std::log(0.3f), std::log(0.05f)})),
            (Tokens{0, 1, 2}));
}

TEST(Sampler, TemperatureSharpens) {
  SamplerOptions options = plain;
  options.temperature = 0.5f;
  auto counts = count(options, {0, std::log(3.0f)});
  EXPECT_NEAR(counts[0], 400, 80); // 1 : 9
  options.temperature = 1e-30f;    // does not overflow
  EXPECT_EQ(keys(count(options, {0, 1e-3f}, 10)), (Tokens{1}));
}

TEST(Sampler, PenaltyActsOncePerTokenOfTheRecentPast) {
  Sampler sampler({.temperature = 0, .repeatPenalty = 2, .repeatLastN = 2}, 1);
  Logits logits{3, 2, 1, -1};
  sampler.accept(0);
  sampler.accept(0);
  EXPECT_EQ(sampler.sample(logits), 1); // 1.5 against 2
  sampler.accept(1);
  EXPECT_EQ(sampler.sample(logits), 0); // 1.5 against 1 and 1
  sampler.accept(1);                    // 0 has left the window
  EXPECT_EQ(sampler.sample(logits), 0);
  // A negative logit becomes more negative.
  Sampler negative({.temperature = 0, .repeatPenalty = 2}, 1);
  negative.accept(0);
  EXPECT_EQ(negative.sample(Logits{-1, -1.5f}), 1);
}

TEST(Sampler, NeverChoosesWhatIsBanned) {
  Sampler greedy({.temperature = 0}, 1);
  greedy.ban(Tokens{1});
  EXPECT_EQ(greedy.sample(Logits{0, 5, 3}), 2);
  Sampler drawn(plain, 1);
  drawn.ban(Tokens{0, 1});
  for (int i = 0; i != 100; ++i)
    EXPECT_EQ(drawn.sample(Logits{0, 5, 3}), 2);
}

TEST(Sampler, SameSeedSameTokens) {
  Logits logits(100);
  for (size_t i = 0; i != logits.size(); ++i)
    logits[i] = static_cast<float>(i % 17) / 4;
  auto draw = [&](uint64_t seed) {
    Sampler sampler({}, seed);
    Tokens tokens;
    for (int i = 0; i != 12; ++i)
      tokens.push_back(sampler.sample(logits));
    return tokens;
  };
  EXPECT_EQ(draw(42), draw(42));
  EXPECT_NE(draw(42), draw(43));
  // Written down: on every machine the same.
  EXPECT_EQ(draw(42), (Tokens{33, 49, 13, 28, 27, 81, 30, 46, 64, 48, 13, 15}));
}

} // namespace
