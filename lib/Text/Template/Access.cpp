//===- Access.cpp - The parts of values -----------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluator.h"

#include "Characters.h"

using namespace ignis;
using namespace ignis::jinja;

//===----------------------------------------------------------------------===//
// Attributes
//===----------------------------------------------------------------------===//

/// What `loop` says about where it is.
static std::optional<Value> findOfLoop(const std::shared_ptr<const Loop> &loop,
                                       std::string_view name) {
  const std::vector<Value> &items = loop->elements();
  auto count = static_cast<int64_t>(items.size());
  auto index = static_cast<int64_t>(loop->index);
  if (name == "index")
    return index + 1;
  if (name == "index0")
    return index;
  if (name == "revindex")
    return count - index;
  if (name == "revindex0")
    return count - index - 1;
  if (name == "first")
    return index == 0;
  if (name == "last")
    return index + 1 == count;
  if (name == "length")
    return count;
  if (name == "depth")
    return int64_t{1}; // of recursion, which loops here do not do
  if (name == "depth0")
    return int64_t{0};
  if (name == "previtem")
    return index > 0 ? items[loop->index - 1]
                     : Value(Undefined{"loop.previtem"});
  if (name == "nextitem")
    return index + 1 < count ? items[loop->index + 1]
                             : Value(Undefined{"loop.nextitem"});
  if (name != "cycle")
    return std::nullopt;
  Callable cycle{"method", "cycle", loop, {}};
  cycle.call = [index](Evaluator &evaluator, Arguments arguments) -> Value {
    if (arguments.positional.empty())
      return evaluator.fail("expected values to choose from, found none");
    return arguments
        .positional[static_cast<size_t>(index) % arguments.positional.size()];
  };
  return std::make_shared<const Callable>(std::move(cycle));
}

static Value bindMethod(const Native &native, const Value &self) {
  Callable method{"method", std::string(native.name), self, {}};
  method.call = [&native, self](Evaluator &evaluator, Arguments arguments) {
    arguments.positional.insert(arguments.positional.begin(), self);
    return evaluator.callNative(native, std::move(arguments));
  };
  return std::make_shared<const Callable>(std::move(method));
}

/// Methods come before the keys of a mapping.
Value Evaluator::getAttribute(const Value &object, std::string_view name) {
  if (object.isUndefined())
    return fail("expected a value that may have an attribute '{}', found {}",
                name, object.describe());
  if (const Native *native = findMethod(object, name))
    return spend(4) ? bindMethod(*native, object) : Value();
  const Value *found = nullptr;
  if (const Mapping *mapping = object.asMapping())
    found = mapping->find(name);
  else if (const Namespace *space = object.asNamespace())
    found = space->attributes.find(name);
  else if (std::shared_ptr<const Loop> loop = object.asLoop())
    if (std::optional<Value> value = findOfLoop(loop, name))
      return *value;
  return found ? *found : Value(Undefined{std::string(name)});
}

//===----------------------------------------------------------------------===//
// Items
//===----------------------------------------------------------------------===//

/// As a place from 0, if there is such a one; negative ones count from the end.
static std::optional<size_t> findPlace(int64_t index, size_t size) {
  auto count = static_cast<int64_t>(size);
  if (index < -count || index >= count)
    return std::nullopt;
  return static_cast<size_t>(index < 0 ? index + count : index);
}

Value Evaluator::getItem(const Value &object, const Value &index) {
  if (object.isUndefined())
    return fail("expected a value that may have items, found {}",
                object.describe());
  if (!spendOnKey(index))
    return {};
  if (const Mapping *mapping = object.asMapping())
    if (const Value *value = mapping->find(index))
      return *value;
  std::optional<int64_t> place = index.asInteger();
  if (const Sequence *sequence = object.asSequence();
      sequence && place && sequence->hasPlaces())
    if (auto found = findPlace(*place, sequence->elements.size()))
      return sequence->elements[*found];
  if (const MarkedText *string = object.asText(); string && place) {
    spend(string->size() / 16);
    std::string_view bytes = string->bytes();
    if (auto found = findPlace(*place, countCharacters(bytes))) {
      size_t begin = findCharacter(bytes, *found);
      return text(
          string->slice(begin, firstCharacter(bytes.substr(begin)).size()));
    }
  }
  if (const MarkedText *name = index.asText())
    return getAttribute(object, name->bytes());
  return Undefined{place ? fmt::format("[{}]", *place) : std::string("[]")};
}

//===----------------------------------------------------------------------===//
// Slices
//===----------------------------------------------------------------------===//

namespace {

/// The places of a[begin:end:step], as in Python.
struct SlicePlaces {
  std::vector<size_t> places;

  SlicePlaces(size_t size, std::optional<int64_t> begin,
              std::optional<int64_t> end, int64_t step) {
    auto count = static_cast<int64_t>(size);
    int64_t lowest = step > 0 ? 0 : -1;
    int64_t highest = step > 0 ? count : count - 1;
    auto clamp = [&](std::optional<int64_t> place, int64_t fallback) {
      if (!place)
        return fallback;
      int64_t counted = *place < 0 ? *place + count : *place;
      return std::min(std::max(counted, lowest), highest);
    };
    int64_t first = clamp(begin, step > 0 ? lowest : highest);
    int64_t last = clamp(end, step > 0 ? highest : lowest);
    for (int64_t i = first; step > 0 ? i < last : i > last;) {
      places.push_back(static_cast<size_t>(i));
      if (__builtin_add_overflow(i, step, &i))
        break;
    }
  }
};

} // namespace

static Value sliceText(Sandbox &sandbox, const MarkedText &text,
                       std::span<const size_t> places,
                       std::span<const size_t> begins) {
  MarkedText part;
  for (size_t place : places)
    part.append(text, begins[place], begins[place + 1] - begins[place]);
  return sandbox.text(std::move(part));
}

Value Evaluator::getSlice(const Value &object, const Value &begin,
                          const Value &end, const Value &step) {
  for (const Value *part : {&begin, &end, &step})
    if (!part->isNone() && !part->asInteger())
      return fail("expected integers between the ':', found {}",
                  part->describe());
  if (object.isUndefined())
    return fail("expected a string or a list to take a part of, found {}",
                object.describe());
  int64_t stride = step.asInteger().value_or(1);
  if (stride == 0)
    return fail("expected steps other than 0");
  if (const MarkedText *string = object.asText()) {
    if (!spend(string->size()))
      return {};
    std::vector<size_t> begins; // of each character, and the end
    for (size_t i = 0; i != string->size(); ++i)
      if (!isContinuation(string->bytes()[i]))
        begins.push_back(i);
    SlicePlaces slice(begins.size(), begin.asInteger(), end.asInteger(),
                      stride);
    begins.push_back(string->size());
    return sliceText(*this, *string, slice.places, begins);
  }
  const Sequence *whole = object.asSequence();
  if (!whole || !whole->hasPlaces())
    return Undefined{"[:]"};
  if (!spend(whole->elements.size()))
    return {};
  std::vector<Value> elements;
  for (size_t place : SlicePlaces(whole->elements.size(), begin.asInteger(),
                                  end.asInteger(), stride)
                          .places)
    elements.push_back(whole->elements[place]);
  return sequence(std::move(elements), whole->kind);
}

//===----------------------------------------------------------------------===//
// All items
//===----------------------------------------------------------------------===//

std::vector<Value> Evaluator::iterate(const Value &value) {
  std::vector<Value> items;
  if (value.isUndefined())
    return items;
  if (const Sequence *sequence = value.asSequence()) {
    if (spend(sequence->elements.size()))
      items = sequence->elements;
  } else if (const Mapping *mapping = value.asMapping()) {
    if (spend(mapping->size()))
      for (const auto &[key, _] : mapping->entries())
        items.push_back(key);
  } else if (const MarkedText *string = value.asText()) {
    std::string_view rest = string->bytes();
    while (!rest.empty() && !failed()) {
      size_t length = firstCharacter(rest).size();
      items.push_back(
          text(string->slice(string->size() - rest.size(), length)));
      rest.remove_prefix(length);
    }
  } else {
    fail("expected a list, a mapping or a string to go through, found {}",
         value.describe());
  }
  return items;
}
