//===- TemporaryFile.h - Files that nobody finds half written ---*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_TEMPORARYFILE_H
#define IGNIS_SUPPORT_TEMPORARYFILE_H

#include "ignis/Support/Signals.h"

#include <optional>
#include <string>

#include <sys/types.h>

namespace ignis {

/// A file in `folder` without a name, where the system has such: whatever ends
/// the process, nothing is left. Elsewhere one under a name that nobody else
/// has, which goes with signals; what is left after SIGKILL is recognised,
/// since nobody holds its lock, and removed by the next that is made in that
/// folder.
class TemporaryFile {
public:
  /// Fails with errno.
  static std::optional<TemporaryFile> create(const std::string &folder,
                                             mode_t mode);
  TemporaryFile(TemporaryFile &&other) noexcept
      : folder(std::move(other.folder)), name(std::move(other.name)),
        descriptor_(std::exchange(other.descriptor_, -1)) {
    other.name.reset();
  }
  TemporaryFile &operator=(TemporaryFile &&) = delete;
  ~TemporaryFile();

  int descriptor() const { return descriptor_; }

  /// Gives it the name `path`, in its folder, in place of what regular file is
  /// there. Fails with errno.
  bool moveTo(const std::string &path);

private:
  TemporaryFile(std::string folder, int descriptor)
      : folder(std::move(folder)), descriptor_(descriptor) {}
  bool takeName();

  std::string folder;
  std::optional<RemovedOnSignal> name; ///< none: it has no name yet
  int descriptor_;
};

/// Whether the lock of an open file or folder was free, and is now ours for as
/// long as it is open.
bool tryLock(int descriptor);

/// A name that nobody has guessed, between `prefix` and `suffix`.
std::string makeUniqueName(std::string_view prefix, std::string_view suffix);

} // namespace ignis

#endif // IGNIS_SUPPORT_TEMPORARYFILE_H
