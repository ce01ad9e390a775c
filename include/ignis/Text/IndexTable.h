//===- IndexTable.h - A flat hash table of indices --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_INDEXTABLE_H
#define IGNIS_TEXT_INDEXTABLE_H

#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ignis {

/// Finds an element of an array that is kept elsewhere by its key: open
/// addressing over (32 bits of the hash, index). The caller hashes and compares
/// the keys, so that nothing is stored twice.
class IndexTable {
public:
  static constexpr uint32_t notFound = UINT32_MAX;

  IndexTable() = default;
  /// With room for `count` elements, at most two thirds of the slots.
  explicit IndexTable(size_t count)
      : slots(std::bit_ceil(count + count / 2 + 1)) {}

  /// The index inserted with a key of this hash for which `equals(index)`
  /// holds, or `notFound`.
  template <typename Equals>
  uint32_t find(uint64_t hash, Equals &&equals) const {
    return slots.empty() ? notFound : slots[findSlot(hash, equals)].index;
  }

  /// Inserts `index` unless its key is there; returns the index that now is.
  template <typename Equals>
  uint32_t insert(uint64_t hash, uint32_t index, Equals &&equals) {
    Slot &slot = slots[findSlot(hash, equals)];
    if (slot.index == notFound)
      slot = {tagOf(hash), index};
    return slot.index;
  }

private:
  struct Slot {
    uint32_t tag = 0;
    uint32_t index = notFound;
  };

  static uint32_t tagOf(uint64_t hash) { return uint32_t(hash >> 32); }

  /// The slot of the key, or the empty one where it would go.
  template <typename Equals>
  size_t findSlot(uint64_t hash, Equals &&equals) const {
    size_t mask = slots.size() - 1;
    size_t slot = hash & mask;
    while (slots[slot].index != notFound &&
           !(slots[slot].tag == tagOf(hash) && equals(slots[slot].index)))
      slot = (slot + 1) & mask;
    return slot;
  }

  std::vector<Slot> slots;
};

} // namespace ignis

#endif // IGNIS_TEXT_INDEXTABLE_H
