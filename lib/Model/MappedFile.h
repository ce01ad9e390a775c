//===- MappedFile.h - A file's bytes, mapped read-only ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_MODEL_MAPPEDFILE_H
#define IGNIS_LIB_MODEL_MAPPEDFILE_H

#include "ignis/Support/Error.h"

#include <cstddef>
#include <span>
#include <string>

#include <sys/stat.h>

namespace ignis {

/// Owns the mapping of a whole regular file. Nothing is read until touched.
class MappedFile {
public:
  /// `-` is standard input; what comes from a pipe there is put into a file
  /// without a name first.
  static Expected<MappedFile> open(const std::string &path);

  MappedFile() = default;
  MappedFile(MappedFile &&other) noexcept
      : mapping(std::exchange(other.mapping, {})), status(other.status),
        path(std::move(other.path)) {}
  MappedFile &operator=(MappedFile &&other) noexcept {
    std::swap(mapping, other.mapping);
    std::swap(status, other.status);
    std::swap(path, other.path);
    return *this;
  }
  ~MappedFile();

  std::span<const std::byte> bytes() const { return mapping; }
  /// Lets the memory of the pages that lie within `bytes` go until they are
  /// touched again.
  static void release(std::span<const std::byte> bytes);

  /// Refuses a file that someone has written to since it was opened. One that
  /// was replaced by another of its name has not changed what is mapped.
  Expected<void> checkUnchanged() const;

private:
  Expected<void> map(int descriptor);

  std::span<const std::byte> mapping;
  struct stat status = {}; ///< when it was opened
  std::string path;
};

} // namespace ignis

#endif // IGNIS_LIB_MODEL_MAPPEDFILE_H
