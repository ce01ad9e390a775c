//===- Syntax.h - A template, parsed ----------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Expressions lie in the template's pool, whatever contains them: a chain of
// any length is freed without recursion.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_TEXT_TEMPLATE_SYNTAX_H
#define IGNIS_LIB_TEXT_TEMPLATE_SYNTAX_H

#include "ignis/Text/Template/Value.h"

#include <deque>

namespace ignis::jinja {

//===----------------------------------------------------------------------===//
// Expressions
//===----------------------------------------------------------------------===//

struct Expression;
using Expr = const Expression *;

struct Constant {
  Value value;
};

struct Name {
  std::string name;
};

/// [a, b] or (a, b)
struct Elements {
  std::vector<Expr> elements;
  Sequence::Kind kind;
};

/// {a: b, c: d}
struct Entries {
  std::vector<std::pair<Expr, Expr>> entries;
};

struct Unary {
  std::string_view op; ///< not, -, +
  Expr operand;
};

struct Binary {
  std::string_view op; ///< or, and, +, -, ~, *, /, //, %, **
  Expr left, right;
};

/// a < b <= c
struct Comparison {
  Expr first;
  std::vector<std::pair<std::string_view, Expr>> rest; ///< in, not in, ==, ...
};

/// a if b else c
struct Conditional {
  Expr condition, then;
  Expr otherwise; ///< may be null
};

struct Attribute {
  Expr object;
  std::string name;
};

struct Subscript {
  Expr object, index;
};

/// a[b:c:d], of which b, c and d may be null
struct Slice {
  Expr object, begin, end, step;
};

struct CallArguments {
  std::vector<Expr> positional;
  std::vector<std::pair<std::string, Expr>> named;
};

struct Call {
  Expr callee;
  CallArguments arguments;
};

/// value|name(arguments)
struct Filter {
  Expr value;
  std::string name;
  CallArguments arguments;
};

/// value is name(arguments)
struct Test {
  Expr value;
  std::string name;
  CallArguments arguments;
};

/// What the filters behind {% set x | ... %} and {% filter ... %} begin with.
struct BlockText {};

struct Expression {
  uint32_t line;
  std::variant<Constant, Name, Elements, Entries, Unary, Binary, Comparison,
               Conditional, Attribute, Subscript, Slice, Call, Filter, Test,
               BlockText>
      node;
};

//===----------------------------------------------------------------------===//
// Statements
//===----------------------------------------------------------------------===//

struct Statement;
using Block = std::vector<Statement>;

/// Where a value goes: a name, an attribute of a namespace, or the parts of a
/// sequence.
struct Target {
  std::string name;
  std::string attribute;
  std::vector<Target> parts;
};

/// Text between tags.
struct Text {
  Value text;
};

struct Print {
  Expr value;
};

struct If {
  std::vector<std::pair<Expr, Block>> branches;
  Block otherwise;
};

struct For {
  Target target;
  Expr items;
  Expr condition; ///< may be null
  Block body, otherwise;
};

struct LoopControl {
  bool isBreak;
};

struct Set {
  Target target;
  Expr value;
};

struct SetBlock {
  Target target;
  Expr filters; ///< of the block's text
  Block body;
};

struct Parameter {
  std::string name;
  Expr fallback; ///< may be null
};

struct Macro {
  std::string name;
  std::vector<Parameter> parameters;
  Block body;
};

/// {% call(parameters) f(x) %}
struct CallBlock {
  Macro caller;
  Expr call;
};

struct FilterBlock {
  Expr filters;
  Block body;
};

struct With {
  std::vector<std::pair<Target, Expr>> variables;
  Block body; ///< of {% generation %}, which has no variables, too
};

struct Statement {
  uint32_t line;
  std::variant<Text, Print, If, For, LoopControl, Set, SetBlock, Macro,
               CallBlock, FilterBlock, With>
      node;
};

struct Syntax {
  std::deque<Expression> expressions;
  Block body;
};

} // namespace ignis::jinja

#endif // IGNIS_LIB_TEXT_TEMPLATE_SYNTAX_H
