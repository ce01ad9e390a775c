//===- Lookup.cpp - Drafts from the text itself ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Engine/Lookup.h"

#include <bit>

using namespace ignis;

/// More agreement than this says no more.
static constexpr size_t mostAgreeing = 18;

void Lookup::Odds::learn(bool isRight) {
  constexpr double kept = 47.0 / 48;
  right = right * kept + isRight;
  all = all * kept + 1;
}

Lookup::Odds &Lookup::oddsOf(size_t agreeing) {
  return agreeing <= 3 ? odds[agreeing - leastAgreeing]
         : agreeing >= mostAgreeing
             ? odds.back()
             : odds[size_t(std::bit_width(agreeing - 2))];
}

uint64_t Lookup::hashOfLast() const {
  uint64_t hash = 0;
  for (int32_t token : std::span(text).last(leastAgreeing))
    hash = (hash ^ static_cast<uint32_t>(token)) * 0x9e3779b97f4a7c15;
  return hash;
}

void Lookup::accept(int32_t token) {
  if (agreeing != 0) {
    bool isRight = text[at] == token;
    oddsOf(agreeing).learn(isRight);
    agreeing = isRight ? agreeing + 1 : 0;
    ++at;
  }
  // The end of the text is no place to go on from before it does go on.
  if (text.size() >= leastAgreeing)
    places[hashOfLast()] = text.size();
  text.push_back(token);
  if (agreeing == 0)
    findMatch();
}

void Lookup::retract() {
  text.pop_back();
  agreeing = 0;
}

void Lookup::findMatch() {
  if (text.size() < leastAgreeing)
    return;
  auto place = places.find(hashOfLast());
  if (place == places.end() || place->second >= text.size())
    return;
  at = place->second;
  size_t count = 0;
  while (count != at && count != mostAgreeing &&
         text[at - 1 - count] == text.rbegin()[static_cast<ptrdiff_t>(count)])
    ++count;
  if (count >= leastAgreeing)
    agreeing = count;
}

std::span<const int32_t> Lookup::propose(size_t most, double price) {
  draft.clear();
  if (agreeing == 0)
    return draft;
  // A row more is worth it as long as it gives more than a row so far: tokens
  // that are expected of the call, and what it costs.
  double reached = 1, tokens = 1, cost = 1;
  while (draft.size() < most) {
    reached *= oddsOf(agreeing + draft.size()).share();
    if (reached * cost < price * tokens)
      break;
    // What follows the text's end is the draft itself.
    size_t next = at + draft.size();
    draft.push_back(next < text.size() ? text[next]
                                       : draft[next - text.size()]);
    tokens += reached;
    cost += price;
  }
  return draft;
}
