//===- Guard.h - No exception leaves the C interface ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_RUNTIME_LIB_GUARD_H
#define IGNIS_RUNTIME_LIB_GUARD_H

#include "ignis/Runtime/Runtime.h"

#include <cstdio>
#include <exception>
#include <new>

namespace ignis::runtime {

/// What `body` returns; or `failed`, if there is no memory for the containers
/// it uses, with the reason in `error` unless that is null.
template <typename Result, typename Body>
Result guarded(Result failed, char *error, Body body) noexcept {
  try {
    return body();
  } catch (const std::bad_alloc &) {
    if (error)
      snprintf(error, IGNIS_ERROR_SIZE, "no memory is left");
  } catch (const std::exception &exception) {
    if (error)
      snprintf(error, IGNIS_ERROR_SIZE, "%s", exception.what());
  }
  return failed;
}

} // namespace ignis::runtime

#endif // IGNIS_RUNTIME_LIB_GUARD_H
