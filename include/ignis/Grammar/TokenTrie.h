//===- TokenTrie.h - The tokens of a vocabulary by bytes --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_GRAMMAR_TOKENTRIE_H
#define IGNIS_GRAMMAR_TOKENTRIE_H

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace ignis {

/// A prefix tree of the bytes of a vocabulary's tokens, in one piece: a node
/// stands before all that its bytes begin.
class TokenTrie {
public:
  struct Node {
    uint32_t end;   ///< the node behind all that begin with this one's bytes
    uint32_t first; ///< of its tokens
    uint16_t depth; ///< bytes above it
    uint16_t count; ///< tokens that are these bytes
    uint8_t byte;
  };

  /// `tokens[i]` is what token i stands for; empty ones are no text.
  explicit TokenTrie(std::vector<std::string> tokens);

  std::span<const Node> nodes() const { return nodes_; }
  std::span<const int32_t> tokensOf(const Node &node) const {
    return std::span(ids).subspan(node.first, node.count);
  }
  /// Of any number; empty if it is no token or no text.
  std::string_view bytesOf(int32_t token) const {
    return size_t(token) < tokens.size() ? tokens[size_t(token)]
                                         : std::string_view();
  }
  size_t vocabulary() const { return tokens.size(); }
  /// Bytes of the longest token.
  size_t height() const { return height_; }

private:
  std::vector<std::string> tokens;
  std::vector<Node> nodes_;
  std::vector<int32_t> ids;
  size_t height_ = 0;
};

} // namespace ignis

#endif // IGNIS_GRAMMAR_TOKENTRIE_H
