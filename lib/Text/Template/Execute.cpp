//===- Execute.cpp - Runs the statements of a template --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Scope.h"

#include <algorithm>

using namespace ignis;
using namespace ignis::jinja;

Evaluator::Evaluator(const Syntax &syntax, const Mapping &variables,
                     const std::tm &now)
    : syntax(syntax), variables(variables), now(now) {}

Evaluator::~Evaluator() = default;

std::optional<MarkedText> Evaluator::run() {
  MarkedText text;
  output = &text;
  {
    ScopeGuard top(*this);
    execute(syntax.body);
  }
  if (failed())
    return std::nullopt;
  return text;
}

Evaluator::Flow Evaluator::execute(const Block &block) {
  Nesting nesting(*this);
  if (nesting.isTooDeep())
    return Flow::Break;
  for (const Statement &statement : block) {
    if (!spend(1))
      return Flow::Break;
    At here(*this, statement.line);
    Flow flow = std::visit([&](const auto &node) { return visit(node); },
                           statement.node);
    if (failed())
      return Flow::Break;
    if (flow != Flow::Next)
      return flow;
  }
  return Flow::Next;
}

//===----------------------------------------------------------------------===//
// Text
//===----------------------------------------------------------------------===//

void Evaluator::write(const MarkedText &text) {
  if (spend(text.size() / 16))
    output->append(text);
}

MarkedText Evaluator::capture(const Block &block) {
  ScopeGuard inner(*this);
  MarkedText text;
  MarkedText *around = std::exchange(output, &text);
  execute(block);
  output = around;
  return text;
}

Value Evaluator::filterText(Expr filters, MarkedText captured) {
  Value around = std::exchange(blockText, text(std::move(captured)));
  Value filtered = evaluate(filters);
  blockText = std::move(around);
  return filtered;
}

Evaluator::Flow Evaluator::visit(const Text &text) {
  write(*text.text.asText());
  return Flow::Next;
}

Evaluator::Flow Evaluator::visit(const Print &print) {
  write(toText(evaluate(print.value)));
  return Flow::Next;
}

Evaluator::Flow Evaluator::visit(const FilterBlock &block) {
  write(toText(filterText(block.filters, capture(block.body))));
  return Flow::Next;
}

//===----------------------------------------------------------------------===//
// Branches and loops
//===----------------------------------------------------------------------===//

Evaluator::Flow Evaluator::visit(const If &statement) {
  for (const auto &[condition, block] : statement.branches) {
    bool holds = evaluate(condition).isTrue();
    if (failed())
      return Flow::Break;
    if (holds)
      return execute(block);
  }
  return execute(statement.otherwise);
}

/// All items, or those that the loop's condition holds for.
std::vector<Value> Evaluator::selectItems(const For &loop) {
  Value whole = evaluate(loop.items);
  At here(*this, "{% for %}");
  std::vector<Value> items = iterate(whole);
  if (!loop.condition)
    return items;
  std::vector<Value> selected;
  for (Value &item : items) {
    ScopeGuard inner(*this);
    assign(loop.target, item);
    if (evaluate(loop.condition).isTrue())
      selected.push_back(std::move(item));
    if (failed())
      break;
  }
  return selected;
}

Evaluator::Flow Evaluator::visit(const For &loop) {
  Value items = sequence(selectItems(loop));
  if (failed())
    return Flow::Break;
  const std::vector<Value> &elements = items.asSequence()->elements;
  if (elements.empty()) {
    ScopeGuard inner(*this);
    return execute(loop.otherwise);
  }
  for (size_t i = 0; i != elements.size(); ++i) {
    if (!spend(1))
      return Flow::Break;
    ScopeGuard inner(*this);
    setVariable("loop", std::make_shared<const Loop>(Loop{items, i}));
    assign(loop.target, elements[i]);
    Flow flow = execute(loop.body);
    if (failed() || flow == Flow::Break)
      break;
  }
  return Flow::Next;
}

//===----------------------------------------------------------------------===//
// Variables
//===----------------------------------------------------------------------===//

const Value *Evaluator::findVariable(std::string_view name) {
  for (const Scope *at = scope; at && spend(at->variables.size() / 16);
       at = at->outer)
    for (const auto &[variable, value] : at->variables)
      if (variable == name)
        return &value;
  return variables.find(name);
}

void Evaluator::setVariable(std::string_view name, Value value) {
  if (!spend(scope->variables.size() / 16))
    return;
  for (auto &[variable, current] : scope->variables)
    if (variable == name) {
      current = std::move(value);
      return;
    }
  scope->variables.emplace_back(name, std::move(value));
}

void Evaluator::assign(const Target &target, const Value &value) {
  if (failed())
    return;
  if (!target.parts.empty()) {
    std::vector<Value> parts = iterate(value);
    if (!failed() && parts.size() != target.parts.size())
      fail("expected {} values to assign, found {}", target.parts.size(),
           parts.size());
    for (size_t i = 0; i != parts.size() && !failed(); ++i)
      assign(target.parts[i], parts[i]);
    return;
  }
  if (target.attribute.empty()) {
    setVariable(target.name, value);
    return;
  }
  const Value *object = findVariable(target.name);
  Namespace *space = object ? object->asNamespace() : nullptr;
  if (!space) {
    fail("'{}.{}': expected a namespace to assign to, found {}", target.name,
         target.attribute,
         object ? object->describe()
                : Value(Undefined{target.name}).describe());
    return;
  }
  space->attributes.set(target.attribute, value);
}

Evaluator::Flow Evaluator::visit(const Set &set) {
  Value value = evaluate(set.value);
  At here(*this, "{% set %}");
  assign(set.target, value);
  return Flow::Next;
}

Evaluator::Flow Evaluator::visit(const SetBlock &set) {
  Value value = filterText(set.filters, capture(set.body));
  At here(*this, "{% set %}");
  assign(set.target, value);
  return Flow::Next;
}

Evaluator::Flow Evaluator::visit(const With &with) {
  std::vector<Value> values;
  for (const auto &[target, value] : with.variables)
    values.push_back(evaluate(value));
  ScopeGuard inner(*this);
  At here(*this, "{% with %}");
  for (size_t i = 0; i != values.size(); ++i)
    assign(with.variables[i].first, values[i]);
  return execute(with.body);
}

//===----------------------------------------------------------------------===//
// Macros
//===----------------------------------------------------------------------===//

Value Evaluator::makeMacro(const Macro &macro) {
  spend(16); // a scope may be kept
  for (Scope *at = scope; at && !at->isKept; at = at->outer)
    at->isKept = true;
  Callable callable{"macro", macro.name, {}, {}};
  callable.call = [&macro, definedIn = scope](Evaluator &evaluator,
                                              Arguments arguments) {
    return evaluator.callMacro(macro, *definedIn, std::move(arguments));
  };
  return std::make_shared<const Callable>(std::move(callable));
}

Value Evaluator::callMacro(const Macro &macro, Scope &definedIn,
                           Arguments arguments) {
  size_t given = arguments.positional.size();
  if (given > macro.parameters.size())
    return fail("expected at most {} arguments, found {}",
                macro.parameters.size(), given);
  ScopeGuard inner(*this, &definedIn);
  for (size_t i = 0; i != macro.parameters.size() && !failed(); ++i) {
    const Parameter &parameter = macro.parameters[i];
    spend(arguments.named.size() / 16);
    auto named = std::ranges::find(arguments.named, parameter.name,
                                   &std::pair<std::string, Value>::first);
    if (i < given)
      setVariable(parameter.name, arguments.positional[i]);
    else if (named != arguments.named.end())
      setVariable(parameter.name, std::exchange(named->second, {}));
    else
      setVariable(parameter.name,
                  evaluateOr(parameter.fallback, Undefined{parameter.name}));
    if (named != arguments.named.end() && i >= given)
      arguments.named.erase(named);
  }
  for (auto &[name, value] : arguments.named) {
    if (name != "caller")
      return fail("expected arguments of its own names, each once, found '{}'",
                  name);
    setVariable("caller", value);
  }
  return text(capture(macro.body));
}

Evaluator::Flow Evaluator::visit(const Macro &macro) {
  setVariable(macro.name, makeMacro(macro));
  return Flow::Next;
}

Evaluator::Flow Evaluator::visit(const CallBlock &block) {
  const auto &call = std::get<Call>(block.call->node);
  Value callee = evaluate(call.callee);
  Arguments arguments = evaluate(call.arguments);
  arguments.named.emplace_back("caller", makeMacro(block.caller));
  write(toText(this->call(callee, std::move(arguments))));
  return Flow::Next;
}
