//===- SequenceFilters.cpp - What stands behind a |, of many values -------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Characters.h"
#include "TextOperations.h"

#include <algorithm>
#include <list>

using namespace ignis;
using namespace ignis::jinja;

using Values = std::span<const Value>;

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

/// value.a.0.b, for what is written "a.0.b".
static Value getPath(Evaluator &evaluator, Value value, const Value &path) {
  if (path.asInteger())
    return evaluator.getItem(value, path);
  std::string_view rest = expectText(evaluator, path).bytes();
  while (!evaluator.failed()) {
    std::string_view name = rest.substr(0, rest.find('.'));
    bool isIndex = !name.empty() && name.size() < 10 &&
                   name.find_first_not_of("0123456789") == name.npos;
    value = evaluator.getItem(
        value, isIndex ? Value(int64_t{std::stoi(std::string(name))})
                       : Value::text(name, Origin::Template));
    if (name.size() == rest.size())
      break;
    rest.remove_prefix(name.size() + 1);
  }
  return value;
}

/// What sorting and comparing looks at: an attribute, if one is asked for, and
/// of strings the lower case.
static Value makeKey(Evaluator &evaluator, const Value &value,
                     const Value &attribute, bool isCaseSensitive) {
  Value key = attribute.isUndefined() || attribute.isNone()
                  ? value
                  : getPath(evaluator, value, attribute);
  const MarkedText *text = key.asText();
  return text && !isCaseSensitive
             ? evaluator.text(changeCase(*text, Case::Lower))
             : key;
}

static Value countElements(Evaluator &evaluator, Values arguments) {
  const Value &value = arguments[0];
  const Sequence *sequence = value.asSequence();
  if (sequence && sequence->kind != Sequence::Kind::Generator)
    return static_cast<int64_t>(sequence->elements.size());
  if (value.isUndefined())
    return int64_t{0};
  if (value.asMapping())
    return static_cast<int64_t>(value.asMapping()->size());
  if (const MarkedText *text = value.asText())
    return evaluator.spend(text->size() / 16)
               ? Value(static_cast<int64_t>(countCharacters(text->bytes())))
               : Value();
  return evaluator.fail("expected a value that has a length, found {}",
                        value.describe());
}

template <bool isLast>
static Value takeEnd(Evaluator &evaluator, Values arguments) {
  std::vector<Value> elements = evaluator.iterate(arguments[0]);
  if (elements.empty())
    return Undefined{isLast ? "last of nothing" : "first of nothing"};
  return isLast ? elements.back() : elements.front();
}

//===----------------------------------------------------------------------===//
// Other forms
//===----------------------------------------------------------------------===//

static Value toList(Evaluator &evaluator, Values arguments) {
  return evaluator.sequence(evaluator.iterate(arguments[0]));
}

static Value joinElements(Evaluator &evaluator, Values arguments) {
  std::vector<Value> parts = evaluator.iterate(arguments[0]);
  if (!arguments[2].isUndefined())
    for (Value &part : parts)
      part = getPath(evaluator, part, arguments[2]);
  return evaluator.text(join(evaluator, parts, evaluator.toText(arguments[1])));
}

static Value reverse(Evaluator &evaluator, Values arguments) {
  std::vector<Value> elements = evaluator.iterate(arguments[0]);
  std::ranges::reverse(elements);
  if (arguments[0].asText())
    return evaluator.text(join(evaluator, elements, {}));
  return evaluator.sequence(std::move(elements), Sequence::Kind::Generator);
}

static Value toItems(Evaluator &evaluator, Values arguments) {
  std::vector<Value> items;
  const Mapping *mapping = arguments[0].asMapping();
  if (!mapping && !arguments[0].isUndefined())
    return evaluator.fail("expected a mapping, found {}",
                          arguments[0].describe());
  if (mapping)
    for (const auto &[key, value] : mapping->entries())
      items.push_back(evaluator.sequence({key, value}, Sequence::Kind::Tuple));
  return evaluator.sequence(std::move(items), Sequence::Kind::Generator);
}

//===----------------------------------------------------------------------===//
// Order
//===----------------------------------------------------------------------===//

/// Stable, by what `toKey` makes of each. A list is sorted safely whatever the
/// order: NaN has none.
template <typename ToKey>
static std::vector<Value> sortBy(Evaluator &evaluator,
                                 std::vector<Value> elements, bool isReversed,
                                 ToKey toKey) {
  std::list<std::pair<Value, Value>> keyed;
  for (Value &element : elements) {
    Value key = toKey(element);
    keyed.emplace_back(std::move(key), std::move(element));
  }
  keyed.sort([&](const auto &a, const auto &b) {
    return isReversed ? evaluator.compare("<", b.first, a.first)
                      : evaluator.compare("<", a.first, b.first);
  });
  std::ranges::transform(keyed, elements.begin(),
                         [](auto &pair) { return std::move(pair.second); });
  return elements;
}

static Value sort(Evaluator &evaluator, Values arguments) {
  auto toKey = [&](const Value &value) {
    return makeKey(evaluator, value, arguments[3], arguments[2].isTrue());
  };
  return evaluator.sequence(sortBy(evaluator, evaluator.iterate(arguments[0]),
                                   arguments[1].isTrue(), toKey));
}

static Value sortMapping(Evaluator &evaluator, Values arguments) {
  if (!arguments[0].asMapping())
    return evaluator.fail("expected a mapping, found {}",
                          arguments[0].describe());
  std::string_view by = arguments[2].isUndefined()
                            ? "key"
                            : expectText(evaluator, arguments[2]).bytes();
  if (by != "key" && by != "value")
    return evaluator.fail("expected 'key' or 'value', found '{}'", by);
  auto toKey = [&](const Value &item) {
    return makeKey(evaluator, item.asSequence()->elements[by == "value"], {},
                   arguments[1].isTrue());
  };
  std::vector<Value> items =
      evaluator.iterate(toItems(evaluator, arguments.first(1)));
  if (evaluator.failed())
    return {};
  return evaluator.sequence(
      sortBy(evaluator, std::move(items), arguments[3].isTrue(), toKey));
}

static Value takeUnique(Evaluator &evaluator, Values arguments) {
  Mapping seen;
  std::vector<Value> unique;
  for (Value &element : evaluator.iterate(arguments[0])) {
    Value key =
        makeKey(evaluator, element, arguments[2], arguments[1].isTrue());
    if (!evaluator.spendOnKey(key) || seen.find(key))
      continue;
    if (!seen.set(key, None()))
      return evaluator.fail("expected strings, numbers, booleans or none, "
                            "found {}",
                            key.describe());
    unique.push_back(std::move(element));
  }
  return evaluator.sequence(std::move(unique), Sequence::Kind::Generator);
}

template <bool isMost>
static Value takeExtreme(Evaluator &evaluator, Values arguments) {
  std::vector<Value> elements = evaluator.iterate(arguments[0]);
  if (elements.empty())
    return Undefined{isMost ? "max of nothing" : "min of nothing"};
  auto toKey = [&](const Value &value) {
    return makeKey(evaluator, value, arguments[2], arguments[1].isTrue());
  };
  Value best = elements.front(), bestKey = toKey(best);
  for (const Value &element : elements) {
    Value key = toKey(element);
    if (!evaluator.compare(isMost ? ">" : "<", key, bestKey))
      continue;
    best = element;
    bestKey = std::move(key);
  }
  return best;
}

static Value sum(Evaluator &evaluator, Values arguments) {
  Value total = arguments[2].isUndefined() ? Value(int64_t{0}) : arguments[2];
  for (const Value &element : evaluator.iterate(arguments[0])) {
    Value part = arguments[1].isUndefined()
                     ? element
                     : getPath(evaluator, element, arguments[1]);
    total = evaluator.applyBinary("+", total, part);
    if (evaluator.failed())
      break;
  }
  return total;
}

//===----------------------------------------------------------------------===//
// By other filters and tests
//===----------------------------------------------------------------------===//

/// map('upper') or map(attribute='name', default='')
static Value map(Evaluator &evaluator, Values arguments) {
  std::vector<Value> mapped;
  const Value &attribute = arguments[1];
  Values filter = arguments.subspan(3);
  if (attribute.isUndefined() && filter.empty())
    return evaluator.fail("expected a filter or an attribute, found none");
  for (const Value &element : evaluator.iterate(arguments[0])) {
    if (evaluator.failed())
      break;
    if (!attribute.isUndefined()) {
      Value part = getPath(evaluator, element, attribute);
      mapped.push_back(part.isUndefined() && !arguments[2].isUndefined()
                           ? arguments[2]
                           : part);
      continue;
    }
    Arguments more{{element}, {}};
    more.positional.insert(more.positional.end(), filter.begin() + 1,
                           filter.end());
    mapped.push_back(evaluator.applyFilter(
        expectText(evaluator, filter[0]).bytes(), std::move(more)));
  }
  return evaluator.sequence(std::move(mapped), Sequence::Kind::Generator);
}

/// Elements for which a test holds, or does not; without one, true ones.
template <bool byAttribute, bool isWanted>
static Value select(Evaluator &evaluator, Values arguments) {
  std::vector<Value> selected;
  Values test = arguments.subspan(byAttribute ? 2 : 1);
  for (const Value &element : evaluator.iterate(arguments[0])) {
    Value tested =
        byAttribute ? getPath(evaluator, element, arguments[1]) : element;
    bool holds = tested.isTrue();
    if (!test.empty()) {
      Arguments more{{tested}, {}};
      more.positional.insert(more.positional.end(), test.begin() + 1,
                             test.end());
      holds = evaluator.applyTest(expectText(evaluator, test[0]).bytes(),
                                  std::move(more));
    }
    if (evaluator.failed())
      break;
    if (holds == isWanted)
      selected.push_back(element);
  }
  return evaluator.sequence(std::move(selected), Sequence::Kind::Generator);
}

static constexpr Native filters[] = {
    {"count", "value", countElements},
    {"dictsort", "value case_sensitive? by? reverse?", sortMapping},
    {"first", "value", takeEnd<false>},
    {"items", "value", toItems},
    {"join", "value d? attribute?", joinElements},
    {"last", "value", takeEnd<true>},
    {"length", "value", countElements},
    {"list", "value", toList},
    {"map", "value * attribute? default?", map},
    {"max", "value case_sensitive? attribute?", takeExtreme<true>},
    {"min", "value case_sensitive? attribute?", takeExtreme<false>},
    {"reject", "value *", select<false, false>},
    {"rejectattr", "value attribute *", select<true, false>},
    {"reverse", "value", reverse},
    {"select", "value *", select<false, true>},
    {"selectattr", "value attribute *", select<true, true>},
    {"sort", "value reverse? case_sensitive? attribute?", sort},
    {"sum", "iterable attribute? start?", sum},
    {"unique", "value case_sensitive? attribute?", takeUnique},
};

std::span<const Native> jinja::sequenceFilters() { return filters; }
