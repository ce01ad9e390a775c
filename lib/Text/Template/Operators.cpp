//===- Operators.cpp - What operators make --------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Evaluator.h"

#include "Characters.h"

#include <algorithm>
#include <cmath>

using namespace ignis;
using namespace ignis::jinja;

//===----------------------------------------------------------------------===//
// Numbers
//===----------------------------------------------------------------------===//

/// Rounded to the lower number, as in Python.
static int64_t floorDivide(int64_t left, int64_t right) {
  int64_t quotient = left / right;
  bool isRounded = left % right != 0;
  return isRounded && (left < 0) != (right < 0) ? quotient - 1 : quotient;
}

static double floorModulo(double left, double right) {
  double rest = std::fmod(left, right);
  return rest != 0 && (rest < 0) != (right < 0) ? rest + right : rest;
}

/// Nothing on overflow.
static std::optional<int64_t> power(int64_t base, int64_t exponent) {
  int64_t result = 1;
  while (exponent > 0) {
    if (exponent % 2 == 1 && __builtin_mul_overflow(result, base, &result))
      return std::nullopt;
    exponent /= 2;
    if (exponent > 0 && __builtin_mul_overflow(base, base, &base))
      return std::nullopt;
  }
  return result;
}

/// Nothing on overflow; `right` is not 0 where that matters.
static std::optional<int64_t> calculate(std::string_view op, int64_t left,
                                        int64_t right) {
  int64_t result = 0;
  bool overflows = false;
  if (op == "+")
    overflows = __builtin_add_overflow(left, right, &result);
  else if (op == "-")
    overflows = __builtin_sub_overflow(left, right, &result);
  else if (op == "*")
    overflows = __builtin_mul_overflow(left, right, &result);
  else if (op == "**")
    return power(left, right);
  else if (right == -1) // whose quotient may not be there
    overflows = op == "//" && __builtin_sub_overflow(0, left, &result);
  else
    result = op == "//" ? floorDivide(left, right)
                        : left - floorDivide(left, right) * right;
  return overflows ? std::nullopt : std::optional(result);
}

static double calculate(std::string_view op, double left, double right) {
  if (op == "+")
    return left + right;
  if (op == "-")
    return left - right;
  if (op == "*")
    return left * right;
  if (op == "/")
    return left / right;
  if (op == "//")
    return std::floor(left / right);
  if (op == "%")
    return floorModulo(left, right);
  return std::pow(left, right);
}

static Value calculate(Sandbox &sandbox, std::string_view op, const Value &left,
                       const Value &right) {
  std::optional<int64_t> leftInteger = left.asInteger();
  std::optional<int64_t> rightInteger = right.asInteger();
  bool divides = op == "/" || op == "//" || op == "%";
  if (divides && *right.asNumber() == 0)
    return sandbox.fail("expected a divisor other than 0");
  bool staysInteger = leftInteger && rightInteger && op != "/" &&
                      (op != "**" || *rightInteger >= 0);
  if (!staysInteger) {
    double base = *left.asNumber(), other = *right.asNumber();
    double number = calculate(op, base, other);
    // As in Python, where it is an OverflowError, or a complex number.
    if (op == "**" && std::isfinite(base) && std::isfinite(other) &&
        !std::isfinite(number))
      return sandbox.fail("expected a result that a double holds, found {} ** "
                          "{}",
                          base, other);
    return number;
  }
  std::optional<int64_t> result = calculate(op, *leftInteger, *rightInteger);
  if (!result)
    return sandbox.fail("expected a result of 64 bits, found {} {} {}",
                        *leftInteger, op, *rightInteger);
  return *result;
}

Value Evaluator::applyUnary(std::string_view op, const Value &operand) {
  if (op == "not")
    return !operand.isTrue();
  At here(*this, "operator", op);
  if (!operand.asNumber())
    return fail("expected a number, found {}", operand.describe());
  // That of the reals is -0.0: with 0.0, a zero would lose its sign.
  return calculate(*this, op,
                   operand.asInteger() ? Value(int64_t{0}) : Value(-0.0),
                   operand);
}

//===----------------------------------------------------------------------===//
// Strings and lists
//===----------------------------------------------------------------------===//

static Value concatenate(Sandbox &sandbox, const MarkedText &left,
                         const MarkedText &right) {
  MarkedText whole = left;
  whole.append(right);
  return sandbox.text(std::move(whole));
}

static Value repeat(Sandbox &sandbox, const Value &value, int64_t times) {
  auto count = static_cast<uint64_t>(std::max<int64_t>(times, 0));
  uint64_t size = value.asText() ? value.asText()->size()
                                 : value.asSequence()->elements.size();
  if (size != 0 && count > Sandbox::mostWork / size)
    return sandbox.fail("expected at most {} times, found {}",
                        Sandbox::mostWork / size, count);
  if (size == 0)
    count = 0;
  if (const MarkedText *text = value.asText()) {
    if (!sandbox.spend(count * size / 16))
      return {};
    MarkedText whole;
    for (uint64_t i = 0; i != count; ++i)
      whole.append(*text);
    return sandbox.text(std::move(whole));
  }
  if (!sandbox.spend(count * size))
    return {};
  const Sequence &sequence = *value.asSequence();
  std::vector<Value> elements;
  for (uint64_t i = 0; i != count; ++i)
    elements.insert(elements.end(), sequence.elements.begin(),
                    sequence.elements.end());
  return sandbox.sequence(std::move(elements), sequence.kind);
}

static bool isList(const Value &value) {
  return value.asSequence() && value.asSequence()->hasPlaces();
}

Value Evaluator::applyBinary(std::string_view op, const Value &left,
                             const Value &right) {
  At here(*this, "operator", op);
  if (op == "~")
    return concatenate(*this, toText(left), toText(right));
  if (left.asNumber() && right.asNumber())
    return calculate(*this, op, left, right);
  if (op == "+" && left.asText() && right.asText())
    return concatenate(*this, *left.asText(), *right.asText());
  if (op == "+" && isList(left) && isList(right) &&
      left.asSequence()->kind == right.asSequence()->kind) {
    std::vector<Value> elements = left.asSequence()->elements;
    const std::vector<Value> &more = right.asSequence()->elements;
    elements.insert(elements.end(), more.begin(), more.end());
    return sequence(std::move(elements), left.asSequence()->kind);
  }
  if (op == "*" && (left.asText() || isList(left)) && right.asInteger())
    return repeat(*this, left, *right.asInteger());
  if (op == "*" && (right.asText() || isList(right)) && left.asInteger())
    return repeat(*this, right, *left.asInteger());
  return fail("expected operands that go with it, found {} and {}",
              left.describe(), right.describe());
}

//===----------------------------------------------------------------------===//
// Comparisons
//===----------------------------------------------------------------------===//

static bool contains(Evaluator &evaluator, const Value &container,
                     const Value &value) {
  if (const MarkedText *text = container.asText()) {
    if (const MarkedText *part = value.asText())
      return evaluator.spend(text->size() / 16) &&
             findIn(text->bytes(), part->bytes()) != std::string_view::npos;
    evaluator.fail("expected a string to look for in a string, found {}",
                   value.describe());
    return false;
  }
  if (const Mapping *mapping = container.asMapping())
    return evaluator.spendOnKey(value) && mapping->find(value);
  for (const Value &element : evaluator.iterate(container))
    if (evaluator.areEqual(element, value))
      return true;
  return false;
}

/// Less than, equal, or greater; of NaN, nothing.
static std::partial_ordering order(Evaluator &evaluator, const Value &left,
                                   const Value &right) {
  if (left.asInteger() && right.asInteger())
    return *left.asInteger() <=> *right.asInteger();
  if (left.asNumber() && right.asNumber())
    return *left.asNumber() <=> *right.asNumber();
  if (left.asText() && right.asText() &&
      evaluator.spendOnKey(left)) // UTF-8 has the order of characters
    return left.asText()->bytes() <=> right.asText()->bytes();
  if (isList(left) && isList(right) &&
      left.asSequence()->kind == right.asSequence()->kind) {
    const auto &a = left.asSequence()->elements;
    const auto &b = right.asSequence()->elements;
    for (size_t i = 0; i != std::min(a.size(), b.size()); ++i)
      if (!evaluator.areEqual(a[i], b[i]))
        return order(evaluator, a[i], b[i]);
    return a.size() <=> b.size();
  }
  evaluator.fail("expected two values that have an order, found {} and {}",
                 left.describe(), right.describe());
  return std::partial_ordering::unordered;
}

bool Evaluator::compare(std::string_view op, const Value &left,
                        const Value &right) {
  At here(*this, "operator", op);
  if (!spend(1))
    return false;
  if (op == "==")
    return areEqual(left, right);
  if (op == "!=")
    return !areEqual(left, right);
  if (op == "in")
    return contains(*this, right, left);
  if (op == "not in")
    return !contains(*this, right, left);
  std::partial_ordering order = ::order(*this, left, right);
  if (op == "<")
    return order < 0;
  if (op == "<=")
    return order <= 0;
  return op == ">" ? order > 0 : order >= 0;
}
