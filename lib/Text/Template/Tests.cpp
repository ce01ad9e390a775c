//===- Tests.cpp - What stands behind an is -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TextOperations.h"

using namespace ignis;
using namespace ignis::jinja;

using Values = std::span<const Value>;

template <typename... T>
static Value isOf(Evaluator &, Values arguments) {
  return (arguments[0].is<T>() || ...);
}

static Value isDefined(Evaluator &, Values arguments) {
  return !arguments[0].isUndefined();
}

template <bool isWanted>
static Value isBoolean(Evaluator &, Values arguments) {
  const auto *boolean = arguments[0].as<bool>();
  return boolean && *boolean == isWanted;
}

static Value isText(Evaluator &, Values arguments) {
  return arguments[0].asText() != nullptr;
}

static Value isMapping(Evaluator &, Values arguments) {
  return arguments[0].asMapping() != nullptr;
}

static Value isCallable(Evaluator &, Values arguments) {
  return arguments[0].asCallable() != nullptr;
}

/// Undefined can be gone through, and has a length of 0.
static Value isIterable(Evaluator &, Values arguments) {
  const Value &value = arguments[0];
  return value.isUndefined() || value.asText() || value.asMapping() ||
         value.asSequence();
}

static Value isSequence(Evaluator &, Values arguments) {
  const Value &value = arguments[0];
  return value.isUndefined() || value.asText() || value.asMapping() ||
         (value.asSequence() && value.asSequence()->hasPlaces());
}

/// Whether that is what is left of a division by the second argument.
static Value hasRest(Evaluator &evaluator, const Value &value,
                     const Value &divisor, int64_t rest) {
  Value left = evaluator.applyBinary("%", value, divisor);
  return evaluator.areEqual(left, rest);
}

template <int64_t rest>
static Value isParity(Evaluator &evaluator, Values arguments) {
  return hasRest(evaluator, arguments[0], int64_t{2}, rest);
}

static Value isDivisible(Evaluator &evaluator, Values arguments) {
  return hasRest(evaluator, arguments[0], arguments[1], 0);
}

template <Case to>
static Value isCase(Evaluator &evaluator, Values arguments) {
  Value text = evaluator.text(evaluator.toText(arguments[0]));
  if (evaluator.failed())
    return {};
  Value method =
      evaluator.getAttribute(text, to == Case::Lower ? "islower" : "isupper");
  return evaluator.call(method, {});
}

static Value isSame(Evaluator &, Values arguments) {
  return arguments[0].isSame(arguments[1]);
}

enum class Operator { Equal, Unequal, Less, AtMost, Greater, AtLeast, In };

template <Operator op>
static Value compare(Evaluator &evaluator, Values arguments) {
  constexpr std::string_view names[] = {"==", "!=", "<", "<=", ">", ">=", "in"};
  return evaluator.compare(names[static_cast<size_t>(op)], arguments[0],
                           arguments[1]);
}

static Value isFilter(Evaluator &evaluator, Values arguments) {
  return findFilter(expectText(evaluator, arguments[0]).bytes()) != nullptr;
}

static Value isTest(Evaluator &evaluator, Values arguments) {
  return findTest(expectText(evaluator, arguments[0]).bytes()) != nullptr;
}

static constexpr Native tests[] = {
    {"!=", "a b", compare<Operator::Unequal>},
    {"<", "a b", compare<Operator::Less>},
    {"<=", "a b", compare<Operator::AtMost>},
    {"==", "a b", compare<Operator::Equal>},
    {">", "a b", compare<Operator::Greater>},
    {">=", "a b", compare<Operator::AtLeast>},
    {"boolean", "value", isOf<bool>},
    {"callable", "value", isCallable},
    {"defined", "value", isDefined},
    {"divisibleby", "value num", isDivisible},
    {"eq", "a b", compare<Operator::Equal>},
    {"equalto", "a b", compare<Operator::Equal>},
    {"even", "value", isParity<0>},
    {"false", "value", isBoolean<false>},
    {"filter", "value", isFilter},
    {"float", "value", isOf<double>},
    {"ge", "a b", compare<Operator::AtLeast>},
    {"greaterthan", "a b", compare<Operator::Greater>},
    {"gt", "a b", compare<Operator::Greater>},
    {"in", "value seq", compare<Operator::In>},
    {"integer", "value", isOf<int64_t>},
    {"iterable", "value", isIterable},
    {"le", "a b", compare<Operator::AtMost>},
    {"lessthan", "a b", compare<Operator::Less>},
    {"lower", "value", isCase<Case::Lower>},
    {"lt", "a b", compare<Operator::Less>},
    {"mapping", "value", isMapping},
    {"ne", "a b", compare<Operator::Unequal>},
    {"none", "value", isOf<None>},
    {"number", "value", isOf<bool, int64_t, double>},
    {"odd", "value", isParity<1>},
    {"sameas", "value other", isSame},
    {"sequence", "value", isSequence},
    {"string", "value", isText},
    {"test", "value", isTest},
    {"true", "value", isBoolean<true>},
    {"undefined", "value", isOf<Undefined>},
    {"upper", "value", isCase<Case::Upper>},
};

const Native *jinja::findTest(std::string_view name) {
  return findNative(tests, name);
}
