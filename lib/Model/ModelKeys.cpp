//===- ModelKeys.cpp - The keys of a file's architecture ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ModelKeys.h"

#include <cmath>

using namespace ignis;

template <typename T>
bool ModelKeys::take(Expected<T> from, T &value) {
  if (from)
    value = *from;
  else
    error = std::move(from.error());
  return from.has_value();
}

bool ModelKeys::readSize(std::string_view name, int64_t &value, int64_t most) {
  uint64_t found;
  if (!take(file.uint(key(name)), found))
    return false;
  if (found < 1 || found > static_cast<uint64_t>(most))
    return refuse(name, fmt::format("1 to {}", most), found);
  value = static_cast<int64_t>(found);
  return true;
}

bool ModelKeys::readPositive(std::string_view name, double &value) {
  if (!take(file.real(key(name)), value))
    return false;
  if (!std::isfinite(value) || value <= 0)
    return refuse(name, "a positive number", value);
  return true;
}

bool ModelKeys::readSizeIfAny(std::string_view name, int64_t &value) {
  return !has(name) || readSize(name, value);
}

bool ModelKeys::readPositiveIfAny(std::string_view name, double &value) {
  return !has(name) || readPositive(name, value);
}

bool ModelKeys::readStringIfAny(std::string_view name,
                                std::string_view &value) {
  return !has(name) || take(file.string(key(name)), value);
}

bool ModelKeys::expectSize(std::string_view name, int64_t expected,
                           std::string_view reason) {
  int64_t found = expected;
  if (!readSizeIfAny(name, found))
    return false;
  if (found != expected)
    return refuse(name, fmt::format("{}, {}", expected, reason), found);
  return true;
}
