//===- Value.cpp - What the expressions of a template are -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Text/Template/Value.h"

#include "Callable.h"

#include <algorithm>

using namespace ignis;
using namespace ignis::jinja;

//===----------------------------------------------------------------------===//
// Making
//===----------------------------------------------------------------------===//

Value Value::sequence(std::vector<Value> elements) {
  Sequence sequence;
  for (const Value &element : elements)
    sequence.depth = std::max(sequence.depth, element.depth() + 1);
  sequence.elements = std::move(elements);
  return std::make_shared<const Sequence>(std::move(sequence));
}

Value Value::mapping(Mapping mapping) {
  return std::make_shared<const Mapping>(std::move(mapping));
}

//===----------------------------------------------------------------------===//
// Asking
//===----------------------------------------------------------------------===//

std::optional<int64_t> Value::asInteger() const {
  if (const auto *boolean = as<bool>())
    return *boolean;
  if (const auto *integer = as<int64_t>())
    return *integer;
  return std::nullopt;
}

std::optional<double> Value::asNumber() const {
  if (const auto *real = as<double>())
    return *real;
  if (std::optional<int64_t> integer = asInteger())
    return static_cast<double>(*integer);
  return std::nullopt;
}

bool Value::isTrue() const {
  if (isUndefined() || isNone())
    return false;
  if (std::optional<double> number = asNumber())
    return *number != 0;
  if (const MarkedText *text = asText())
    return !text->empty();
  if (const Sequence *sequence = asSequence())
    return sequence->kind == Sequence::Kind::Generator ||
           !sequence->elements.empty();
  if (const Mapping *mapping = asMapping())
    return mapping->size() != 0;
  return true;
}

uint32_t Value::depth() const {
  if (const Sequence *sequence = asSequence())
    return sequence->depth;
  if (const Mapping *mapping = asMapping())
    return mapping->depth();
  if (std::shared_ptr<const Loop> loop = asLoop())
    return loop->items.depth() + 1;
  if (const Callable *callable = asCallable())
    return callable->self.depth() + 1;
  return 0;
}

std::string Value::describe() const {
  struct Describer {
    std::string operator()(const Undefined &undefined) const {
      if (undefined.name.empty())
        return "nothing";
      return "'" + undefined.name + "', which is undefined";
    }
    std::string operator()(None) const { return "none"; }
    std::string operator()(bool) const { return "a boolean"; }
    std::string operator()(int64_t) const { return "an integer"; }
    std::string operator()(double) const { return "a float"; }
    std::string operator()(const std::shared_ptr<const MarkedText> &) const {
      return "a string";
    }
    std::string operator()(const std::shared_ptr<const Sequence> &s) const {
      constexpr const char *names[] = {"a list", "a tuple", "a view",
                                       "a generator"};
      return names[static_cast<size_t>(s->kind)];
    }
    std::string operator()(const std::shared_ptr<const Mapping> &) const {
      return "a mapping";
    }
    std::string operator()(const std::shared_ptr<const Loop> &) const {
      return "a loop";
    }
    std::string operator()(const std::shared_ptr<const Callable> &c) const {
      return std::string("a ") + c->kind;
    }
    std::string operator()(Namespace *) const { return "a namespace"; }
  };
  return std::visit(Describer(), storage);
}

//===----------------------------------------------------------------------===//
// Identity
//===----------------------------------------------------------------------===//

bool Value::isSame(const Value &other) const {
  if (storage.index() != other.storage.index())
    return false;
  auto same = [&]<typename T>(const T &value) {
    if constexpr (std::is_same_v<T, Undefined> || std::is_same_v<T, None>)
      return true;
    else
      return value == std::get<T>(other.storage);
  };
  return std::visit(same, storage);
}

//===----------------------------------------------------------------------===//
// Mappings
//===----------------------------------------------------------------------===//

/// The same for equal keys, and for no others; nothing for what is no key.
static std::optional<std::string> spell(const Value &key) {
  if (const MarkedText *text = key.asText())
    return "s" + std::string(text->bytes());
  if (std::optional<int64_t> integer = key.asInteger())
    return "i" + std::to_string(*integer);
  if (const auto *real = key.as<double>()) {
    auto integer = static_cast<int64_t>(std::clamp(*real, -0x1p62, 0x1p62));
    if (static_cast<double>(integer) == *real)
      return "i" + std::to_string(integer);
    return std::string("f").append(reinterpret_cast<const char *>(real),
                                   sizeof(*real));
  }
  if (key.isNone())
    return "n";
  return std::nullopt;
}

const Value *Mapping::find(const Value &key) const {
  std::optional<std::string> spelling = spell(key);
  if (!spelling)
    return nullptr;
  auto place = places.find(*spelling);
  return place == places.end() ? nullptr : &inOrder[place->second].second;
}

const Value *Mapping::find(std::string_view key) const {
  auto place = places.find("s" + std::string(key));
  return place == places.end() ? nullptr : &inOrder[place->second].second;
}

bool Mapping::set(const Value &key, Value value) {
  std::optional<std::string> spelling = spell(key);
  if (!spelling)
    return false;
  deepest = std::max(deepest, value.depth() + 1);
  auto [place, isNew] = places.emplace(std::move(*spelling), inOrder.size());
  if (isNew)
    inOrder.emplace_back(key, std::move(value));
  else
    inOrder[place->second].second = std::move(value);
  return true;
}
