//===- Windows.h - A text in windows, as llama.cpp measures -----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_WINDOWS_H
#define IGNIS_LIB_ENGINE_WINDOWS_H

#include "ignis/Engine/Executor.h"

#include <optional>

namespace ignis {

/// Windows of `size` tokens side by side, what is left over at the end ignored;
/// in each, tokens of the second half are predicted from all before them.
/// `begin` takes the place of each window's first token.
struct Windows {
  std::span<const int32_t> tokens;
  int64_t size;
  std::optional<int32_t> begin;

  int64_t count() const { return std::ssize(tokens) / size; }
  /// Tokens of a window that are predicted.
  int64_t predicted() const { return size - 1 - size / 2; }
  /// Refuses windows that predict nothing, and a text that fills none.
  Expected<void> check() const;

  /// Gets each row and the token that follows it in the text.
  using Sink =
      std::function<Expected<void>(std::span<const float> logits, int32_t next)>;
  /// `after` is called with how many windows are done.
  Expected<void> visit(Executor &executor, const Sink &sink,
                       const std::function<void(int64_t)> &after) const;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_WINDOWS_H
