//===- JSONText.h - JSON as expressions -------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_GRAMMAR_JSONTEXT_H
#define IGNIS_LIB_GRAMMAR_JSONTEXT_H

#include "ignis/Grammar/Grammar.h"

#include <nlohmann/json.hpp>

namespace ignis {

/// A bound of numbers.
struct Bound {
  double value;
  bool isExclusive = false;
};

/// What JSON is made of, in a grammar (RFC 8259, in UTF-8).
class JSONText {
public:
  using Expr = Grammar::Expr;

  explicit JSONText(Grammar &grammar);

  /// At most one space, or a line's end and the next one's indentation: enough
  /// for any style, and no way to go on for ever.
  Expr space() const { return grammar.call(spaceRule); }
  /// A character inside a string, escaped where it must be.
  Expr character(const CodePoints &points);
  /// A string of `least` to `most` characters, escaped where it must be or as
  /// \uXXXX.
  Expr string(uint32_t least = 0, std::optional<uint32_t> most = {});
  Expr quoted(Expr characters);
  /// One spelling of a value.
  static std::string spell(const nlohmann::ordered_json &value);
  Expr literal(const nlohmann::ordered_json &value) {
    return grammar.text(spell(value));
  }
  Expr any() { return grammar.call(value); }
  Expr anyArray();
  Expr anyObject();
  /// A key that is none of `keys`, without escapes. Each of these has at most
  /// `longestKey` bytes.
  Expr otherKey(const std::vector<std::string> &keys);
  static constexpr size_t longestKey = 256;
  /// `"key": value`, the key quoted.
  Expr member(Expr key, Expr value);

  /// At most 15 digits before the point, which a double tells apart, and 16
  /// behind it.
  Expr number();
  /// Between two bounds, in decimal notation, of at most 15 digits beside a 0
  /// before the point: so they keep to the bounds as decimals and as doubles. The
  /// bounds, of magnitudes below 10^15, may be written, whatever digits they have.
  Expr numberBetween(std::optional<Bound> low, std::optional<Bound> high);
  Expr integerBetween(std::optional<Bound> low, std::optional<Bound> high);

private:
  Expr digits(uint32_t least, uint32_t most);
  Expr otherKeyBehind(std::vector<std::u32string> rests);

  Expr stringCharacter();

  Grammar &grammar;
  /// What occurs often is written once.
  Grammar::Rule spaceRule, characterRule, restOfKeyRule, value;
};

} // namespace ignis

#endif // IGNIS_LIB_GRAMMAR_JSONTEXT_H
