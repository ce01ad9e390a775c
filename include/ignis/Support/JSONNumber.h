//===- JSONNumber.h - Numbers in JSON within bounds ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_JSONNUMBER_H
#define IGNIS_SUPPORT_JSONNUMBER_H

#include <nlohmann/json.hpp>

#include <concepts>
#include <cstdint>
#include <optional>
#include <utility>

namespace ignis {

/// A number from `least` to `most`, or nothing. Whole ones are compared as such:
/// a double would take 2^53 + 1 for 2^53.
template <typename T, typename Json>
std::optional<T> readNumber(const Json &value, T least, T most) {
  auto within = [&](auto number) -> std::optional<T> {
    bool fits;
    if constexpr (std::integral<T>)
      fits = std::cmp_greater_equal(number, least) &&
             std::cmp_less_equal(number, most);
    else
      fits = number >= least && number <= most;
    return fits ? std::optional(static_cast<T>(number)) : std::nullopt;
  };
  if constexpr (std::integral<T>) {
    if (value.is_number_unsigned())
      return within(value.template get<uint64_t>());
    if (value.is_number_integer())
      return within(value.template get<int64_t>());
  } else if (value.is_number()) {
    return within(value.template get<T>());
  }
  return std::nullopt;
}

} // namespace ignis

#endif // IGNIS_SUPPORT_JSONNUMBER_H
