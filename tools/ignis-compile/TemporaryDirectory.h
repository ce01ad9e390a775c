//===- TemporaryDirectory.h - Where work lies that is not done --*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILE_TEMPORARYDIRECTORY_H
#define IGNIS_COMPILE_TEMPORARYDIRECTORY_H

#include "ignis/Support/Error.h"

#include <string>
#include <string_view>

namespace ignis {

/// A folder in $TMPDIR that nobody else may look into, and that goes with all
/// that is in it. What is left of one after SIGKILL is found by the next that
/// is made, since nobody holds its lock, and removed.
class TemporaryDirectory {
public:
  static Expected<TemporaryDirectory> create();

  TemporaryDirectory(TemporaryDirectory &&other) noexcept
      : path_(std::exchange(other.path_, {})),
        descriptor(std::exchange(other.descriptor, -1)) {}
  TemporaryDirectory &operator=(TemporaryDirectory &&) = delete;
  ~TemporaryDirectory();

  /// A file in it.
  std::string path(std::string_view name) const {
    return fmt::format("{}/{}", path_, name);
  }

private:
  TemporaryDirectory(std::string path, int descriptor)
      : path_(std::move(path)), descriptor(descriptor) {}

  std::string path_; ///< absolute
  int descriptor;    ///< which holds the lock
};

} // namespace ignis

#endif // IGNIS_COMPILE_TEMPORARYDIRECTORY_H
