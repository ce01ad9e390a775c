//===- IndexTable.h - A flat hash table of indices --------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_INDEXTABLE_H
#define IGNIS_TEXT_INDEXTABLE_H

#include <array>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <vector>

namespace ignis {

/// Finds the index of an element by 64 bits that stand for it: open addressing
/// over (key, index), so that a lookup mostly touches one cache line. Where a
/// key may stand for several elements, `confirm(index)` tells them apart.
class IndexTable {
public:
  static constexpr uint32_t notFound = UINT32_MAX;

  IndexTable() = default;
  /// With room for `count` elements, at most two thirds of the slots.
  explicit IndexTable(size_t count)
      : slots(std::bit_ceil(count + count / 2 + 2)) {}

  /// The index inserted with this key, or `notFound`.
  template <typename Confirm>
  uint32_t find(uint64_t key, Confirm &&confirm) const {
    return slots.empty() ? notFound : slots[findSlot(key, confirm)].index;
  }

  /// Inserts `index` unless there is one for its key; returns the one there is.
  template <typename Confirm>
  uint32_t insert(uint64_t key, uint32_t index, Confirm &&confirm) {
    Slot &slot = slots[findSlot(key, confirm)];
    if (slot.index == notFound)
      slot = {std::bit_cast<Key>(key), index};
    return slot.index;
  }

private:
  using Key = std::array<uint32_t, 2>; // a slot of 12 bytes, not 16

  struct Slot {
    Key key = {};
    uint32_t index = notFound;
  };

  /// The slot of the key, or the empty one where it would go.
  template <typename Confirm>
  size_t findSlot(uint64_t key, Confirm &&confirm) const {
    // Fibonacci hashing: all bits of the key count in the upper ones.
    uint64_t hash = key * 0x9E3779B97F4A7C15; // 2^64 / golden ratio
    size_t mask = slots.size() - 1;
    for (size_t slot = hash >> (64 - std::bit_width(mask));;
         slot = (slot + 1) & mask)
      if (slots[slot].index == notFound ||
          (slots[slot].key == std::bit_cast<Key>(key) &&
           confirm(slots[slot].index)))
        return slot;
  }

  std::vector<Slot> slots;
};

} // namespace ignis

#endif // IGNIS_TEXT_INDEXTABLE_H
