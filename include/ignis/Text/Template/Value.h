//===- Value.h - What the expressions of a template are ---------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Values of the language that chat templates are written in: Jinja's, which are
// Python's. Strings carry who wrote each of their bytes. Nothing but a
// namespace changes once it is made, and no value holds a namespace's memory,
// so that values make no cycles.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEXT_TEMPLATE_VALUE_H
#define IGNIS_TEXT_TEMPLATE_VALUE_H

#include "ignis/Text/MarkedText.h"

#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

namespace ignis::jinja {

class Mapping;
struct Callable;
struct Loop;
struct Namespace;
struct Sequence;

struct Undefined {
  std::string name; ///< of what is not there
};

struct None {};

class Value {
public:
  using Storage =
      std::variant<Undefined, None, bool, int64_t, double,
                   std::shared_ptr<const MarkedText>,
                   std::shared_ptr<const Sequence>,
                   std::shared_ptr<const Mapping>, std::shared_ptr<const Loop>,
                   std::shared_ptr<const Callable>, Namespace *>;

  Value() = default; ///< undefined
  template <typename T>
  requires(std::is_constructible_v<Storage, std::in_place_type_t<T>, T>)
      Value(T value)
      : storage(std::in_place_type<T>, std::move(value)) {}
  Value(int) = delete; // of which type?

  static Value text(MarkedText text) {
    return std::make_shared<const MarkedText>(std::move(text));
  }
  static Value text(std::string_view text, Origin origin) {
    return Value::text(MarkedText(std::string(text), origin));
  }
  static Value sequence(std::vector<Value> elements);
  static Value mapping(Mapping mapping);

  template <typename T>
  bool is() const {
    return std::holds_alternative<T>(storage);
  }
  /// What a number, a boolean or undefined holds; null if this is another kind.
  template <typename T>
  const T *as() const {
    return std::get_if<T>(&storage);
  }
  const MarkedText *asText() const { return find<const MarkedText>(); }
  const Sequence *asSequence() const { return find<const Sequence>(); }
  const Mapping *asMapping() const { return find<const Mapping>(); }
  const Callable *asCallable() const { return find<const Callable>(); }
  std::shared_ptr<const Loop> asLoop() const {
    const auto *loop = as<std::shared_ptr<const Loop>>();
    return loop ? *loop : nullptr;
  }
  Namespace *asNamespace() const {
    auto *const *found = as<Namespace *>();
    return found ? *found : nullptr;
  }
  /// An integer, or a boolean as one.
  std::optional<int64_t> asInteger() const;
  /// A number or a boolean.
  std::optional<double> asNumber() const;

  bool isUndefined() const { return is<Undefined>(); }
  bool isNone() const { return is<None>(); }
  /// As a condition.
  bool isTrue() const;
  /// How deep values are nested in this one.
  uint32_t depth() const;
  /// Such as "a string", for messages.
  std::string describe() const;

  /// Python's `is`.
  bool isSame(const Value &other) const;

private:
  template <typename T>
  T *find() const {
    const auto *found = as<std::shared_ptr<T>>();
    return found ? found->get() : nullptr;
  }

  Storage storage;
};

struct Sequence {
  /// What Python makes of it: a view has no places, and a generator no length.
  enum class Kind { List, Tuple, View, Generator };

  std::vector<Value> elements;
  Kind kind = Kind::List;
  uint32_t depth = 1;

  bool hasPlaces() const { return kind == Kind::List || kind == Kind::Tuple; }
};

/// Keys in the order in which they were first set. Equal numbers are one key,
/// whatever their type.
class Mapping {
public:
  using Entry = std::pair<Value, Value>;

  const std::vector<Entry> &entries() const { return inOrder; }
  size_t size() const { return inOrder.size(); }
  uint32_t depth() const { return deepest; }

  /// Null where there is none.
  const Value *find(const Value &key) const;
  const Value *find(std::string_view key) const;

  /// False if `key` cannot be one.
  bool set(const Value &key, Value value);
  void set(std::string_view key, Value value) {
    set(Value::text(key, Origin::Template), std::move(value));
  }

private:
  std::vector<Entry> inOrder;
  std::map<std::string, size_t, std::less<>> places; ///< by the key's spelling
  uint32_t deepest = 1;
};

/// The state of a template that may change; its evaluator owns it.
struct Namespace {
  Mapping attributes;
};

} // namespace ignis::jinja

#endif // IGNIS_TEXT_TEMPLATE_VALUE_H
