//===- TablesTest.cpp - exp, halves, rotary tables and the choice of kernels
//===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Support.h"

#include <cmath>
#include <fstream>
#include <set>

namespace {

TEST(ExpTest, EqualsTheContract) {
  Random random(1);
  for (int i = 0; i < 50000; ++i) {
    float x = random.uniform() * 100;
    float found = ignis_rt_exp(x), expected = oracle::exponential(x);
    ASSERT_TRUE(sameBits(&found, &expected, 1)) << x;
  }
}

TEST(ExpTest, IsAccurate) {
  Random random(2);
  for (int i = 0; i < 50000; ++i) {
    float x = random.uniform() * 87;
    double exact = std::exp(double(x));
    ASSERT_LE(std::fabs(ignis_rt_exp(x) - exact), exact * 1.2e-7) << x;
  }
}

TEST(ExpTest, IsClampedAtBothEnds) {
  EXPECT_EQ(ignis_rt_exp(0), 1.0f);
  EXPECT_EQ(ignis_rt_exp(-87.0001f), 0.0f);
  EXPECT_GT(ignis_rt_exp(-87.0f), 0x1p-126f);
  EXPECT_EQ(ignis_rt_exp(-INFINITY), 0.0f);
  EXPECT_FALSE(std::signbit(ignis_rt_exp(-INFINITY)));
  EXPECT_EQ(ignis_rt_exp(1000), ignis_rt_exp(88));
  EXPECT_LT(ignis_rt_exp(1000), INFINITY);
}

/// What the contract has of a pair: its angle for each position, and what
/// cosine and sine are multiplied by.
struct Turn {
  long double frequency, magnitude;

  Turn(const ignis_rope &rope, int64_t headDim, int64_t i) {
    auto pairOf = [&](long double turns) {
      return headDim * std::log(rope.original_context / (2 * M_PIl * turns)) /
             (2 * std::log((long double)rope.base));
    };
    long double spared = 0;
    magnitude = rope.attention;
    if (rope.extrapolation != 0) {
      long double low = std::max(std::floor(pairOf(rope.beta_fast)), 0.0L);
      long double high = std::min(std::ceil(pairOf(rope.beta_slow)),
                                  (long double)(headDim - 1));
      spared = rope.extrapolation *
               (1 - std::clamp((i - low) / std::max(high - low, 0.001L), 0.0L,
                               1.0L));
      if (rope.factor > 1)
        magnitude *= 1 + 0.1L * std::log((long double)rope.factor);
    }
    frequency =
        std::pow((long double)rope.base, -(long double)(2 * i) / headDim) *
        ((1 - spared) / rope.factor + spared);
  }
};

/// The table against the C library in long double, in units of the last place.
void checkRope(int64_t begin, int64_t end, int64_t headDim,
               const ignis_rope &rope) {
  std::vector<float> table(size_t(end * headDim));
  ignis_rt_rope_fill(table.data(), begin, end, headDim, &rope);
  int64_t half = headDim / 2;
  for (int64_t p = begin; p < end; ++p)
    for (int64_t i = 0; i < half; ++i) {
      Turn turn(rope, headDim, i);
      long double angle = p * turn.frequency;
      auto near = [&](float found, long double exact) {
        float ulp =
            std::max(std::nextafter(std::fabs(found), 2.0f) - std::fabs(found),
                     0x1p-40f);
        ASSERT_LE(std::fabs(found - exact), 0.501L * ulp)
            << "position " << p << " pair " << i << " base " << rope.base;
      };
      near(table[size_t(p * headDim + i)], std::cos(angle) * turn.magnitude);
      near(table[size_t(p * headDim + half + i)],
           std::sin(angle) * turn.magnitude);
    }
}

TEST(RopeTest, IsRoundedOnce) {
  checkRope(0, 100, 64, turnBy(10000));
  checkRope(0, 30, 128, turnBy(1e6));
  checkRope(0, 30, 32, turnBy(500.25));
  checkRope(32000, 32040, 64, turnBy(1e6));
}

TEST(RopeTest, IsAccurateAtPositionOneMillion) {
  checkRope(999950, 1000000, 32, turnBy(1e6));
}

TEST(RopeTest, ScalesLinearly) {
  ignis_rope rope = turnBy(1e4);
  rope.factor = 3;
  checkRope(0, 40, 64, rope);
  rope.attention = 1.25;
  checkRope(0, 40, 64, rope);
}

TEST(RopeTest, ScalesAsYaRNDoes) {
  // Of the cards of Qwen2.5 and Qwen3.
  ignis_rope rope = turnBy(1e6);
  rope.factor = 4;
  rope.extrapolation = 1;
  rope.original_context = 32768;
  checkRope(0, 40, 64, rope);
  checkRope(131000, 131040, 128, rope);
  rope.beta_fast = 16;
  rope.beta_slow = 2;
  rope.attention = 0.75;
  rope.extrapolation = 0.5;
  checkRope(0, 40, 128, rope);
}

TEST(RopeTest, YaRNOfAShortContextHasAStepForARamp) {
  ignis_rope rope = turnBy(1e4);
  rope.factor = 2;
  rope.extrapolation = 1;
  rope.original_context = 4;
  checkRope(0, 40, 32, rope);
}

TEST(RopeTest, ExtremesStayDefined) {
  ignis_rope rope = turnBy(1);
  rope.extrapolation = 1;
  rope.original_context = 1;
  rope.factor = 0x1p-10;
  rope.beta_fast = 1e308;
  rope.beta_slow = 1e-300;
  std::vector<float> table(8 * 32);
  ignis_rt_rope_fill(table.data(), 0, 8, 32, &rope);
  for (float value : table)
    EXPECT_LE(std::fabs(value), 1);
}

TEST(RopeTest, FillsOnlyItsPositions) {
  std::vector<float> table(10 * 64, -7.0f), all(10 * 64);
  ignis_rope rope = turnBy(1e4);
  ignis_rt_rope_fill(table.data(), 4, 6, 64, &rope);
  ignis_rt_rope_fill(all.data(), 0, 10, 64, &rope);
  for (size_t i = 0; i < table.size(); ++i)
    EXPECT_EQ(table[i], i / 64 == 4 || i / 64 == 5 ? all[i] : -7.0f);
}

TEST(DispatchTest, RefusesUnknownNames) {
  Error error;
  EXPECT_FALSE(ignis_rt_find_kernels("sse9", error.text));
  EXPECT_TRUE(std::string(error.text)
                  .starts_with("unknown ISA 'sse9', expected one of "));
  EXPECT_FALSE(
      ignis_rt_find_kernels(std::string(5000, 'x').c_str(), error.text));
  EXPECT_TRUE(ignis_rt_find_kernels(nullptr, error.text)) << error.text;
}

TEST(DispatchTest, RefusesWhatTheCpuLacks) {
  bool available;
  for (int i = 0; const char *name = ignis_rt_isa_at(i, &available); ++i) {
    Error error;
    const ignis_kernels *kernels = ignis_rt_find_kernels(name, error.text);
    EXPECT_EQ(kernels != nullptr, available);
    if (available)
      EXPECT_STREQ(ignis_rt_kernels_name(kernels), name);
    else
      EXPECT_EQ(std::string(error.text),
                "this CPU lacks the ISA '" + std::string(name) + "'");
  }
}

/// What the system says the CPU has must be tested: a set that is missing from
/// the list, or wrongly called unavailable, would be skipped in silence.
TEST(DispatchTest, OffersWhatTheSystemReports) {
  std::ifstream file("/proc/cpuinfo");
  std::set<std::string> flags;
  for (std::string line; std::getline(file, line);)
    if (line.starts_with("flags") || line.starts_with("Features")) {
      std::istringstream words(line);
      for (std::string word; words >> word;)
        flags.insert(word);
    }
  const std::pair<const char *, const char *> needed[] = {
#if defined(__x86_64__)
      {"avx512_vnni", "avx512vnni"},
      {"avx512_vnni", "avx512vnni_256"},
      {"avx_vnni", "avxvnni"},
      {"avx2", "avx2"},
      {"avx2", "scalar"},
#elif defined(__aarch64__)
      {"i8mm", "neon_i8mm"},
      {"asimddp", "neon_dotprod"},
      {"asimd", "neon"},
      {"asimd", "scalar"},
#endif
  };
  for (auto [flag, isa] : needed) {
    Error error;
    if (flags.count(flag))
      EXPECT_TRUE(ignis_rt_find_kernels(isa, error.text)) << error.text;
  }
}

} // namespace
