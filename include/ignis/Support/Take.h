//===- Take.h - Steps that fill in what follows them -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_TAKE_H
#define IGNIS_SUPPORT_TAKE_H

#include "ignis/Support/Error.h"

#include <optional>

namespace ignis {

/// Takes the value out of `from`, or hands on its error.
template <typename T>
Expected<void> take(Expected<T> from, std::optional<T> &into) {
  if (!from)
    return tl::unexpected(std::move(from.error()));
  into.emplace(std::move(*from));
  return {};
}

} // namespace ignis

#endif // IGNIS_SUPPORT_TAKE_H
