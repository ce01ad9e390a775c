//===- PagePool.cpp - Who holds which page of the cache -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/PagePool.h"

#include <algorithm>
#include <numeric>

using namespace ignis;

PagePool::PagePool(int64_t pages, int64_t mostKept)
    : entries(static_cast<size_t>(pages)), free(static_cast<size_t>(pages)),
      mostKept(static_cast<size_t>(mostKept)) {
  // Low numbers first: what was never used stays untouched.
  std::iota(free.rbegin(), free.rend(), 0);
}

size_t PagePool::KeyHash::operator()(const Key &key) const {
  uint64_t hash = key.before * 0x9e3779b97f4a7c15;
  for (int32_t token : key.tokens)
    hash = (hash ^ static_cast<uint32_t>(token)) * 0x100000001b3;
  return static_cast<size_t>(hash ^ hash >> 32);
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
  if (entry.serial == 0) {
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

bool PagePool::isPrivate(int32_t page) const {
  return at(page).holders == 1 && at(page).serial == 0;
}

void PagePool::withdraw(int32_t page) {
  Entry &entry = at(page);
  if (entry.serial != 0)
    pages.erase(pages.find(*entry.key));
  entry.serial = 0;
}

PagePool::Key PagePool::makeKey(int32_t before, PageTokens tokens) const {
  Key key;
  key.before = before < 0 ? 0 : at(before).serial;
  std::ranges::copy(tokens, key.tokens.begin());
  return key;
}

int32_t PagePool::publish(int32_t page, int32_t before, PageTokens tokens) {
  if (at(page).serial != 0)
    return page;
  auto [known, isNew] = pages.try_emplace(makeKey(before, tokens), page);
  if (!isNew) {
    int32_t same = known->second;
    retain(same);
    release(page);
    return same;
  }
  at(page).key = &known->first;
  at(page).serial = ++lastSerial;
  return page;
}

int32_t PagePool::find(int32_t before, PageTokens tokens) {
  auto known = pages.find(makeKey(before, tokens));
  if (known == pages.end())
    return -1;
  retain(known->second);
  ++foundCount;
  return known->second;
}
