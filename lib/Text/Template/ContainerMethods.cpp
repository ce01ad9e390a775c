//===- ContainerMethods.cpp - Methods of lists and mappings ---------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluator.h"

#include <algorithm>

using namespace ignis;
using namespace ignis::jinja;

using Values = std::span<const Value>;

const Native *jinja::findNative(std::span<const Native> table,
                                std::string_view name) {
  auto found = std::ranges::find(table, name, &Native::name);
  return found == table.end() ? nullptr : &*found;
}

//===----------------------------------------------------------------------===//
// Mappings
//===----------------------------------------------------------------------===//

static Value getOr(Evaluator &evaluator, Values arguments) {
  if (!evaluator.spendOnKey(arguments[1]))
    return {};
  if (const Value *value = arguments[0].asMapping()->find(arguments[1]))
    return *value;
  return arguments[2].isUndefined() ? Value(None()) : arguments[2];
}

template <bool takesKeys, bool takesValues>
static Value view(Evaluator &evaluator, Values arguments) {
  std::vector<Value> elements;
  for (const auto &[key, value] : arguments[0].asMapping()->entries()) {
    if (takesKeys && takesValues)
      elements.push_back(
          evaluator.sequence({key, value}, Sequence::Kind::Tuple));
    else
      elements.push_back(takesKeys ? key : value);
    if (evaluator.failed())
      break;
  }
  return evaluator.sequence(std::move(elements), Sequence::Kind::View);
}

static Value copy(Evaluator &, Values arguments) { return arguments[0]; }

/// The sandbox that Hugging Face runs templates in has no such method either.
static Value refuseChange(Evaluator &evaluator, Values) {
  return evaluator.fail("expected nothing that changes a value: use a "
                        "namespace");
}

static constexpr Native mappingMethods[] = {
    {"clear", "self * **", refuseChange},
    {"copy", "self", copy},
    {"get", "self key default?", getOr},
    {"items", "self", view<true, true>},
    {"keys", "self", view<true, false>},
    {"pop", "self * **", refuseChange},
    {"popitem", "self * **", refuseChange},
    {"setdefault", "self * **", refuseChange},
    {"update", "self * **", refuseChange},
    {"values", "self", view<false, true>},
};

//===----------------------------------------------------------------------===//
// Lists
//===----------------------------------------------------------------------===//

static Value count(Evaluator &evaluator, Values arguments) {
  return static_cast<int64_t>(std::ranges::count_if(
      arguments[0].asSequence()->elements, [&](const Value &element) {
        return evaluator.areEqual(element, arguments[1]);
      }));
}

static Value findIndex(Evaluator &evaluator, Values arguments) {
  const std::vector<Value> &elements = arguments[0].asSequence()->elements;
  for (size_t i = 0; i != elements.size(); ++i)
    if (evaluator.areEqual(elements[i], arguments[1]))
      return static_cast<int64_t>(i);
  return evaluator.fail("expected a value that is in it");
}

static constexpr Native listMethods[] = {
    {"append", "self * **", refuseChange},
    {"clear", "self * **", refuseChange},
    {"copy", "self", copy},
    {"count", "self value", count},
    {"extend", "self * **", refuseChange},
    {"index", "self value", findIndex},
    {"insert", "self * **", refuseChange},
    {"pop", "self * **", refuseChange},
    {"remove", "self * **", refuseChange},
    {"reverse", "self * **", refuseChange},
    {"sort", "self * **", refuseChange},
};
static constexpr Native tupleMethods[] = {
    {"count", "self value", count},
    {"index", "self value", findIndex},
};

const Native *jinja::findMethod(const Value &self, std::string_view name) {
  if (self.asText())
    return findNative(textMethods(), name);
  if (self.asMapping())
    return findNative(mappingMethods, name);
  const Sequence *sequence = self.asSequence();
  if (sequence && sequence->kind == Sequence::Kind::List)
    return findNative(listMethods, name);
  if (sequence && sequence->kind == Sequence::Kind::Tuple)
    return findNative(tupleMethods, name);
  return nullptr;
}
