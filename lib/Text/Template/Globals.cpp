//===- Globals.cpp - Functions that templates find ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TextOperations.h"

#include "ignis/Model/GGUF.h"

using namespace ignis;
using namespace ignis::jinja;

using Values = std::span<const Value>;

/// range(end) or range(begin, end, step)
static Value makeRange(Evaluator &evaluator, Values arguments) {
  constexpr uint64_t most = 100'000; // as in Jinja's sandbox
  bool isOnlyEnd = arguments[1].isUndefined();
  int64_t begin = isOnlyEnd ? 0 : expectInteger(evaluator, arguments[0], 0);
  int64_t end = expectInteger(evaluator, arguments[isOnlyEnd ? 0 : 1], 0);
  int64_t step = expectInteger(evaluator, arguments[2], 1);
  if (step == 0)
    return evaluator.fail("expected steps other than 0");
  std::vector<Value> numbers;
  for (int64_t i = begin; step > 0 ? i < end : i > end;) {
    if (numbers.size() == most)
      return evaluator.fail("expected at most {} numbers, found more", most);
    numbers.emplace_back(i);
    if (__builtin_add_overflow(i, step, &i))
      break;
  }
  return evaluator.sequence(std::move(numbers));
}

static bool fill(Evaluator &evaluator, Mapping &mapping, const Value &source) {
  if (const Mapping *other = source.asMapping()) {
    for (const auto &[key, _] : other->entries())
      if (!evaluator.spend(9) || !evaluator.spendOnKey(key))
        return false;
    mapping = *other;
    return true;
  }
  for (const Value &pair : evaluator.iterate(source)) {
    std::vector<Value> two = evaluator.iterate(pair);
    if (two.size() != 2 || !evaluator.spendOnKey(two[0]) ||
        !mapping.set(two[0], two[1])) {
      evaluator.fail("expected keys and values in pairs, found {}",
                     pair.describe());
      return false;
    }
  }
  return !evaluator.failed();
}

/// dict(pairs, name=value)
static Value makeDict(Evaluator &evaluator, Values arguments) {
  Mapping mapping;
  if (!fill(evaluator, mapping, arguments[0]))
    return {};
  for (const auto &[key, value] : arguments[1].asMapping()->entries())
    mapping.set(key, value);
  return evaluator.mapping(std::move(mapping));
}

static Value makeNamespace(Evaluator &evaluator, Values arguments) {
  Mapping attributes;
  if (!fill(evaluator, attributes, arguments[0]))
    return {};
  for (const auto &[key, value] : arguments[1].asMapping()->entries())
    attributes.set(key, value);
  Namespace *space = evaluator.makeNamespace();
  space->attributes = std::move(attributes);
  return space;
}

static Value raiseException(Evaluator &evaluator, Values arguments) {
  return evaluator.fail(
      "{}", quoteForMessage(evaluator.toText(arguments[0]).bytes()));
}

/// With fields such as %d and %-d. Those with a width are refused, since it
/// may be any number.
static Value formatTime(Evaluator &evaluator, Values arguments) {
  const MarkedText &format = expectText(evaluator, arguments[0]);
  MarkedText text;
  std::string_view bytes = format.bytes();
  for (size_t i = 0; i != bytes.size() && evaluator.spend(1);) {
    size_t percent = std::min(bytes.find('%', i), bytes.size());
    text.append(format, i, percent - i);
    i = percent;
    if (i == bytes.size())
      break;
    size_t length = bytes.substr(i + 1).starts_with('-') ? 3 : 2;
    std::string field(bytes.substr(i, length));
    constexpr std::string_view known = "aAbBcdHIjmMpSUwWxXyYzZ%eFTDRhntGuVs";
    if (field.size() != length || known.find(field.back()) == known.npos)
      return evaluator.fail("expected a field such as '%d', found '{}'", field);
    char written[128];
    size_t size = std::strftime(written, sizeof(written), field.c_str(),
                                &evaluator.currentTime());
    text.append({written, size}, Origin::Caller);
    i += length;
  }
  return evaluator.text(std::move(text));
}

static constexpr Native globals[] = {
    {"dict", "source? **", makeDict},
    {"namespace", "source? **", makeNamespace},
    {"raise_exception", "message", raiseException},
    {"range", "start stop? step?", makeRange},
    {"strftime_now", "format", formatTime},
};

const Native *jinja::findGlobal(std::string_view name) {
  return findNative(globals, name);
}
