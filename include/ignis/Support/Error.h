//===- Error.h - Errors as values ------------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// What the parts without LLVM return when they fail. The compiler uses LLVM's
// own types and converts where the two meet. C++20, as MLIR's headers need, has
// no std::expected; tl::expected is the same class.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_ERROR_H
#define IGNIS_SUPPORT_ERROR_H

#include <fmt/format.h>
#include <tl/expected.hpp>

#include <string>
#include <utility>

namespace ignis {

/// The exit codes every program of the project keeps to.
enum class ExitCode : int {
  Success = 0,
  Failure = 1,      ///< failed while running
  Usage = 2,        ///< wrong command line
  InvalidModel = 3, ///< a model file missing, unreadable or invalid
  Interrupted = 130,
};

/// One line for the user, without a full stop or newline, and the exit code it
/// leads to.
struct Error {
  ExitCode code = ExitCode::Failure;
  std::string message;
};

template <typename T>
using Expected = tl::expected<T, Error>;

/// For `return makeError(ExitCode::InvalidModel, "{}: expected {}", ...)`.
template <typename... Args>
tl::unexpected<Error> makeError(ExitCode code,
                                 fmt::format_string<Args...> format,
                                 Args &&...args) {
  return tl::unexpected(
      Error{code, fmt::format(format, std::forward<Args>(args)...)});
}

} // namespace ignis

#endif // IGNIS_SUPPORT_ERROR_H
