//===- ConvertError.h - From LLVM's errors to the project's ----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_COMPILER_CONVERTERROR_H
#define IGNIS_LIB_COMPILER_CONVERTERROR_H

#include "ignis/Support/Error.h"
#include "llvm/Support/Error.h"

namespace ignis {

inline auto convertError(llvm::Error error, ExitCode code = ExitCode::Failure) {
  return makeError(code, "{}", llvm::toString(std::move(error)));
}

} // namespace ignis

#endif // IGNIS_LIB_COMPILER_CONVERTERROR_H
