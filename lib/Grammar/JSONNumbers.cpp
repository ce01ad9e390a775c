//===- JSONNumbers.cpp - Numbers between bounds, as expressions -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "JSONText.h"

#include <algorithm>
#include <charconv>
#include <cmath>

using namespace ignis;

using Expr = Grammar::Expr;

static constexpr uint32_t mostFractionDigits = 16;
/// Of numbers between bounds, in all: so many a double tells apart, whatever they
/// are. Another number than the bound is then another double, too, on the same
/// side. A bound itself has more where no number of so few is that double.
static constexpr uint32_t mostDigits = 15;
static constexpr int64_t mostInteger = 999'999'999'999'999;

static Expr digitBetween(Grammar &grammar, char first, char last) {
  ByteSet set;
  for (char digit = first; digit <= last; ++digit)
    set.set(static_cast<uint8_t>(digit));
  return grammar.bytes(set);
}

Expr JSONText::digits(uint32_t least, uint32_t most) {
  return grammar.repeat(digitBetween(grammar, '0', '9'), least, most);
}

//===----------------------------------------------------------------------===//
// Whole numbers
//===----------------------------------------------------------------------===//

/// Strings of digits, as long as the bounds, from `low` to `high`.
static Expr sameLength(Grammar &grammar, std::string_view low,
                       std::string_view high) {
  if (low.empty())
    return grammar.empty();
  std::string zeros(low.size() - 1, '0'), nines(low.size() - 1, '9');
  std::string_view lowRest = low.substr(1), highRest = high.substr(1);
  auto with = [&](char first, char last, std::string_view restLow,
                  std::string_view restHigh) {
    return grammar.sequence({digitBetween(grammar, first, last),
                             sameLength(grammar, restLow, restHigh)});
  };
  if (low[0] == high[0])
    return with(low[0], low[0], lowRest, highRest);
  if (lowRest == zeros && highRest == nines)
    return grammar.sequence(
        {digitBetween(grammar, low[0], high[0]),
         grammar.repeat(digitBetween(grammar, '0', '9'),
                        static_cast<uint32_t>(zeros.size()),
                        static_cast<uint32_t>(zeros.size()))});
  std::vector<Expr> ways = {with(low[0], low[0], lowRest, nines)};
  if (low[0] + 1 < high[0])
    ways.push_back(
        with(char(low[0] + 1), char(high[0] - 1), zeros, nines));
  ways.push_back(with(high[0], high[0], zeros, highRest));
  return grammar.choice(std::move(ways));
}

/// Without a sign; nothing if low > high. Behind one of n significant digits, of
/// which 0 has none, stands `behind(n)`.
template <typename Behind>
static Expr naturalBetween(Grammar &grammar, int64_t low, int64_t high,
                           Behind behind) {
  std::vector<Expr> lengths;
  uint32_t length = 0;
  for (int64_t first = 0, last = 0; first <= high;
       first = last + 1, last = first * 10 - 1, ++length) {
    int64_t from = std::max(low, first), to = std::min(high, last);
    if (from <= to)
      lengths.push_back(grammar.sequence(
          {sameLength(grammar, std::to_string(from), std::to_string(to)),
           behind(length)}));
  }
  return grammar.choice(std::move(lengths));
}

static Expr naturalBetween(Grammar &grammar, int64_t low, int64_t high) {
  return naturalBetween(grammar, low, high,
                        [&](uint32_t) { return grammar.empty(); });
}

static Expr withSign(Grammar &grammar, Expr negative, Expr natural) {
  return grammar.choice(
      {grammar.sequence({grammar.text("-"), negative}), natural});
}

Expr JSONText::integerBetween(std::optional<Bound> low,
                              std::optional<Bound> high) {
  int64_t from = -mostInteger, to = mostInteger;
  if (low) {
    from = static_cast<int64_t>(std::ceil(low->value));
    from += low->isExclusive && static_cast<double>(from) == low->value;
  }
  if (high) {
    to = static_cast<int64_t>(std::floor(high->value));
    to -= high->isExclusive && static_cast<double>(to) == high->value;
  }
  return withSign(grammar,
                  naturalBetween(grammar, std::max<int64_t>(1, -to), -from),
                  naturalBetween(grammar, std::max<int64_t>(0, from), to));
}

//===----------------------------------------------------------------------===//
// Decimal numbers
//===----------------------------------------------------------------------===//

namespace {

/// A bound that is not negative, in digits.
struct DecimalBound {
  int64_t whole;
  std::string fraction; ///< without zeros at its end
  bool isExclusive;

  explicit DecimalBound(const Bound &bound)
      : whole(static_cast<int64_t>(bound.value)),
        isExclusive(bound.isExclusive) {
    char text[400]; // a double's digits at most, in this notation
    auto [end, error] = std::to_chars(text, text + sizeof(text), bound.value,
                                      std::chars_format::fixed);
    std::string_view all(text, static_cast<size_t>(end - text));
    if (size_t point = all.find('.'); point != std::string_view::npos)
      fraction = all.substr(point + 1);
    while (fraction.ends_with('0'))
      fraction.pop_back();
  }
};

/// What is left to compare of a bound, after digits equal to its own.
struct FractionBound {
  std::string_view rest;
  bool isExclusive;

  char digit() const { return rest.empty() ? '0' : rest[0]; }
  FractionBound behind() const {
    return {rest.substr(std::min<size_t>(1, rest.size())), isExclusive};
  }
};

using MaybeFraction = std::optional<FractionBound>;

} // namespace

/// Digits behind `point`, at most `most` of them, such that the fraction is not
/// below `low` and not above `high`; nothing at all where that is one.
static Expr fractionBetween(Grammar &grammar, std::string_view point,
                            MaybeFraction low, MaybeFraction high,
                            uint32_t most) {
  if (low && low->rest.empty() && !low->isExclusive)
    low.reset();
  bool highIsReached = high && high->rest.empty();
  if (highIsReached && (low || high->isExclusive))
    return grammar.choice({});
  std::vector<Expr> ways;
  if (!low)
    ways.push_back(grammar.empty());
  if (most == 0) {
    // A bound that belongs to the values may have more digits.
    bool isOne = !low || !high || low->rest < high->rest ||
                 (low->rest == high->rest && !low->isExclusive &&
                  !high->isExclusive);
    for (const MaybeFraction &bound : {low, high})
      if (isOne && bound && !bound->isExclusive && !bound->rest.empty())
        ways.push_back(
            grammar.text(std::string(point) + std::string(bound->rest)));
    return grammar.choice(std::move(ways));
  }
  if (!low && !high) {
    ways.push_back(grammar.sequence(
        {grammar.text(point),
         grammar.repeat(digitBetween(grammar, '0', '9'), 1, most)}));
    return grammar.choice(std::move(ways));
  }

  char first = low ? low->digit() : '0', last = high ? high->digit() : '9';
  auto add = [&](char from, char to, MaybeFraction restLow,
                 MaybeFraction restHigh) {
    if (from <= to)
      ways.push_back(grammar.sequence(
          {grammar.text(point), digitBetween(grammar, from, to),
           fractionBetween(grammar, "", restLow, restHigh, most - 1)}));
  };
  if (low && high && first >= last) {
    if (first == last)
      add(first, last, low->behind(), high->behind());
    return grammar.choice(std::move(ways));
  }
  if (low)
    add(first, first, low->behind(), std::nullopt);
  add(static_cast<char>(first + (low ? 1 : 0)),
      static_cast<char>(last - (high ? 1 : 0)), std::nullopt, std::nullopt);
  if (high)
    add(last, last, std::nullopt, high->behind());
  return grammar.choice(std::move(ways));
}

/// Without a sign, between two bounds that are not negative.
static Expr decimalBetween(Grammar &grammar, const Bound &lowBound,
                           const std::optional<Bound> &highBound) {
  DecimalBound low(lowBound);
  DecimalBound high(
      highBound.value_or(Bound{static_cast<double>(mostInteger)}));
  MaybeFraction lowFraction = FractionBound{low.fraction, low.isExclusive};
  MaybeFraction highFraction;
  if (highBound)
    highFraction = FractionBound{high.fraction, high.isExclusive};
  auto wholes = [&](int64_t from, int64_t to, const MaybeFraction &lowest,
                    const MaybeFraction &highest) {
    return naturalBetween(grammar, from, to, [&](uint32_t digits) {
      return fractionBetween(grammar, ".", lowest, highest,
                             mostDigits - digits);
    });
  };
  if (low.whole > high.whole)
    return grammar.choice({});
  if (low.whole == high.whole)
    return wholes(low.whole, low.whole, lowFraction, highFraction);
  return grammar.choice(
      {wholes(low.whole, low.whole, lowFraction, std::nullopt),
       wholes(low.whole + 1, high.whole - 1, std::nullopt, std::nullopt),
       wholes(high.whole, high.whole, std::nullopt, highFraction)});
}

Expr JSONText::number() {
  Expr exponent = grammar.sequence(
      {grammar.choice({grammar.text("e"), grammar.text("E")}),
       grammar.choice({grammar.empty(), grammar.text("-"), grammar.text("+")}),
       digits(1, 2)});
  Expr fraction = grammar.sequence(
      {grammar.text("."), digits(1, mostFractionDigits)});
  return grammar.sequence({grammar.optional(grammar.text("-")),
                           naturalBetween(grammar, 0, mostInteger),
                           grammar.optional(fraction),
                           grammar.optional(exponent)});
}

Expr JSONText::numberBetween(std::optional<Bound> low,
                             std::optional<Bound> high) {
  if (!low && !high)
    return number();
  auto negated = [](const Bound &bound) {
    return Bound{-bound.value, bound.isExclusive};
  };
  auto isNegative = [](const std::optional<Bound> &bound) {
    return bound && bound->value < 0;
  };
  Expr none = grammar.choice({});
  Expr negative = none, natural = none;
  if (!low || low->value < 0) // from -high to -low
    negative = decimalBetween(
        grammar, isNegative(high) ? negated(*high) : Bound{0, true},
        low ? std::optional(negated(*low)) : std::nullopt);
  if (!isNegative(high))
    natural = decimalBetween(
        grammar, low && low->value >= 0 ? *low : Bound{0}, high);
  return withSign(grammar, negative, natural);
}
