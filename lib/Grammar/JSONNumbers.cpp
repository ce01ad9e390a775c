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

/// Without a sign; nothing if low > high.
static Expr naturalBetween(Grammar &grammar, int64_t low, int64_t high) {
  std::vector<Expr> lengths;
  for (int64_t first = 0, last = 9; first <= high;
       first = last + 1, last = first * 10 - 1) {
    int64_t from = std::max(low, first), to = std::min(high, last);
    if (from <= to)
      lengths.push_back(sameLength(grammar, std::to_string(from),
                                   std::to_string(to)));
  }
  return grammar.choice(std::move(lengths));
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

/// Digits behind the point, none at all among them, such that the fraction is
/// not below `low` and not above `high`.
static Expr fractionDigits(Grammar &grammar, MaybeFraction low,
                           MaybeFraction high) {
  Expr anyDigits = grammar.repeat(digitBetween(grammar, '0', '9'), 0,
                                  mostFractionDigits);
  Expr zeros = grammar.repeat(grammar.text("0"), 0, mostFractionDigits);
  bool lowIsMet = !low || (low->rest.empty() && !low->isExclusive);
  bool highIsReached = high && high->rest.empty();
  if (lowIsMet && !high)
    return anyDigits;
  if (highIsReached)
    return lowIsMet && !high->isExclusive ? zeros : grammar.choice({});
  if (low && low->rest.empty() && !high)
    return grammar.sequence(
        {zeros, digitBetween(grammar, '1', '9'), anyDigits});

  std::vector<Expr> ways;
  if (lowIsMet)
    ways.push_back(grammar.empty()); // below what is left of `high`
  char first = low ? low->digit() : '0';
  char last = high ? high->digit() : '9';
  for (char digit = first; digit <= last; ++digit) {
    bool equalsLow = low && digit == first, equalsHigh = high && digit == last;
    ways.push_back(grammar.sequence(
        {digitBetween(grammar, digit, digit),
         fractionDigits(grammar,
                        equalsLow ? MaybeFraction(low->behind()) : std::nullopt,
                        equalsHigh ? MaybeFraction(high->behind())
                                   : std::nullopt)}));
  }
  return grammar.choice(std::move(ways));
}

/// The same with the point, or without any digit where that is a number between
/// the bounds.
static Expr fractionBetween(Grammar &grammar, MaybeFraction low,
                            MaybeFraction high) {
  bool mayBeNone = (!low || (low->rest.empty() && !low->isExclusive)) &&
                   (!high || !high->rest.empty() || !high->isExclusive);
  // A digit has to follow the point: all ways begin with one but the empty one,
  // which is left out by asking for the first digit here.
  std::vector<Expr> ways;
  if (mayBeNone)
    ways.push_back(grammar.empty());
  for (char digit = '0'; digit <= '9'; ++digit) {
    if ((low && digit < low->digit()) || (high && digit > high->digit()))
      continue;
    bool equalsLow = low && digit == low->digit();
    bool equalsHigh = high && digit == high->digit();
    ways.push_back(grammar.sequence(
        {grammar.text(std::string{'.', digit}),
         fractionDigits(grammar,
                        equalsLow ? MaybeFraction(low->behind()) : std::nullopt,
                        equalsHigh ? MaybeFraction(high->behind())
                                   : std::nullopt)}));
  }
  return grammar.choice(std::move(ways));
}

/// Without a sign, between two bounds that are not negative.
static Expr decimalBetween(Grammar &grammar, const Bound &lowBound,
                           const std::optional<Bound> &highBound) {
  DecimalBound low(lowBound);
  DecimalBound high(
      highBound.value_or(Bound{static_cast<double>(mostInteger)}));
  FractionBound lowFraction = {low.fraction, low.isExclusive};
  FractionBound highFraction = {high.fraction, high.isExclusive};
  auto wholes = [&](int64_t from, int64_t to, MaybeFraction lowest,
                    MaybeFraction highest) {
    return grammar.sequence({naturalBetween(grammar, from, to),
                             fractionBetween(grammar, lowest, highest)});
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
