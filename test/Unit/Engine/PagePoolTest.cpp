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
  pool.retain(page);
  EXPECT_EQ(pool.holders(page), 2);
  pool.release(page);
  EXPECT_EQ(pool.holders(page), 1);
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
  EXPECT_EQ(pool.find(-1, all(1))->page, a);
  EXPECT_EQ(pool.find(a, all(2))->page, b);
  EXPECT_EQ(pool.find(b, all(2))->page, c);
  EXPECT_FALSE(pool.find(-1, all(2)));
  EXPECT_FALSE(pool.find(a, all(1)));
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
  EXPECT_FALSE(pool.find(-1, all(0)));
  EXPECT_EQ(pool.find(-1, all(2))->page, pages[2]);
  EXPECT_EQ(pool.evicted(), 1u);
  // Those that nobody holds make room when it is needed, the oldest first.
  pool.take();
  pool.take();
  EXPECT_EQ(pool.evicted(), 1u);
  EXPECT_EQ(pool.take(), pages[1]);
  EXPECT_FALSE(pool.find(-1, all(1)));
  EXPECT_EQ(pool.take(), -1);
}

TEST(PagePoolTest, WhatIsWithdrawnIsNotFound) {
  PagePool pool(2, 2);
  int32_t page = pool.take(), next = pool.take();
  pool.publish(page, -1, all(1));
  pool.publish(next, page, all(2));
  EXPECT_EQ(pool.known(page), IGNIS_PAGE_POSITIONS);
  pool.withdraw(page);
  EXPECT_EQ(pool.known(page), 0);
  EXPECT_FALSE(pool.find(-1, all(1)));
  // Published anew, it is another beginning: what followed the old one is lost.
  EXPECT_EQ(pool.publish(page, -1, all(3)), page);
  EXPECT_FALSE(pool.find(page, all(2)));
}

/// `count` tokens of one kind, then one of another.
std::vector<int32_t> some(int32_t token, size_t count, int32_t last) {
  std::vector<int32_t> tokens(count, token);
  tokens.push_back(last);
  return tokens;
}

TEST(PagePoolTest, FindsWhatAgreesMost) {
  PagePool pool(8, 8);
  int32_t a = pool.take(), b = pool.take(), c = pool.take(), d = pool.take();
  pool.publish(a, -1, all(5));
  pool.publish(b, -1, some(5, 20, 9));
  pool.publish(c, -1, some(5, 40, 3));
  pool.publish(d, a, some(5, 30, 1));
  auto find = [&](int32_t before, const std::vector<int32_t> &tokens) {
    auto found = pool.find(before, tokens);
    return found ? std::pair(found->page, found->count)
                 : std::pair(-1, int64_t{0});
  };
  using Found = std::pair<int32_t, int64_t>;
  EXPECT_EQ(find(-1, some(5, 20, 9)), Found(b, 21));
  EXPECT_EQ(find(-1, some(5, 20, 8)).second, 20);
  EXPECT_EQ(find(-1, some(5, 40, 2)).second, 40);
  EXPECT_EQ(find(-1, some(5, 40, 3)), Found(c, 41));
  EXPECT_EQ(find(-1, some(5, 50, 4)), Found(a, 50));
  EXPECT_EQ(find(a, some(5, 30, 0)), Found(d, 30));
  EXPECT_EQ(find(-1, {4, 5}), Found(-1, 0));
  EXPECT_EQ(find(-1, {6}), Found(-1, 0));
  EXPECT_EQ(find(a, {4}), Found(-1, 0));
  EXPECT_EQ(pool.found(), 6u);
}

TEST(PagePoolTest, APartBecomesMoreAndIsKept) {
  PagePool pool(2, 2);
  int32_t page = pool.take();
  pool.publish(page, -1, some(1, 9, 1));
  EXPECT_EQ(pool.known(page), 10);
  pool.publish(page, -1, some(1, 19, 1));
  EXPECT_EQ(pool.known(page), 20);
  pool.release(page);
  EXPECT_EQ(pool.keptPages(), 1);
  EXPECT_EQ(pool.find(-1, some(1, 15, 2))->count, 16 - 1);
  pool.publish(page, -1, all(1));
  EXPECT_EQ(pool.known(page), IGNIS_PAGE_POSITIONS);
  // What begins as another page does need not be found, or kept.
  int32_t same = pool.take();
  EXPECT_EQ(pool.publish(same, -1, some(1, 30, 1)), same);
  EXPECT_EQ(pool.known(same), 0);
  pool.release(same);
  EXPECT_EQ(pool.keptPages(), 0);
  EXPECT_EQ(pool.available(), 1);
}

} // namespace
