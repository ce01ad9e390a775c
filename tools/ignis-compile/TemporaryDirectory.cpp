//===- TemporaryDirectory.cpp - Where work lies that is not done ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "TemporaryDirectory.h"

#include "ignis/Support/TemporaryFile.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <filesystem>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ignis;
namespace fs = std::filesystem;

static constexpr std::string_view prefix = "ignis-compile-";
static constexpr std::string_view unique = "XXXXXX";

/// LLVM's createUniqueDirectory and its linker take each % of a path for a
/// digit to be drawn.
static fs::path getParent() {
  std::error_code failed;
  fs::path parent = fs::absolute(fs::temp_directory_path(failed), failed);
  return failed || parent.native().find('%') != std::string::npos ? "/tmp"
                                                                  : parent;
}

static int openDirectory(const std::string &path) {
  return open(path.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
}

static void removeLeftOvers(const fs::path &parent) {
  std::error_code ignored;
  for (const fs::directory_entry &entry :
       fs::directory_iterator(parent, ignored)) {
    std::string name = entry.path().filename();
    if (!name.starts_with(prefix) ||
        name.size() != prefix.size() + unique.size())
      continue;
    int descriptor = openDirectory(entry.path());
    struct stat status;
    if (descriptor >= 0 && fstat(descriptor, &status) == 0 &&
        status.st_uid == geteuid() && tryLock(descriptor))
      fs::remove_all(entry.path(), ignored);
    if (descriptor >= 0)
      close(descriptor);
  }
}

Expected<TemporaryDirectory> TemporaryDirectory::create() {
  constexpr int tries = 100;
  fs::path parent = getParent();
  removeLeftOvers(parent);
  for (int i = 0; i != tries; ++i) {
    std::string path = parent / fmt::format("{}{}", prefix, unique);
    if (!mkdtemp(path.data()))
      return makeError(ExitCode::Failure,
                       "{}: cannot make a folder: {} (TMPDIR names another "
                       "place)",
                       parent.native(), std::strerror(errno));
    TemporaryDirectory directory(path, openDirectory(path));
    // Before it was locked, another may have taken it for a left-over.
    if (directory.descriptor >= 0 && tryLock(directory.descriptor) &&
        fs::exists(path))
      return directory;
  }
  return makeError(ExitCode::Failure, "{}: cannot lock a folder",
                   parent.native());
}

TemporaryDirectory::~TemporaryDirectory() {
  std::error_code ignored;
  if (!path_.empty())
    fs::remove_all(path_, ignored);
  if (descriptor >= 0)
    close(descriptor);
}
