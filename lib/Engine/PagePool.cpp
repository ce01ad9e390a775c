//===- PagePool.cpp - Who holds which page of the cache -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/PagePool.h"

#include <algorithm>
#include <cassert>
#include <numeric>

using namespace ignis;

PagePool::PagePool(int64_t pages, int64_t mostKept)
    : entries(static_cast<size_t>(pages)), free(static_cast<size_t>(pages)),
      mostKept(static_cast<size_t>(mostKept)) {
  // Low numbers first: what was never used stays untouched.
  std::iota(free.rbegin(), free.rend(), 0);
}

bool PagePool::Order::operator()(const Key &a, const Key &b) const {
  if (a.before != b.before)
    return a.before < b.before;
  return std::ranges::lexicographical_compare(a.tokens, b.tokens);
}

int32_t PagePool::take() {
  if (free.empty() && !kept.empty())
    evictOldest();
  if (free.empty())
    return -1;
  int32_t page = free.back();
  free.pop_back();
  at(page).holders = 1;
  return page;
}

void PagePool::retain(int32_t page) {
  Entry &entry = at(page);
  if (entry.holders++ == 0)
    kept.erase(entry.place);
}

void PagePool::release(int32_t page) {
  Entry &entry = at(page);
  if (--entry.holders > 0)
    return;
  if (entry.known == 0) {
    free.push_back(page);
    return;
  }
  entry.place = kept.insert(kept.end(), page);
  if (kept.size() > mostKept)
    evictOldest();
}

void PagePool::evictOldest() {
  int32_t page = kept.front();
  kept.pop_front();
  withdraw(page);
  free.push_back(page);
  ++evictedCount;
}

void PagePool::withdraw(int32_t page) {
  Entry &entry = at(page);
  if (entry.known != 0)
    index.erase(entry.key);
  entry.known = 0;
  entry.serial = 0;
}

void PagePool::enter(int32_t page, const Key &key) {
  withdraw(page);
  StoredKey stored{key.before, {}, key.tokens.size()};
  std::ranges::copy(key.tokens, stored.tokens.begin());
  Entry &entry = at(page);
  entry.key = index.emplace(stored, page).first;
  entry.known = std::ssize(key.tokens);
  if (entry.known == IGNIS_PAGE_POSITIONS)
    entry.serial = ++lastSerial;
}

/// How many tokens `a` and `b` begin with alike.
static int64_t countAgreeing(PageTokens a, PageTokens b) {
  return std::ranges::mismatch(a, b).in1 - a.begin();
}

int32_t PagePool::publish(int32_t page, int32_t before, PageTokens tokens) {
  const Key key{serialOf(before), tokens};
  assert((before < 0 || key.before != 0) && "the page before is not findable");
  auto next = index.lower_bound(key);
  bool isKnown =
      next != index.end() && next->first.before == key.before &&
      countAgreeing(tokens, Key(next->first).tokens) == std::ssize(tokens);
  if (!isKnown) {
    enter(page, key);
    return page;
  }
  int32_t same = next->second;
  if (same == page)
    return page;
  withdraw(page);
  if (tokens.size() < IGNIS_PAGE_POSITIONS)
    return page;
  retain(same);
  release(page);
  return same;
}

std::optional<PagePool::Found> PagePool::find(int32_t before,
                                              PageTokens tokens) {
  const Key key{serialOf(before), tokens};
  std::optional<Found> best;
  auto consider = [&](Index::iterator known) {
    if (known->first.before != key.before)
      return;
    int64_t count = countAgreeing(tokens, Key(known->first).tokens);
    if (count > (best ? best->count : 0))
      best = {known->second, count};
  };
  // Nobody agrees in more than the neighbours in the order do.
  auto next = index.lower_bound(key);
  if (next != index.end())
    consider(next);
  if (next != index.begin())
    consider(std::prev(next));
  if (best) {
    retain(best->page);
    ++foundCount;
  }
  return best;
}
