//===- Lookup.cpp - Drafts from the text itself ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Lookup.h"

#include <algorithm>

using namespace ignis;

uint64_t Lookup::hashOfLast() const {
  uint64_t hash = 0;
  for (int32_t token : std::span(text).last(Least))
    hash = (hash ^ static_cast<uint32_t>(token)) * 0x9e3779b97f4a7c15;
  return hash;
}

void Lookup::accept(int32_t token) {
  // The end of the text is no place to go on from before it does go on.
  if (text.size() >= Least)
    places[hashOfLast()] = text.size();
  text.push_back(token);
  if (++silent % Patience == 0 && required > Least)
    --required;
}

std::span<const int32_t> Lookup::propose(size_t most) const {
  if (text.size() < Least)
    return {};
  auto place = places.find(hashOfLast());
  if (place == places.end())
    return {};
  size_t at = place->second, agreeing = 0;
  while (agreeing != at && text[at - 1 - agreeing] ==
                               text.rbegin()[static_cast<ptrdiff_t>(agreeing)])
    ++agreeing;
  if (agreeing < required)
    return {};
  // As much as agreed before may agree again.
  return std::span(text).subspan(at,
                                 std::min({most, agreeing, text.size() - at}));
}

void Lookup::learn(size_t proposed, size_t kept) {
  silent = 0;
  if (kept == proposed)
    required = std::max(Least, required / 2);
  else if (2 * kept < proposed)
    required = std::min(MostRequired, 2 * required);
}
