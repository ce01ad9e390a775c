//===- PagePoolTest.cpp - Pages are held, found and given up --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/PagePool.h"

#include <gtest/gtest.h>

using namespace ignis;

namespace {

/// Tokens of a whole page, all the same.
std::array<int32_t, IGNIS_PAGE_POSITIONS> all(int32_t token) {
  std::array<int32_t, IGNIS_PAGE_POSITIONS> tokens;
  tokens.fill(token);
  return tokens;
}

TEST(PagePoolTest, TakesLowPagesFirst) {
  PagePool pool(3, 3);
  EXPECT_EQ(pool.take(), 0);
  EXPECT_EQ(pool.take(), 1);
  pool.release(0);
  EXPECT_EQ(pool.take(), 0);
  EXPECT_EQ(pool.available(), 1);
  EXPECT_EQ(pool.take(), 2);
  EXPECT_EQ(pool.take(), -1);
}

TEST(PagePoolTest, CountsHolders) {
  PagePool pool(2, 2);
  int32_t page = pool.take();
  EXPECT_TRUE(pool.isPrivate(page));
  pool.retain(page);
  EXPECT_FALSE(pool.isPrivate(page));
  pool.release(page);
  EXPECT_TRUE(pool.isPrivate(page));
  EXPECT_EQ(pool.available(), 1);
  pool.release(page);
  EXPECT_EQ(pool.available(), 2);
}

TEST(PagePoolTest, FindsByTokensAndWhatIsBefore) {
  PagePool pool(8, 8);
  int32_t a = pool.take(), b = pool.take(), c = pool.take();
  EXPECT_EQ(pool.publish(a, -1, all(1)), a);
  EXPECT_EQ(pool.publish(b, a, all(2)), b);
  EXPECT_EQ(pool.publish(c, b, all(2)), c);
  EXPECT_EQ(pool.find(-1, all(1)), a);
  EXPECT_EQ(pool.find(a, all(2)), b);
  EXPECT_EQ(pool.find(b, all(2)), c);
  EXPECT_EQ(pool.find(-1, all(2)), -1);
  EXPECT_EQ(pool.find(a, all(1)), -1);
  EXPECT_EQ(pool.holders(b), 2);
  EXPECT_EQ(pool.found(), 3u);
}

TEST(PagePoolTest, OneOfTwoEqualPagesIsEnough) {
  PagePool pool(4, 4);
  int32_t a = pool.take(), same = pool.take();
  pool.publish(a, -1, all(1));
  EXPECT_EQ(pool.publish(same, -1, all(1)), a);
  EXPECT_EQ(pool.holders(a), 2);
  EXPECT_EQ(pool.available(), 3);
}

TEST(PagePoolTest, KeepsAsManyAsItMayAndGivesUpTheOldest) {
  PagePool pool(4, 2);
  int32_t pages[3];
  for (int32_t i = 0; i != 3; ++i)
    pool.publish(pages[i] = pool.take(), -1, all(i));
  for (int32_t page : pages)
    pool.release(page);
  EXPECT_EQ(pool.keptPages(), 2);
  EXPECT_EQ(pool.available(), 4);
  EXPECT_EQ(pool.find(-1, all(0)), -1);
  EXPECT_EQ(pool.find(-1, all(2)), pages[2]);
  EXPECT_EQ(pool.evicted(), 1u);
  // Those that nobody holds make room when it is needed, the oldest first.
  pool.take();
  pool.take();
  EXPECT_EQ(pool.evicted(), 1u);
  EXPECT_EQ(pool.take(), pages[1]);
  EXPECT_EQ(pool.find(-1, all(1)), -1);
  EXPECT_EQ(pool.take(), -1);
}

TEST(PagePoolTest, WhatIsWithdrawnIsNotFound) {
  PagePool pool(2, 2);
  int32_t page = pool.take(), next = pool.take();
  pool.publish(page, -1, all(1));
  pool.publish(next, page, all(2));
  EXPECT_FALSE(pool.isPrivate(page));
  pool.withdraw(page);
  EXPECT_TRUE(pool.isPrivate(page));
  EXPECT_EQ(pool.find(-1, all(1)), -1);
  // Published anew, it is another beginning: what followed the old one is lost.
  EXPECT_EQ(pool.publish(page, -1, all(3)), page);
  EXPECT_EQ(pool.find(page, all(2)), -1);
}

} // namespace
