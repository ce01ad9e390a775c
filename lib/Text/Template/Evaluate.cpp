//===- Evaluate.cpp - The values of a template's expressions --------------===//
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

Value Evaluator::evaluate(Expr expression) {
  Nesting nesting(*this);
  if (nesting.isTooDeep() || !spend(1))
    return {};
  At here(*this, expression->line);
  return std::visit([&](const auto &node) { return visit(node); },
                    expression->node);
}

Value Evaluator::visit(const Name &name) {
  if (const Value *variable = findVariable(name.name))
    return *variable;
  if (const Native *native = findGlobal(name.name)) {
    Callable callable{"function", name.name, {}, {}};
    callable.call = [native](Evaluator &evaluator, Arguments arguments) {
      return evaluator.callNative(*native, std::move(arguments));
    };
    return std::make_shared<const Callable>(std::move(callable));
  }
  return Undefined{name.name};
}

Value Evaluator::visit(const Elements &elements) {
  std::vector<Value> values;
  for (Expr element : elements.elements)
    values.push_back(evaluate(element));
  return sequence(std::move(values), elements.kind);
}

Value Evaluator::visit(const Entries &entries) {
  Mapping mapping;
  for (const auto &[key, value] : entries.entries) {
    Value name = evaluate(key);
    spendOnKey(name);
    if (!mapping.set(name, evaluate(value)) && !failed())
      return fail("expected a string, a number, a boolean or none as a key, "
                  "found {}",
                  name.describe());
  }
  return this->mapping(std::move(mapping));
}

//===----------------------------------------------------------------------===//
// Operators
//===----------------------------------------------------------------------===//

Value Evaluator::visit(const Unary &unary) {
  Value operand = evaluate(unary.operand);
  return failed() ? Value() : applyUnary(unary.op, operand);
}

Value Evaluator::visit(const Binary &binary) {
  Value left = evaluate(binary.left);
  if (failed())
    return {};
  if (binary.op == "and")
    return left.isTrue() ? evaluate(binary.right) : left;
  if (binary.op == "or")
    return left.isTrue() ? left : evaluate(binary.right);
  Value right = evaluate(binary.right);
  return failed() ? Value() : applyBinary(binary.op, left, right);
}

Value Evaluator::visit(const Comparison &comparison) {
  Value left = evaluate(comparison.first);
  for (const auto &[op, operand] : comparison.rest) {
    Value right = evaluate(operand);
    if (failed() || !compare(op, left, right))
      return false;
    left = std::move(right);
  }
  return true;
}

Value Evaluator::visit(const Conditional &conditional) {
  bool holds = evaluate(conditional.condition).isTrue();
  if (failed())
    return {};
  return holds ? evaluate(conditional.then)
               : evaluateOr(conditional.otherwise, Undefined{});
}

//===----------------------------------------------------------------------===//
// Parts
//===----------------------------------------------------------------------===//

Value Evaluator::visit(const Attribute &attribute) {
  Value object = evaluate(attribute.object);
  return failed() ? Value() : getAttribute(object, attribute.name);
}

Value Evaluator::visit(const Subscript &subscript) {
  Value object = evaluate(subscript.object);
  Value index = evaluate(subscript.index);
  return failed() ? Value() : getItem(object, index);
}

Value Evaluator::visit(const Slice &slice) {
  Value object = evaluate(slice.object);
  Value begin = evaluateOr(slice.begin, None());
  Value end = evaluateOr(slice.end, None());
  Value step = evaluateOr(slice.step, None());
  return failed() ? Value() : getSlice(object, begin, end, step);
}

//===----------------------------------------------------------------------===//
// Calls
//===----------------------------------------------------------------------===//

Arguments Evaluator::evaluate(const CallArguments &arguments) {
  Arguments values;
  for (Expr argument : arguments.positional)
    values.positional.push_back(evaluate(argument));
  for (const auto &[name, argument] : arguments.named)
    values.named.emplace_back(name, evaluate(argument));
  return values;
}

Value Evaluator::visit(const Call &call) {
  Value callee = evaluate(call.callee);
  Arguments arguments = evaluate(call.arguments);
  return failed() ? Value() : this->call(callee, std::move(arguments));
}

Value Evaluator::call(const Value &callee, Arguments arguments) {
  const Callable *callable = callee.asCallable();
  if (!callable)
    return fail("expected a function to call, found {}", callee.describe());
  At here(*this, callable->kind, callable->name);
  return callable->call(*this, std::move(arguments));
}

Value Evaluator::visit(const Filter &filter) {
  Arguments arguments;
  arguments.positional.push_back(evaluate(filter.value));
  Arguments more = evaluate(filter.arguments);
  if (failed())
    return {};
  std::ranges::move(more.positional, std::back_inserter(arguments.positional));
  arguments.named = std::move(more.named);
  return applyFilter(filter.name, std::move(arguments));
}

Value Evaluator::applyFilter(std::string_view name, Arguments arguments) {
  At here(*this, "filter", name);
  const Native *native = findFilter(name);
  if (!native)
    return fail("expected a filter that is supported, found none of this name");
  return callNative(*native, std::move(arguments));
}

Value Evaluator::visit(const Test &test) {
  Arguments arguments;
  arguments.positional.push_back(evaluate(test.value));
  Arguments more = evaluate(test.arguments);
  if (failed())
    return {};
  std::ranges::move(more.positional, std::back_inserter(arguments.positional));
  arguments.named = std::move(more.named);
  return applyTest(test.name, std::move(arguments));
}

bool Evaluator::applyTest(std::string_view name, Arguments arguments) {
  At here(*this, "test", name);
  const Native *native = findTest(name);
  if (!native) {
    fail("expected a test that is supported, found none of this name");
    return false;
  }
  return callNative(*native, std::move(arguments)).isTrue();
}

/// Filters such as map call others: they nest as expressions do.
Value Evaluator::callNative(const Native &native, Arguments arguments) {
  Nesting nesting(*this);
  if (nesting.isTooDeep() || !spend(4 * arguments.positional.size()))
    return {};
  std::vector<Value> bound = bind(native.parameters, std::move(arguments));
  return failed() ? Value() : native.function(*this, bound);
}

/// See Native.
std::vector<Value> Evaluator::bind(std::string_view parameters,
                                   Arguments arguments) {
  std::vector<Value> bound;
  auto &[positional, named] = arguments;
  size_t taken = 0;
  bool byName = false;
  bool takesMore = false;
  while (!parameters.empty()) {
    std::string_view name = parameters.substr(0, parameters.find(' '));
    parameters.remove_prefix(std::min(name.size() + 1, parameters.size()));
    if (name == "*") {
      byName = takesMore = true;
      continue;
    }
    if (name == "**") {
      Mapping rest;
      for (auto &[key, value] : std::exchange(named, {}))
        rest.set(key, std::move(value));
      bound.push_back(mapping(std::move(rest)));
      continue;
    }
    bool isOptional = name.ends_with('?');
    if (isOptional)
      name.remove_suffix(1);
    auto given =
        std::ranges::find(named, name, &std::pair<std::string, Value>::first);
    if (!byName && taken < positional.size()) {
      bound.push_back(std::move(positional[taken++]));
    } else if (given != named.end()) {
      bound.push_back(std::move(given->second));
      named.erase(given);
    } else {
      if (!isOptional)
        fail("expected an argument '{}', found none", name);
      bound.emplace_back();
    }
  }
  if (!named.empty())
    fail("expected arguments of its own names, found '{}'",
         named.front().first);
  if (!takesMore && taken < positional.size())
    fail("expected at most {} arguments, found {}", taken, positional.size());
  std::move(positional.begin() + static_cast<ptrdiff_t>(taken),
            positional.end(), std::back_inserter(bound));
  return bound;
}
