//===- TokenTrie.cpp - The tokens of a vocabulary by bytes ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Grammar/TokenTrie.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <tuple>

using namespace ignis;

TokenTrie::TokenTrie(std::vector<std::string> texts)
    : tokens(std::move(texts)) {
  constexpr size_t most = std::numeric_limits<uint16_t>::max();
  ids.resize(tokens.size());
  std::iota(ids.begin(), ids.end(), 0);
  // Longer than any that a model was trained with.
  std::erase_if(ids, [&](int32_t id) {
    size_t size = tokens[size_t(id)].size();
    return size == 0 || size > most;
  });
  std::ranges::sort(ids, [&](int32_t a, int32_t b) {
    return std::tie(tokens[size_t(a)], a) < std::tie(tokens[size_t(b)], b);
  });

  std::vector<uint32_t> path; // nodes of the bytes so far
  auto leave = [&](size_t depth) {
    for (; path.size() > depth; path.pop_back())
      nodes_[path.back()].end = static_cast<uint32_t>(nodes_.size());
  };
  std::string_view previous;
  for (uint32_t i = 0; i != ids.size(); ++i) {
    std::string_view token = bytesOf(ids[i]);
    auto [differs, unused] = std::ranges::mismatch(token, previous);
    leave(static_cast<size_t>(differs - token.begin()));
    while (path.size() != token.size()) {
      path.push_back(static_cast<uint32_t>(nodes_.size()));
      auto depth = static_cast<uint16_t>(path.size() - 1);
      nodes_.push_back({0, i, depth, 0, static_cast<uint8_t>(token[depth])});
    }
    if (nodes_[path.back()].count != most)
      ++nodes_[path.back()].count;
    height_ = std::max(height_, token.size());
    previous = token;
  }
  leave(0);
}
