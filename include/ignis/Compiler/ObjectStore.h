//===- ObjectStore.h - Compiled objects kept on disk -----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILER_OBJECTSTORE_H
#define IGNIS_COMPILER_OBJECTSTORE_H

#include "llvm/ADT/StringRef.h"
#include "llvm/Support/MemoryBuffer.h"

#include <memory>
#include <string>

namespace ignis {

/// Objects by key, one file each. What cannot be read, or does not carry its
/// own checksum, is as if it were not there; what cannot be written is not
/// kept.
class ObjectStore {
public:
  /// $XDG_CACHE_HOME/ignis, or ~/.cache/ignis; empty if neither is known.
  static std::string getDefaultDirectory();

  /// An empty directory keeps nothing.
  explicit ObjectStore(std::string directory)
      : directory(std::move(directory)) {}

  /// The object stored under `key`, or null.
  std::unique_ptr<llvm::MemoryBuffer> load(llvm::StringRef key) const;
  void store(llvm::StringRef key, llvm::StringRef object) const;

private:
  std::string getPath(llvm::StringRef key) const;

  std::string directory;
};

} // namespace ignis

#endif // IGNIS_COMPILER_OBJECTSTORE_H
