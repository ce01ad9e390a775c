//===- Hash.h - FNV-1a ------------------------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_HASH_H
#define IGNIS_SUPPORT_HASH_H

#include <cstddef>
#include <cstdint>
#include <span>

namespace ignis {

/// FNV-1a, 64 bits, by Fowler, Noll and Vo: fast and the same everywhere, and
/// no protection from anyone who chooses what is hashed. What is added is bytes,
/// or words where a definition says so.
class Hash {
public:
  void addWord(uint64_t word) { value_ = (value_ ^ word) * 0x100000001b3; }
  void add(std::span<const std::byte> bytes) {
    for (std::byte byte : bytes)
      addWord(static_cast<uint64_t>(byte));
  }
  uint64_t value() const { return value_; }

private:
  uint64_t value_ = 0xcbf29ce484222325;
};

} // namespace ignis

#endif // IGNIS_SUPPORT_HASH_H
