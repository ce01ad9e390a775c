//===- Filters.cpp - What stands behind a |, of single values -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Characters.h"
#include "TextOperations.h"
#include "ToText.h"

#include <charconv>
#include <cmath>

using namespace ignis;
using namespace ignis::jinja;

using Values = std::span<const Value>;

//===----------------------------------------------------------------------===//
// Strings
//===----------------------------------------------------------------------===//

static Value toString(Evaluator &evaluator, Values arguments) {
  return evaluator.text(evaluator.toText(arguments[0]));
}

template <Case to>
static Value convert(Evaluator &evaluator, Values arguments) {
  MarkedText text = evaluator.toText(arguments[0]);
  if (!evaluator.spend(text.size() / 4))
    return {};
  return evaluator.text(changeCase(text, to));
}

/// Words begin behind white space and opening brackets, not behind apostrophes.
static Value title(Evaluator &evaluator, Values arguments) {
  MarkedText text = evaluator.toText(arguments[0]);
  if (!evaluator.spend(text.size() / 4))
    return {};
  MarkedText result;
  size_t begin = 0;
  for (size_t i = 0; i != text.size();) {
    CodePoint c = firstCodePoint(text.bytes().substr(i));
    i += c.length;
    bool endsWord = isSpace(c.value) || c.value == '-' || c.value == '(' ||
                    c.value == '{' || c.value == '[' || c.value == '<';
    if (!endsWord && i != text.size())
      continue;
    result.append(changeCase(text.slice(begin, i - begin), Case::Capitalised));
    begin = i;
  }
  return evaluator.text(std::move(result));
}

static Value trim(Evaluator &evaluator, Values arguments) {
  MarkedText text = evaluator.toText(arguments[0]);
  std::optional<std::string_view> set;
  if (!arguments[1].isUndefined() && !arguments[1].isNone())
    set = expectText(evaluator, arguments[1]).bytes();
  if (!evaluator.spend(text.size() * (set ? set->size() : 0) / 256))
    return {};
  return evaluator.text(strip(text, set, Side::Both));
}

static Value replaceText(Evaluator &evaluator, Values arguments) {
  return evaluator.text(replace(evaluator, evaluator.toText(arguments[0]),
                                evaluator.toText(arguments[1]).bytes(),
                                evaluator.toText(arguments[2]),
                                expectInteger(evaluator, arguments[3], -1)));
}

/// All lines but the first, and but empty ones, unless they are asked for too.
static Value indent(Evaluator &evaluator, Values arguments) {
  MarkedText text = evaluator.toText(arguments[0]);
  MarkedText indentation;
  if (const MarkedText *given = arguments[1].asText()) {
    indentation = *given;
  } else {
    int64_t width = expectInteger(evaluator, arguments[1], 4);
    auto count = static_cast<uint64_t>(std::max<int64_t>(width, 0));
    if (!evaluator.spend(count))
      return {};
    indentation = MarkedText(std::string(count, ' '), Origin::Template);
  }
  bool first = arguments[2].isTrue(), blank = arguments[3].isTrue();
  text.append("\n", Origin::Template); // a last line end counts as a line
  std::vector<Value> lines = splitLines(evaluator, text);
  MarkedText result;
  for (size_t i = 0; i != lines.size() && !evaluator.failed(); ++i) {
    const MarkedText &line = *lines[i].asText();
    if (i != 0)
      result.append("\n", Origin::Template);
    bool isIndented = i == 0 ? first : blank || !line.empty();
    if (isIndented && evaluator.spend(indentation.size() / 16))
      result.append(indentation);
    result.append(line);
  }
  return evaluator.text(std::move(result));
}

static Value escape(Evaluator &evaluator, Values arguments) {
  MarkedText text = evaluator.toText(arguments[0]);
  for (auto [from, to] : {std::pair{"&", "&amp;"},
                          {"<", "&lt;"},
                          {">", "&gt;"},
                          {"'", "&#39;"},
                          {"\"", "&#34;"}})
    text = replace(evaluator, text, from, MarkedText(to, Origin::Template), -1);
  return evaluator.text(std::move(text));
}

/// Nothing is escaped, so that nothing needs to be kept from it.
static Value markSafe(Evaluator &evaluator, Values arguments) {
  return toString(evaluator, arguments);
}

static Value writeJSON(Evaluator &evaluator, Values arguments) {
  JSONStyle style;
  style.isAscii = arguments[1].isTrue();
  if (const Value &indentation = arguments[2];
      !indentation.isUndefined() && !indentation.isNone()) {
    style.isIndented = true;
    style.itemSeparator = ",";
    if (const MarkedText *text = indentation.asText()) {
      style.indent = text->bytes();
    } else {
      constexpr int64_t most = 1000; // for each level of each line
      int64_t width = expectInteger(evaluator, indentation, 0);
      if (width > most)
        return evaluator.fail("expected an indentation of at most {}, found {}",
                              most, width);
      style.indent.assign(static_cast<size_t>(std::max<int64_t>(width, 0)),
                          ' ');
    }
  }
  if (const Value &separators = arguments[3];
      !separators.isUndefined() && !separators.isNone()) {
    std::vector<Value> two = evaluator.iterate(separators);
    if (two.size() != 2)
      return evaluator.fail("expected two separators, found {}", two.size());
    style.itemSeparator = expectText(evaluator, two[0]).bytes();
    style.keySeparator = expectText(evaluator, two[1]).bytes();
  }
  style.sortsKeys = arguments[4].isTrue();
  return evaluator.text(toJSON(evaluator, arguments[0], style));
}

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

template <typename T>
static std::optional<T> parse(std::string_view text) {
  T value;
  text = trimRight(trimLeft(text));
  if (text.starts_with('+'))
    text.remove_prefix(1);
  auto [end, status] =
      std::from_chars(text.data(), text.data() + text.size(), value);
  bool isWhole = status == std::errc() && end == text.data() + text.size();
  return isWhole ? std::optional(value) : std::nullopt;
}

static std::optional<int64_t> truncate(double value) {
  if (!(std::abs(value) < 0x1p63))
    return std::nullopt;
  return static_cast<int64_t>(value);
}

static Value toInteger(Evaluator &evaluator, Values arguments) {
  std::optional<int64_t> integer = arguments[0].asInteger();
  std::optional<double> real;
  if (const auto *number = arguments[0].as<double>())
    real = *number;
  if (const MarkedText *text = arguments[0].asText()) {
    if (!evaluator.spend(text->size() / 16)) // it may be white space
      return {};
    integer = parse<int64_t>(text->bytes());
    real = parse<double>(text->bytes());
  }
  if (!integer && real && !std::isnan(*real)) {
    integer = truncate(*real);
    if (!integer)
      return evaluator.fail("expected a number of 64 bits, found {}", *real);
  }
  if (integer)
    return *integer;
  return arguments[1].isUndefined() ? Value(int64_t{0}) : arguments[1];
}

static Value toFloat(Evaluator &evaluator, Values arguments) {
  std::optional<double> number = arguments[0].asNumber();
  if (const MarkedText *text = arguments[0].asText()) {
    if (!evaluator.spend(text->size() / 16))
      return {};
    number = parse<double>(text->bytes());
  }
  if (number)
    return *number;
  return arguments[1].isUndefined() ? Value(0.0) : arguments[1];
}

static Value absolute(Evaluator &evaluator, Values arguments) {
  if (const auto *real = arguments[0].as<double>())
    return std::abs(*real);
  if (arguments[0].asInteger())
    return *arguments[0].asInteger() < 0
               ? evaluator.applyUnary("-", arguments[0])
               : Value(*arguments[0].asInteger());
  return evaluator.fail("expected a number, found {}", arguments[0].describe());
}

/// Half to even, of the number as it is in binary, as Python's.
static Value roundNumber(Evaluator &evaluator, Values arguments) {
  std::optional<double> number = arguments[0].asNumber();
  int64_t precision = expectInteger(evaluator, arguments[1], 0);
  std::string_view method = "common";
  if (!arguments[2].isUndefined())
    method = expectText(evaluator, arguments[2]).bytes();
  if (!number)
    return evaluator.fail("expected a number, found {}",
                          arguments[0].describe());
  if (precision < 0 || precision > 300)
    return evaluator.fail("expected a precision from 0 to 300, found {}",
                          precision);
  if (method == "common") {
    if (arguments[0].asInteger())
      return *arguments[0].asInteger();
    std::string digits = fmt::format("{:.{}f}", *number, precision);
    return parse<double>(digits).value_or(*number);
  }
  double scale = std::pow(10.0, static_cast<double>(precision));
  if (method == "ceil")
    return std::ceil(*number * scale) / scale;
  if (method == "floor")
    return std::floor(*number * scale) / scale;
  return evaluator.fail("expected 'common', 'ceil' or 'floor', found '{}'",
                        method);
}

//===----------------------------------------------------------------------===//
// Any values
//===----------------------------------------------------------------------===//

static Value orDefault(Evaluator &, Values arguments) {
  bool isMissing = arguments[0].isUndefined() ||
                   (arguments[2].isTrue() && !arguments[0].isTrue());
  if (!isMissing)
    return arguments[0];
  return arguments[1].isUndefined() ? Value::text("", Origin::Template)
                                    : arguments[1];
}

/// Unlike a dot, it finds none of a mapping's keys.
static Value getAttribute(Evaluator &evaluator, Values arguments) {
  std::string_view name = expectText(evaluator, arguments[1]).bytes();
  if (!evaluator.spend(name.size() / 16))
    return {};
  if (arguments[0].asMapping() && !findMethod(arguments[0], name))
    return Undefined{std::string(name)};
  return evaluator.getAttribute(arguments[0], name);
}

static constexpr Native filters[] = {
    {"abs", "number", absolute},
    {"attr", "object name", getAttribute},
    {"capitalize", "s", convert<Case::Capitalised>},
    {"d", "value default_value? boolean?", orDefault},
    {"default", "value default_value? boolean?", orDefault},
    {"e", "value", escape},
    {"escape", "value", escape},
    {"float", "value default?", toFloat},
    {"indent", "s width? first? blank?", indent},
    {"int", "value default?", toInteger},
    {"lower", "s", convert<Case::Lower>},
    {"replace", "s old new count?", replaceText},
    {"round", "value precision? method?", roundNumber},
    {"safe", "value", markSafe},
    {"string", "value", toString},
    {"title", "s", title},
    {"tojson", "value ensure_ascii? indent? separators? sort_keys?", writeJSON},
    {"trim", "value chars?", trim},
    {"upper", "s", convert<Case::Upper>},
};

const Native *jinja::findFilter(std::string_view name) {
  const Native *filter = findNative(filters, name);
  return filter ? filter : findNative(sequenceFilters(), name);
}
