//===- PagePool.h - Who holds which page of the cache ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Counts the sequences that hold a page, and finds whole pages again by their
// tokens and everything before them. Knows no memory: pages are numbers.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_ENGINE_PAGEPOOL_H
#define IGNIS_ENGINE_PAGEPOOL_H

#include "ignis/Runtime/ABI.h"

#include <array>
#include <cstddef>
#include <list>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

namespace ignis {

using PageTokens = std::span<const int32_t, IGNIS_PAGE_POSITIONS>;

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

  /// Whether one sequence holds it, and nobody can find it: it may be written.
  bool isPrivate(int32_t page) const;
  int64_t holders(int32_t page) const { return at(page).holders; }
  /// Lets nobody find it any more.
  void withdraw(int32_t page);

  /// Makes a page, whole by now, findable by its tokens and the page before it
  /// (-1 for the first), which is findable itself. Returns the page to go on
  /// with: this one, or another that holds the same already and takes its
  /// place.
  int32_t publish(int32_t page, int32_t before, PageTokens tokens);
  /// The page with these tokens behind `before`, held by one more from now on,
  /// or -1.
  int32_t find(int32_t before, PageTokens tokens);

private:
  /// Two chains of pages are equal if their last pages have the same serial
  /// number, which is used once: no hash decides.
  using Serial = uint64_t;
  struct Key {
    Serial before;
    std::array<int32_t, IGNIS_PAGE_POSITIONS> tokens;
    bool operator==(const Key &) const = default;
  };
  struct KeyHash {
    size_t operator()(const Key &key) const;
  };
  struct Entry {
    int64_t holders = 0;
    Serial serial = 0;                  ///< 0: cannot be found
    const Key *key = nullptr;           ///< in `pages`, if it can be found
    std::list<int32_t>::iterator place; ///< in `kept`
  };

  const Entry &at(int32_t page) const {
    return entries[static_cast<size_t>(page)];
  }
  Entry &at(int32_t page) { return entries[static_cast<size_t>(page)]; }
  Key makeKey(int32_t before, PageTokens tokens) const;
  void evictOldest();

  std::vector<Entry> entries;
  std::vector<int32_t> free; ///< the last is taken first
  std::list<int32_t> kept;   ///< oldest first
  size_t mostKept;
  std::unordered_map<Key, int32_t, KeyHash> pages;
  Serial lastSerial = 0;
  uint64_t foundCount = 0;
  uint64_t evictedCount = 0;
};

} // namespace ignis

#endif // IGNIS_ENGINE_PAGEPOOL_H
