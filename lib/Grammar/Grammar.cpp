//===- Grammar.cpp - Texts that may be generated --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Grammar/Grammar.h"

#include <utf8proc.h>

#include <algorithm>
#include <array>

using namespace ignis;

//===----------------------------------------------------------------------===//
// Code points
//===----------------------------------------------------------------------===//

static constexpr char32_t lastPoint = 0x10FFFF;
static constexpr CodePoints::Range surrogates = {0xD800, 0xDFFF};

CodePoints CodePoints::all() { return of({{0, lastPoint}}); }

CodePoints CodePoints::of(std::vector<Range> ranges) {
  CodePoints points;
  std::ranges::sort(ranges); // each is added at the end, then
  for (const Range &range : ranges)
    points.add(range.first, range.second);
  return points;
}

void CodePoints::add(char32_t first, char32_t last) {
  if (first < surrogates.first && last > surrogates.second) {
    add(first, surrogates.first - 1);
    add(surrogates.second + 1, last);
    return;
  }
  if (first >= surrogates.first && first <= surrogates.second)
    first = surrogates.second + 1;
  if (last >= surrogates.first && last <= surrogates.second)
    last = surrogates.first - 1;
  if (first > last)
    return;
  // Those that it overlaps or touches become one with it.
  auto begin = std::ranges::partition_point(
      sorted, [&](const Range &range) { return range.second + 1 < first; });
  auto end = std::partition_point(begin, sorted.end(), [&](const Range &range) {
    return range.first <= last + 1;
  });
  if (begin != end) {
    first = std::min(first, begin->first);
    last = std::max(last, std::prev(end)->second);
  }
  sorted.insert(sorted.erase(begin, end), {first, last});
}

void CodePoints::add(const CodePoints &other) {
  for (const Range &range : other.sorted)
    add(range.first, range.second);
}

CodePoints CodePoints::complement() const {
  CodePoints result;
  char32_t next = 0;
  for (const Range &range : sorted) {
    if (range.first > next)
      result.add(next, range.first - 1);
    next = range.second + 1;
  }
  if (next <= lastPoint)
    result.add(next, lastPoint);
  return result;
}

CodePoints CodePoints::intersection(const CodePoints &other) const {
  CodePoints outside = complement();
  outside.add(other.complement());
  return outside.complement();
}

bool CodePoints::contains(char32_t point) const {
  return std::ranges::any_of(sorted, [&](const Range &range) {
    return range.first <= point && point <= range.second;
  });
}

//===----------------------------------------------------------------------===//
// UTF-8
//===----------------------------------------------------------------------===//

/// The bytes of a code point, which is no surrogate.
static std::string encode(char32_t point) {
  std::array<utf8proc_uint8_t, 4> bytes;
  auto size = utf8proc_encode_char(utf8proc_int32_t(point), bytes.data());
  return {bytes.begin(), bytes.begin() + size};
}

static ByteSet byteRange(char first, char last) {
  ByteSet set;
  for (int byte = uint8_t(first); byte <= uint8_t(last); ++byte)
    set.set(size_t(byte));
  return set;
}

/// Appends the sequences of byte sets that are `first` to `last`, whose
/// encodings have the same length: the range is cut where a byte's ends do not
/// stand for all that may follow it.
static void splitRange(char32_t first, char32_t last,
                       std::vector<std::vector<ByteSet>> &sequences) {
  size_t length = encode(first).size();
  for (size_t i = 1; i < length; ++i) {
    char32_t mask = (char32_t(1) << (6 * i)) - 1;
    if ((first & ~mask) == (last & ~mask))
      continue;
    if ((first & mask) != 0) {
      splitRange(first, first | mask, sequences);
      return splitRange((first | mask) + 1, last, sequences);
    }
    if ((last & mask) != mask) {
      splitRange(first, (last & ~mask) - 1, sequences);
      return splitRange(last & ~mask, last, sequences);
    }
  }
  std::string low = encode(first), high = encode(last);
  std::vector<ByteSet> &sequence = sequences.emplace_back();
  for (size_t i = 0; i != length; ++i)
    sequence.push_back(byteRange(low[i], high[i]));
}

/// The bytes from `begin` on of sequences that are alike up to there, in the
/// order of their code points. Those that go on alike do so together, and of
/// last bytes one set is made.
Grammar::Expr Grammar::oneOf(std::span<const std::vector<ByteSet>> sequences,
                             size_t begin) {
  std::vector<Expr> ways;
  ByteSet last;
  while (!sequences.empty()) {
    const std::vector<ByteSet> &first = sequences.front();
    auto group = sequences.first(static_cast<size_t>(
        std::ranges::find_if(sequences,
                             [&](const std::vector<ByteSet> &sequence) {
                               return sequence[begin] != first[begin];
                             }) -
        sequences.begin()));
    sequences = sequences.subspan(group.size());
    if (begin + 1 == first.size())
      last |= first[begin];
    else
      ways.push_back(sequence({bytes(first[begin]), oneOf(group, begin + 1)}));
  }
  if (last.any())
    ways.push_back(bytes(last));
  return choice(std::move(ways));
}

Grammar::Expr Grammar::character(const CodePoints &points) {
  static constexpr std::array<char32_t, 4> lastOfLength = {0x7F, 0x7FF, 0xFFFF,
                                                           lastPoint};
  std::vector<std::vector<ByteSet>> sequences;
  ByteSet single; // one set for all of ASCII
  for (auto [first, last] : points.ranges())
    for (char32_t lengthLast : lastOfLength) {
      if (first > lengthLast || first > last)
        continue;
      char32_t end = std::min(last, lengthLast);
      if (lengthLast == lastOfLength.front())
        single |= byteRange(char(first), char(end));
      else
        splitRange(first, end, sequences);
      first = end + 1;
    }
  Expr longer = oneOf(sequences, 0);
  if (single.none())
    return longer;
  return sequences.empty() ? bytes(single) : choice({bytes(single), longer});
}

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

Grammar::Expr Grammar::add(Node node) {
  nodes.push_back(std::move(node));
  return {static_cast<uint32_t>(nodes.size() - 1)};
}

Grammar::Expr Grammar::bytes(const ByteSet &set) {
  sets.push_back(set);
  return add({Kind::Bytes, static_cast<uint32_t>(sets.size() - 1)});
}

Grammar::Expr Grammar::text(std::string_view bytes) {
  std::vector<Expr> parts;
  for (char byte : bytes)
    parts.push_back(this->bytes(byteRange(byte, byte)));
  return sequence(std::move(parts));
}

/// What stands behind the first `begin` bytes, which all have in common; the
/// texts are in order, and each is there once.
Grammar::Expr Grammar::oneOf(std::span<const std::string> texts, size_t begin) {
  std::vector<Expr> ways;
  if (texts.front().size() == begin) { // the others go on
    ways.push_back(empty());
    texts = texts.subspan(1);
  }
  while (!texts.empty()) {
    const std::string &first = texts.front();
    auto group = texts.first(static_cast<size_t>(
        std::ranges::find_if(texts,
                             [&](const std::string &text) {
                               return text[begin] != first[begin];
                             }) -
        texts.begin()));
    texts = texts.subspan(group.size());
    // Between the first and the last, all have what these two have in common.
    auto common = std::ranges::mismatch(first, group.back()).in1;
    auto end = static_cast<size_t>(common - first.begin());
    Expr alike = text(std::string_view(first).substr(begin, end - begin));
    ways.push_back(group.size() == 1 ? alike
                                     : sequence({alike, oneOf(group, end)}));
  }
  return choice(std::move(ways));
}

Grammar::Expr Grammar::oneOf(std::vector<std::string> texts) {
  std::ranges::sort(texts);
  texts.erase(std::ranges::unique(texts).begin(), texts.end());
  return texts.empty() ? choice({}) : oneOf(texts, 0);
}

Grammar::Expr Grammar::sequence(std::vector<Expr> parts) {
  if (parts.size() == 1)
    return parts.front();
  return add({.kind = Kind::Sequence, .parts = std::move(parts)});
}

Grammar::Expr Grammar::choice(std::vector<Expr> alternatives) {
  if (alternatives.size() == 1)
    return alternatives.front();
  return add({.kind = Kind::Choice, .parts = std::move(alternatives)});
}

Grammar::Expr Grammar::repeat(Expr expr, uint32_t least,
                              std::optional<uint32_t> most) {
  return add({Kind::Repeat, expr.index, least, most});
}

Grammar::Expr Grammar::call(Rule rule) { return add({Kind::Call, rule.index}); }

Grammar::Rule Grammar::declare(std::string name) {
  rules_.push_back({std::move(name), std::nullopt});
  return {static_cast<uint32_t>(rules_.size() - 1)};
}
