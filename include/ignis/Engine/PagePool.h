//===- PagePool.h - Who holds which page of the cache ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Counts the sequences that hold a page, and finds pages again by their tokens
// and everything before them, those that agree in their first tokens as well.
// Knows no memory: pages are numbers.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_PAGEPOOL_H
#define IGNIS_ENGINE_PAGEPOOL_H

#include "ignis/Runtime/ABI.h"

#include <array>
#include <cstddef>
#include <list>
#include <map>
#include <optional>
#include <span>
#include <vector>

namespace ignis {

/// Of one page, from its first position on: at most IGNIS_PAGE_POSITIONS.
using PageTokens = std::span<const int32_t>;

/// Not synchronised: its executor is.
class PagePool {
public:
  /// Of `pages` pages; of those that nobody holds, up to `mostKept` are kept
  /// for those who come with the same tokens.
  PagePool(int64_t pages, int64_t mostKept);

  int64_t size() const { return static_cast<int64_t>(entries.size()); }
  /// How many pages can be taken.
  int64_t available() const {
    return static_cast<int64_t>(free.size() + kept.size());
  }
  /// Pages that nobody holds, but that may be found again.
  int64_t keptPages() const { return static_cast<int64_t>(kept.size()); }
  /// Pages that were found by their tokens, and that were given up for others.
  uint64_t found() const { return foundCount; }
  uint64_t evicted() const { return evictedCount; }

  /// A page that one sequence holds, or -1: the one that was let go last, else
  /// the one that was kept longest.
  int32_t take();
  void retain(int32_t page);
  void release(int32_t page);

  int64_t holders(int32_t page) const { return at(page).holders; }
  /// How many of its positions others may find: those are not to be written.
  int64_t known(int32_t page) const { return at(page).known; }
  /// Lets nobody find it any more.
  void withdraw(int32_t page);

  /// Makes a page findable by its tokens, which may become more, and the page
  /// before it (-1 for the first), which is whole and findable itself. Returns
  /// the page to go on with: this one, or another that holds the same whole
  /// page already and takes its place. Where another begins with the same
  /// tokens, that one is found.
  int32_t publish(int32_t page, int32_t before, PageTokens tokens);

  struct Found {
    int32_t page;
    int64_t count; ///< of its first tokens agree
  };
  /// The page behind `before` that agrees with most of `tokens`, held by one
  /// more from now on; none if nothing agrees.
  std::optional<Found> find(int32_t before, PageTokens tokens);

private:
  /// Two chains of pages are equal if their last pages have the same serial
  /// number, which is used once: no hash decides.
  using Serial = uint64_t;
  struct Key {
    Serial before;
    PageTokens tokens;
  };
  struct StoredKey {
    Serial before;
    std::array<int32_t, IGNIS_PAGE_POSITIONS> tokens;
    size_t count;
    operator Key() const { return {before, PageTokens(tokens).first(count)}; }
  };
  /// Pages that agree in most of their tokens stand beside each other.
  struct Order {
    using is_transparent = void;
    bool operator()(const Key &a, const Key &b) const;
  };
  using Index = std::map<StoredKey, int32_t, Order>;
  struct Entry {
    int64_t holders = 0;
    int64_t known = 0;                  ///< 0: cannot be found
    Serial serial = 0;                  ///< of a whole page that can be found
    Index::iterator key;                ///< if it can be found
    std::list<int32_t>::iterator place; ///< in `kept`
  };

  const Entry &at(int32_t page) const {
    return entries[static_cast<size_t>(page)];
  }
  Entry &at(int32_t page) { return entries[static_cast<size_t>(page)]; }
  Serial serialOf(int32_t before) const {
    return before < 0 ? 0 : at(before).serial;
  }
  void enter(int32_t page, const Key &key);
  void evictOldest();

  std::vector<Entry> entries;
  std::vector<int32_t> free; ///< the last is taken first
  std::list<int32_t> kept;   ///< oldest first
  size_t mostKept;
  Index index;
  Serial lastSerial = 0;
  uint64_t foundCount = 0;
  uint64_t evictedCount = 0;
};

} // namespace ignis

#endif // IGNIS_ENGINE_PAGEPOOL_H
