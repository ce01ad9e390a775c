//===- QuantizeTest.cpp - Narrow types and Q8_0 ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/Quantize.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

using namespace ignis;

namespace {

TEST(Quantize, RoundsHalfAwayFromZero) {
  std::array<float, 32> x{};
  x[0] = 127; // d = 1
  x[1] = 2.5f;
  x[2] = -2.5f;
  x[3] = 0.49999997f; // where adding a half would round up
  x[4] = -127;
  BlockQ8_0 block;
  ASSERT_TRUE(quantizeBlock(x, block));
  EXPECT_EQ(widenF16(block.d), 1);
  EXPECT_EQ(block.q[0], 127);
  EXPECT_EQ(block.q[1], 3);
  EXPECT_EQ(block.q[2], -3);
  EXPECT_EQ(block.q[3], 0);
  EXPECT_EQ(block.q[4], -127);
}

TEST(Quantize, ZeroBlock) {
  BlockQ8_0 block;
  ASSERT_TRUE(quantizeBlock(std::array<float, 32>{}, block));
  EXPECT_EQ(block.d, 0);
  for (int8_t q : block.q)
    EXPECT_EQ(q, 0);
}

TEST(Quantize, RefusesWhatHasNoScale) {
  for (float bad : {std::numeric_limits<float>::quiet_NaN(),
                    -std::numeric_limits<float>::infinity(), 1e7f * 127,
                    std::numeric_limits<float>::denorm_min() * 1000}) {
    std::array<float, 32> x{};
    x[17] = bad;
    BlockQ8_0 block;
    EXPECT_FALSE(quantizeBlock(x, block)) << bad;
  }
}

TEST(Quantize, BF16RoundsToNearestEven) {
  EXPECT_EQ(narrowToBF16(1.0f), 0x3f80);
  EXPECT_EQ(narrowToBF16(0x1.01p0f), 0x3f80); // half way, to even
  EXPECT_EQ(narrowToBF16(0x1.03p0f), 0x3f82);
  EXPECT_EQ(narrowToBF16(0x1.010002p0f), 0x3f81);
  EXPECT_EQ(widenBF16(0xc040), -3.0f);
}

} // namespace
