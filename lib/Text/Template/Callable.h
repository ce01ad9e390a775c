//===- Callable.h - What a template may call --------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TEXT_TEMPLATE_CALLABLE_H
#define IGNIS_LIB_TEXT_TEMPLATE_CALLABLE_H

#include "ignis/Text/Template/Value.h"

#include <functional>
#include <span>

namespace ignis::jinja {

class Evaluator;

/// Of a call, as they stand.
struct Arguments {
  std::vector<Value> positional;
  std::vector<std::pair<std::string, Value>> named;
};

/// A function, a method with the value it belongs to, or a macro.
struct Callable {
  const char *kind; ///< "function" and so on, for messages
  std::string name;
  Value self; ///< of a method
  std::function<Value(Evaluator &, Arguments)> call;
};

/// What `loop` is in the body of a loop.
struct Loop {
  Value items;
  size_t index; ///< from 0

  const std::vector<Value> &elements() const {
    return items.asSequence()->elements;
  }
};

/// A function of the language itself: a filter, a test, a method or a global.
/// `parameters` are names with a space between them: "?" behind one that may be
/// missing, which is undefined then; behind "*" those that are given by name
/// only, and "**" for all other names, which become a mapping. More positional
/// arguments than there are parameters are allowed behind "*", and follow the
/// parameters.
struct Native {
  std::string_view name;
  std::string_view parameters;
  Value (*function)(Evaluator &, std::span<const Value> arguments);
};

/// Null where there is none.
const Native *findNative(std::span<const Native> table, std::string_view name);

std::span<const Native> textMethods();
std::span<const Native> sequenceFilters();
const Native *findFilter(std::string_view name);
const Native *findTest(std::string_view name);
const Native *findGlobal(std::string_view name);
/// Of strings, lists and mappings; their first argument is the value itself.
const Native *findMethod(const Value &self, std::string_view name);

} // namespace ignis::jinja

#endif // IGNIS_LIB_TEXT_TEMPLATE_CALLABLE_H
