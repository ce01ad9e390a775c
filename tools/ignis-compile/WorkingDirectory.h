//===- WorkingDirectory.h - Where output is before it is whole -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILE_WORKINGDIRECTORY_H
#define IGNIS_COMPILE_WORKINGDIRECTORY_H

#include "ignis/Support/Error.h"

#include <string>
#include <string_view>

namespace ignis {

/// A folder beside the output, which goes with all that is in it: the output is
/// moved to its name once it is whole.
class WorkingDirectory {
public:
  /// Refuses an output that could not be written.
  static Expected<WorkingDirectory> create(const std::string &output);

  WorkingDirectory(WorkingDirectory &&other) noexcept
      : path_(std::exchange(other.path_, {})) {}
  WorkingDirectory &operator=(WorkingDirectory &&) = delete;
  ~WorkingDirectory();

  /// A file in it.
  std::string path(std::string_view name) const {
    return fmt::format("{}/{}", path_, name);
  }

  /// Gives `name` its place.
  Expected<void> move(std::string_view name, const std::string &output) const;

private:
  explicit WorkingDirectory(std::string path) : path_(std::move(path)) {}

  std::string path_;
};

/// Writes the whole of `content`.
Expected<void> writeFile(const std::string &path, std::string_view content);

} // namespace ignis

#endif // IGNIS_COMPILE_WORKINGDIRECTORY_H
