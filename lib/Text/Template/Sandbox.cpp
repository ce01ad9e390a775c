//===- Sandbox.cpp - What bounds a template, and how it fails -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Sandbox.h"

#include <algorithm>

using namespace ignis;
using namespace ignis::jinja;

/// Work for what values take: about as long as a step.
static constexpr uint64_t textSteps = 4;
static constexpr uint64_t bytesOfAStep = 16;
static constexpr uint64_t elementSteps = 3;
static constexpr uint64_t entrySteps = 10;

void Sandbox::report(std::string what) {
  if (failure)
    return;
  failure = fmt::format("line {}: ", place.line);
  if (!place.kind.empty() && !place.name.empty())
    *failure += fmt::format("{} '{}': ", place.kind, place.name);
  else if (!place.kind.empty())
    *failure += fmt::format("{}: ", place.kind);
  *failure += what;
}

bool Sandbox::spend(uint64_t more) {
  if (failed())
    return false;
  if (more <= mostWork - work) {
    work += more;
    return true;
  }
  work = mostWork;
  fail("the template takes more than {} steps", mostWork);
  return false;
}

bool Sandbox::Nesting::isTooDeep() const {
  if (sandbox.nesting <= mostDepth)
    return false;
  sandbox.fail("the template runs more than {} levels deep", mostDepth);
  return true;
}

Value Sandbox::text(MarkedText text) {
  return spend(textSteps + text.size() / bytesOfAStep)
             ? Value::text(std::move(text))
             : Value();
}

Value Sandbox::sequence(std::vector<Value> elements, Sequence::Kind kind) {
  if (!spend(textSteps + elements.size() * elementSteps))
    return {};
  Sequence sequence;
  sequence.kind = kind;
  for (const Value &element : elements)
    sequence.depth = std::max(sequence.depth, element.depth() + 1);
  if (sequence.depth > mostValueDepth)
    return fail("values are nested more than {} levels deep", mostValueDepth);
  sequence.elements = std::move(elements);
  return std::make_shared<const Sequence>(std::move(sequence));
}

Value Sandbox::mapping(Mapping mapping) {
  if (!spend(textSteps + mapping.size() * entrySteps))
    return {};
  if (mapping.depth() > mostValueDepth)
    return fail("values are nested more than {} levels deep", mostValueDepth);
  return Value::mapping(std::move(mapping));
}

bool Sandbox::areEqual(const Value &left, const Value &right) {
  if (!spend(1))
    return false;
  if (left.asInteger() && right.asInteger())
    return *left.asInteger() == *right.asInteger();
  if (left.asNumber() && right.asNumber())
    return *left.asNumber() == *right.asNumber();
  if (left.asText() && right.asText())
    return spend(left.asText()->size() / bytesOfAStep) &&
           left.asText()->bytes() == right.asText()->bytes();
  if (left.isSame(right))
    return true;
  auto equal = [&](const Value &a, const Value &b) { return areEqual(a, b); };
  const Sequence *sequence = left.asSequence();
  const Sequence *otherSequence = right.asSequence();
  if (sequence && otherSequence)
    return sequence->kind == otherSequence->kind && sequence->hasPlaces() &&
           std::ranges::equal(sequence->elements, otherSequence->elements,
                              equal);
  const Mapping *mapping = left.asMapping();
  const Mapping *otherMapping = right.asMapping();
  if (!mapping || !otherMapping || mapping->size() != otherMapping->size())
    return false;
  return std::ranges::all_of(mapping->entries(), [&](const auto &entry) {
    const Value *other =
        spendOnKey(entry.first) ? otherMapping->find(entry.first) : nullptr;
    return other && areEqual(entry.second, *other);
  });
}
