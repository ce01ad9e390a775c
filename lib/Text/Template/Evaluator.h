//===- Evaluator.h - Runs a template ----------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TEXT_TEMPLATE_EVALUATOR_H
#define IGNIS_LIB_TEXT_TEMPLATE_EVALUATOR_H

#include "Callable.h"
#include "Sandbox.h"
#include "Syntax.h"

#include <ctime>

namespace ignis::jinja {

/// For one rendering. What fails returns undefined; see Sandbox.
class Evaluator : public Sandbox {
public:
  /// All of these outlive it. `now` is what strftime_now tells.
  Evaluator(const Syntax &syntax, const Mapping &variables, const std::tm &now);
  ~Evaluator();

  /// Nothing if that failed.
  std::optional<MarkedText> run();
  /// With line and construct.
  const std::string &error() const { return *failure; }

  //===--------------------------------------------------------------------===//
  // For the functions of the language
  //===--------------------------------------------------------------------===//

  const std::tm &currentTime() const { return now; }
  Namespace *makeNamespace() {
    spend(16);
    return namespaces.emplace_back(std::make_unique<Namespace>()).get();
  }

  Value call(const Value &callee, Arguments arguments);
  Value applyFilter(std::string_view name, Arguments arguments);
  bool applyTest(std::string_view name, Arguments arguments);

  /// object.name and object[index]
  Value getAttribute(const Value &object, std::string_view name);
  Value getItem(const Value &object, const Value &index);
  Value getSlice(const Value &object, const Value &begin, const Value &end,
                 const Value &step);

  /// What a loop over `value` runs over.
  std::vector<Value> iterate(const Value &value);
  /// As it is printed: Python's str.
  MarkedText toText(const Value &value);

  Value applyUnary(std::string_view op, const Value &operand);
  Value applyBinary(std::string_view op, const Value &left, const Value &right);
  bool compare(std::string_view op, const Value &left, const Value &right);

  Value callNative(const Native &native, Arguments arguments);

private:
  struct Scope;
  class ScopeGuard;
  enum class Flow { Next, Break, Continue };

  // Expressions.
  Value evaluate(Expr expression);
  Value visit(const Constant &constant) { return constant.value; }
  Value visit(const Name &name);
  Value visit(const Elements &elements);
  Value visit(const Entries &entries);
  Value visit(const Unary &unary);
  Value visit(const Binary &binary);
  Value visit(const Comparison &comparison);
  Value visit(const Conditional &conditional);
  Value visit(const Attribute &attribute);
  Value visit(const Subscript &subscript);
  Value visit(const Slice &slice);
  Value visit(const Call &call);
  Value visit(const Filter &filter);
  Value visit(const Test &test);
  Value visit(const BlockText &) { return blockText; }
  Arguments evaluate(const CallArguments &arguments);
  Value evaluateOr(Expr expression, Value fallback) {
    return expression ? evaluate(expression) : std::move(fallback);
  }
  /// Arguments in the order of a native's parameters.
  std::vector<Value> bind(std::string_view parameters, Arguments arguments);

  // Statements.
  Flow execute(const Block &block);
  Flow visit(const Text &text);
  Flow visit(const Print &print);
  Flow visit(const If &statement);
  Flow visit(const For &loop);
  Flow visit(const LoopControl &control) {
    return control.isBreak ? Flow::Break : Flow::Continue;
  }
  Flow visit(const Set &set);
  Flow visit(const SetBlock &set);
  Flow visit(const Macro &macro);
  Flow visit(const CallBlock &block);
  Flow visit(const FilterBlock &block);
  Flow visit(const With &with);
  std::vector<Value> selectItems(const For &loop);
  void assign(const Target &target, const Value &value);
  /// The text of a block, in a scope of its own.
  MarkedText capture(const Block &block);
  Value filterText(Expr filters, MarkedText text);
  Value makeMacro(const Macro &macro);
  Value callMacro(const Macro &macro, Scope &definedIn, Arguments arguments);
  void write(const MarkedText &text);

  // Names.
  const Value *findVariable(std::string_view name);
  void setVariable(std::string_view name, Value value);

  const Syntax &syntax;
  const Mapping &variables;
  const std::tm &now;
  Scope *scope = nullptr;
  MarkedText *output = nullptr;
  Value blockText;
  std::vector<std::unique_ptr<Namespace>> namespaces;
  /// Those that macros were defined in: the macros may outlive their blocks.
  std::vector<std::unique_ptr<Scope>> keptScopes;
};

} // namespace ignis::jinja

#endif // IGNIS_LIB_TEXT_TEMPLATE_EVALUATOR_H
