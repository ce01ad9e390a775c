//===- BytePairEncoder.h - Merges pieces into tokens ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_BYTEPAIRENCODER_H
#define IGNIS_TEXT_BYTEPAIRENCODER_H

#include "ignis/Support/Error.h"
#include "ignis/Text/IndexTable.h"
#include "ignis/Text/Vocabulary.h"

#include <array>
#include <cstdint>
#include <string_view>
#include <vector>

namespace ignis {

/// The merge rules of a file, by rank, and the token each byte begins as.
class BytePairEncoder {
public:
  static Expected<BytePairEncoder> load(const GGUFFile &file,
                                        const Vocabulary &vocabulary);

  /// Memory that calls of `encode` use again.
  class Workspace;

  /// Appends the tokens of `piece`: starts with one token a byte and applies
  /// the rule of least rank, the leftmost where it applies more than once, for
  /// as long as there is one. O(n log n).
  void encode(std::string_view piece, Workspace &workspace,
              std::vector<int32_t> &ids) const;

  /// For each of `count` tokens, whether `encode` can make it.
  std::vector<bool> findMade(size_t count) const;

private:
  Expected<void> loadByteTokens(const GGUFFile &file,
                                const Vocabulary &vocabulary);
  Expected<void> loadMerges(const GGUFFile &file, const Vocabulary &vocabulary);
  /// The rank of the rule for this pair, or IndexTable::notFound.
  uint32_t findRank(int32_t left, int32_t right) const;

  std::array<int32_t, 256> byteTokens;
  std::vector<int32_t> results; ///< what each rule makes, by rank
  IndexTable ranks;             ///< of the rules, by pair
};

class BytePairEncoder::Workspace {
  friend BytePairEncoder;

  /// A token of the piece, in a doubly linked list by position.
  struct Node {
    int32_t id;
    uint32_t rank; ///< of the merge with the next node
    size_t previous;
    size_t next;
  };

  /// A merge that was possible when it was queued.
  struct Candidate {
    uint32_t rank;
    size_t left;
    auto operator<=>(const Candidate &) const = default;
  };

  std::vector<Node> nodes;
  std::vector<Candidate> queue;
};

} // namespace ignis

#endif // IGNIS_TEXT_BYTEPAIRENCODER_H
