//===- MappedFile.h - A file's bytes, mapped read-only ---------*- C++ -*-===//
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

namespace ignis {

/// Owns the mapping of a whole regular file. Nothing is read until touched.
class MappedFile {
public:
  static Expected<MappedFile> open(const std::string &path);

  MappedFile() = default;
  MappedFile(MappedFile &&other) noexcept
      : mapping(std::exchange(other.mapping, {})) {}
  MappedFile &operator=(MappedFile &&other) noexcept {
    std::swap(mapping, other.mapping);
    return *this;
  }
  ~MappedFile();

  std::span<const std::byte> bytes() const { return mapping; }
  /// Lets the memory of the pages that lie within `bytes` go until they are
  /// touched again.
  static void release(std::span<const std::byte> bytes);

private:
  std::span<const std::byte> mapping;
};

} // namespace ignis

#endif // IGNIS_LIB_MODEL_MAPPEDFILE_H
