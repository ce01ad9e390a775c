//===- ObjectStore.h - Compiled objects kept on disk ------------*- C++ -*-===//
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

/// Objects by key, one file each, of the user who runs the program and of nobody
/// else: they are code. A folder or an entry that is another user's, or that
/// others may read or write, an entry that is no regular file or does not carry
/// its own checksum, is as if it were not there; what cannot be written is not
/// kept. Entries that were not used for a month go, the oldest first above 256
/// MiB.
class ObjectStore {
public:
  /// $XDG_CACHE_HOME/ignis, or ~/.cache/ignis; empty if neither is an absolute
  /// path, or the home is another user's.
  static std::string getDefaultDirectory();

  /// An empty directory keeps nothing.
  explicit ObjectStore(std::string directory)
      : directory(std::move(directory)) {}

  /// The object stored under `key`, or null. A copy, of which the checksum was
  /// taken: what becomes of the file later does not matter.
  std::unique_ptr<llvm::MemoryBuffer> load(llvm::StringRef key) const;
  void store(llvm::StringRef key, llvm::StringRef object) const;
  void remove(llvm::StringRef key) const;

private:
  std::string directory;
};

} // namespace ignis

#endif // IGNIS_COMPILER_OBJECTSTORE_H
