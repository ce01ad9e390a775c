//===- TemporaryFile.cpp - Files that nobody finds half written -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/TemporaryFile.h"

#include <fmt/format.h>

#include <cerrno>
#include <cstdio>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ignis;

static constexpr std::string_view namePrefix = ".ignis-";
static constexpr std::string_view nameSuffix = ".part";
static constexpr int tries = 100;

bool ignis::tryLock(int descriptor) {
  return flock(descriptor, LOCK_EX | LOCK_NB) == 0;
}

std::string ignis::makeUniqueName(std::string_view prefix,
                                  std::string_view suffix) {
  uint64_t number = 0;
  // Without entropy, names that clash are tried again.
  if (getentropy(&number, sizeof(number)) != 0)
    number = static_cast<uint64_t>(getpid()) << 32 ^
             static_cast<uint64_t>(std::clock());
  return fmt::format("{}{:016x}{}", prefix, number, suffix);
}

//===----------------------------------------------------------------------===//
// Left-overs
//===----------------------------------------------------------------------===//

static bool isOwnName(std::string_view name) {
  return name.size() == makeUniqueName(namePrefix, nameSuffix).size() &&
         name.starts_with(namePrefix) && name.ends_with(nameSuffix);
}

static void removeIfLeftOver(const std::string &path) {
  int descriptor =
      open(path.c_str(), O_RDWR | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  if (descriptor < 0)
    return;
  struct stat status;
  if (fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode) &&
      status.st_uid == geteuid() && tryLock(descriptor))
    unlink(path.c_str());
  close(descriptor);
}

static void removeLeftOvers(const std::string &folder) {
  DIR *entries = opendir(folder.c_str());
  if (!entries)
    return;
  while (const dirent *entry = readdir(entries))
    if (isOwnName(entry->d_name))
      removeIfLeftOver(folder + '/' + entry->d_name);
  closedir(entries);
}

//===----------------------------------------------------------------------===//
// Creating
//===----------------------------------------------------------------------===//

/// Under which a file without a name can be linked.
static std::string getLinkPath(int descriptor) {
  return fmt::format("/proc/self/fd/{}", descriptor);
}

static int openNameless(const std::string &folder, mode_t mode) {
#ifdef O_TMPFILE
  int descriptor = open(folder.c_str(), O_TMPFILE | O_RDWR | O_CLOEXEC, mode);
  if (descriptor >= 0 && access(getLinkPath(descriptor).c_str(), F_OK) == 0)
    return descriptor;
  if (descriptor >= 0)
    close(descriptor);
#endif
  return -1;
}

/// Someone who looks for left-overs may find it before it is locked.
static bool isStillThere(int descriptor) {
  struct stat status;
  return fstat(descriptor, &status) == 0 && status.st_nlink > 0;
}

std::optional<TemporaryFile> TemporaryFile::create(const std::string &folder,
                                                   mode_t mode) {
  removeLeftOvers(folder);
  if (int descriptor = openNameless(folder, mode); descriptor >= 0) {
    tryLock(descriptor);
    return TemporaryFile(folder, descriptor);
  }
  for (int i = 0; i != tries; ++i) {
    RemovedOnSignal name(folder + '/' + makeUniqueName(namePrefix, nameSuffix));
    int descriptor =
        open(name.path().c_str(), O_CREAT | O_EXCL | O_RDWR | O_CLOEXEC, mode);
    if (descriptor < 0 && errno != EEXIST)
      return std::nullopt;
    if (descriptor < 0)
      continue;
    TemporaryFile file(folder, descriptor);
    file.name.emplace(std::move(name));
    // A system without locks has nobody who takes it for a left-over either.
    if ((tryLock(descriptor) || errno != EWOULDBLOCK) &&
        isStillThere(descriptor))
      return file;
  }
  errno = EEXIST;
  return std::nullopt;
}

TemporaryFile::~TemporaryFile() {
  if (name)
    unlink(name->path().c_str());
  if (descriptor_ >= 0)
    close(descriptor_);
}

//===----------------------------------------------------------------------===//
// Naming
//===----------------------------------------------------------------------===//

bool TemporaryFile::takeName() {
  for (int i = 0; i != tries; ++i) {
    RemovedOnSignal chosen(folder + '/' +
                           makeUniqueName(namePrefix, nameSuffix));
    if (linkat(AT_FDCWD, getLinkPath(descriptor_).c_str(), AT_FDCWD,
               chosen.path().c_str(), AT_SYMLINK_FOLLOW) == 0) {
      name.emplace(std::move(chosen));
      return true;
    }
    if (errno != EEXIST)
      return false;
  }
  return false;
}

bool TemporaryFile::moveTo(const std::string &path) {
  if (!name) {
    if (linkat(AT_FDCWD, getLinkPath(descriptor_).c_str(), AT_FDCWD,
               path.c_str(), AT_SYMLINK_FOLLOW) == 0)
      return true;
    // A link replaces nothing: only a name can.
    if (errno != EEXIST || !takeName())
      return false;
  }
  struct stat status;
  bool isRegular = lstat(path.c_str(), &status) != 0 || S_ISREG(status.st_mode);
  if (!isRegular)
    errno = EEXIST;
  if (!isRegular || rename(name->path().c_str(), path.c_str()) != 0)
    return false;
  name.reset();
  return true;
}
