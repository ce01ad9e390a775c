//===- Sandbox.h - What bounds a template, and how it fails -----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A template comes with a file, and is not trusted: what it may compute is
// bounded by work, of which every step and every byte it makes takes some, and
// by depth. It has no way out but its text.
//
// The first failure is kept. After it, values are undefined and loops end, so
// that nothing needs to be checked in between.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TEXT_TEMPLATE_SANDBOX_H
#define IGNIS_LIB_TEXT_TEMPLATE_SANDBOX_H

#include "ignis/Text/Template/Value.h"

#include <fmt/format.h>

namespace ignis::jinja {

class Sandbox {
public:
  /// Steps, and what values take: less than a second, and some 250 MB.
  static constexpr uint64_t mostWork = 10'000'000;
  /// Of expressions, statements and macros that run within one another.
  static constexpr uint32_t mostDepth = 600;
  /// Of values within one another.
  static constexpr uint32_t mostValueDepth = 100;

  /// Names what is at work, such as {"filter", "join"}, while it lives.
  class At {
  public:
    At(Sandbox &sandbox, std::string_view kind, std::string_view name = {})
        : sandbox(sandbox), outer(sandbox.place) {
      sandbox.place.kind = kind;
      sandbox.place.name = name;
    }
    At(Sandbox &sandbox, uint32_t line)
        : sandbox(sandbox), outer(sandbox.place) {
      sandbox.place = {line, {}, {}};
    }
    At(const At &) = delete;
    ~At() { sandbox.place = outer; }

  private:
    Sandbox &sandbox;
    struct Place {
      uint32_t line = 1;
      std::string_view kind, name;
    } outer;
    friend Sandbox;
  };

  template <typename... T>
  Value fail(fmt::format_string<T...> format, T &&...arguments) {
    report(fmt::format(format, std::forward<T>(arguments)...));
    return {};
  }
  bool failed() const { return failure.has_value(); }

  /// False, having failed, if there is less left.
  bool spend(uint64_t work);

  /// On a lookup of `key` in a mapping.
  bool spendOnKey(const Value &key) {
    const MarkedText *text = key.asText();
    return spend(1 + (text ? text->size() / 16 : 0));
  }

  Value text(MarkedText text);
  Value text(std::string_view text, Origin origin) {
    return this->text(MarkedText(std::string(text), origin));
  }
  Value sequence(std::vector<Value> elements,
                 Sequence::Kind kind = Sequence::Kind::List);
  Value mapping(Mapping mapping);

  /// Python's ==, which takes as long as the values are large.
  bool areEqual(const Value &left, const Value &right);

protected:
  /// Ends what runs too deep within itself.
  class Nesting {
  public:
    explicit Nesting(Sandbox &sandbox) : sandbox(sandbox) { ++sandbox.nesting; }
    Nesting(const Nesting &) = delete;
    ~Nesting() { --sandbox.nesting; }
    bool isTooDeep() const;

  private:
    Sandbox &sandbox;
  };

  std::optional<std::string> failure;

private:
  void report(std::string what);

  At::Place place;
  uint64_t work = 0;
  uint32_t nesting = 0;
};

} // namespace ignis::jinja

#endif // IGNIS_LIB_TEXT_TEMPLATE_SANDBOX_H
