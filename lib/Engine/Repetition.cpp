//===- Repetition.cpp - What a text has said before -----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Repetition.h"

#include <algorithm>

using namespace ignis;

std::span<const int32_t> ignis::takeRecent(std::span<const int32_t> text,
                                           int64_t count) {
  return count < 0 ? text
                   : text.last(std::min(text.size(),
                                        static_cast<size_t>(count)));
}

std::vector<std::pair<int32_t, int64_t>>
ignis::countTokens(std::span<const int32_t> recent) {
  std::vector<int32_t> sorted(recent.begin(), recent.end());
  std::ranges::sort(sorted);
  std::vector<std::pair<int32_t, int64_t>> counts;
  for (int32_t token : sorted) {
    if (counts.empty() || counts.back().first != token)
      counts.emplace_back(token, 0);
    ++counts.back().second;
  }
  return counts;
}

/// For each place of `text`, how much of what stands there is how `text`
/// begins: the Z algorithm. The place 0 is left 0.
static std::vector<size_t> matchBeginning(std::span<const int32_t> text) {
  std::vector<size_t> matches(text.size());
  // The match seen so far that reaches farthest.
  size_t begin = 0, end = 0;
  for (size_t at = 1; at < text.size(); ++at) {
    size_t match = at < end ? std::min(end - at, matches[at - begin]) : 0;
    while (at + match != text.size() && text[match] == text[at + match])
      ++match;
    matches[at] = match;
    if (at + match > end) {
      begin = at;
      end = at + match;
    }
  }
  return matches;
}

std::vector<std::pair<int32_t, int64_t>>
ignis::findRepetitions(std::span<const int32_t> recent, int64_t least,
                       const TokenSet *breakers) {
  const std::vector<int32_t> reversed(recent.rbegin(), recent.rend());
  auto breaks = [&](int32_t token) {
    return breakers && breakers->contains(token);
  };
  auto longest = std::ranges::find_if(reversed, breaks) - reversed.begin();
  std::vector<std::pair<int32_t, int64_t>> found;
  if (longest < least)
    return found;
  std::vector<size_t> matches = matchBeginning(reversed);
  for (size_t at = 1; at < reversed.size(); ++at) {
    int64_t length =
        std::min(static_cast<int64_t>(matches[at]), int64_t{longest});
    if (length >= least)
      found.emplace_back(reversed[at - 1], length);
  }
  // Of each token the longest.
  std::ranges::sort(found, [](const auto &a, const auto &b) {
    return a.first != b.first ? a.first < b.first : a.second > b.second;
  });
  auto rest = std::ranges::unique(
      found, {}, [](const auto &entry) { return entry.first; });
  found.erase(rest.begin(), rest.end());
  return found;
}
