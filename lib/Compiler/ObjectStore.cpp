//===- ObjectStore.cpp - Compiled objects kept on disk --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An entry is named by the SHA-256 of its key and holds a line that names the
// format, the SHA-256 of key and object together, and the object. It is code, so
// llvm::localCache does not do: that takes whatever file has the name, whoever
// wrote it.
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/ObjectStore.h"

#include "ignis/Support/TemporaryFile.h"

#include "llvm/ADT/ScopeExit.h"
#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/CachePruning.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/SHA256.h"
#include "llvm/Support/raw_ostream.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace llvm;
using namespace ignis;

static constexpr StringRef header = "ignis object 2\n";
static constexpr int64_t mostBytes = int64_t{256} << 20;

static std::array<uint8_t, 32> getChecksum(StringRef key, StringRef object) {
  SHA256 hash;
  hash.update(key);
  hash.update(StringRef("\0", 1));
  hash.update(object);
  return hash.final();
}

/// llvm::pruneCache looks at no file of another name.
static std::string getName(StringRef key) {
  return "llvmcache-" + toHex(SHA256::hash(arrayRefFromStringRef(key)),
                              /*LowerCase=*/true);
}

//===----------------------------------------------------------------------===//
// The folder
//===----------------------------------------------------------------------===//

static bool isOwnHome(StringRef path) {
  struct stat status;
  return sys::path::is_absolute(path) &&
         stat(path.str().c_str(), &status) == 0 && status.st_uid == geteuid();
}

std::string ObjectStore::getDefaultDirectory() {
  SmallString<128> path;
  if (std::optional<std::string> base = sys::Process::GetEnv("XDG_CACHE_HOME");
      base && sys::path::is_absolute(*base))
    path = *base;
  else if (sys::path::home_directory(path) && isOwnHome(path))
    sys::path::append(path, ".cache");
  else
    return "";
  sys::path::append(path, "ignis");
  return std::string(path);
}

/// Open, if it is ours alone, or -1. One of ours that others may enter, as an
/// older version has made it, is closed to them: each entry is checked as well.
static int openDirectory(const std::string &path) {
  int descriptor =
      path.empty()
          ? -1
          : open(path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
  struct stat status;
  if (descriptor < 0)
    return -1;
  if (fstat(descriptor, &status) == 0 && status.st_uid == geteuid() &&
      ((status.st_mode & 077) == 0 || fchmod(descriptor, 0700) == 0))
    return descriptor;
  close(descriptor);
  return -1;
}

static void makeDirectory(StringRef path) {
  if (path.empty() ||
      sys::fs::create_directories(sys::path::parent_path(path),
                                  /*IgnoreExisting=*/true, sys::fs::owner_all))
    return;
  // Whatever the umask leaves of it; one that is there already stays.
  std::string name = path.str();
  if (mkdir(name.c_str(), 0700) == 0)
    chmod(name.c_str(), 0700);
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

/// The bytes of an entry that is ours alone, or null. Does not wait, as a pipe
/// would have it.
static std::unique_ptr<MemoryBuffer> readEntry(int directory,
                                               const std::string &name) {
  int descriptor = openat(directory, name.c_str(),
                          O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
  if (descriptor < 0)
    return nullptr;
  auto closing = scope_exit([&] { close(descriptor); });
  struct stat status;
  if (fstat(descriptor, &status) != 0 || !S_ISREG(status.st_mode) ||
      status.st_uid != geteuid() || (status.st_mode & 077) != 0 ||
      status.st_nlink != 1 || status.st_size > mostBytes)
    return nullptr;
  auto buffer = WritableMemoryBuffer::getNewUninitMemBuffer(
      static_cast<size_t>(status.st_size), name);
  char *at = buffer ? buffer->getBufferStart() : nullptr;
  while (at && at != buffer->getBufferEnd()) {
    ssize_t size =
        read(descriptor, at, static_cast<size_t>(buffer->getBufferEnd() - at));
    if (size <= 0)
      return nullptr;
    at += size;
  }
  return buffer;
}

std::unique_ptr<MemoryBuffer> ObjectStore::load(StringRef key) const {
  int descriptor = openDirectory(directory);
  if (descriptor < 0)
    return nullptr;
  auto closing = scope_exit([&] { close(descriptor); });
  std::unique_ptr<MemoryBuffer> entry = readEntry(descriptor, getName(key));
  if (!entry)
    return nullptr;
  StringRef bytes = entry->getBuffer();
  std::array<uint8_t, 32> checksum;
  if (!bytes.consume_front(header) || bytes.size() < checksum.size())
    return nullptr;
  StringRef object = bytes.drop_front(checksum.size());
  checksum = getChecksum(key, object);
  if (toStringRef(checksum) != bytes.take_front(checksum.size()))
    return nullptr;
  return MemoryBuffer::getMemBufferCopy(object, "ignis");
}

void ObjectStore::remove(StringRef key) const {
  int descriptor = openDirectory(directory);
  if (descriptor < 0)
    return;
  unlinkat(descriptor, getName(key).c_str(), 0);
  close(descriptor);
}

static void prune(StringRef directory) {
  CachePruningPolicy policy;
  policy.Expiration = std::chrono::hours(30 * 24);
  policy.MaxSizeBytes = mostBytes;
  pruneCache(directory, policy);
}

void ObjectStore::store(StringRef key, StringRef object) const {
  makeDirectory(directory);
  remove(key); // what is no regular file would stay
  int descriptor = openDirectory(directory);
  if (descriptor < 0)
    return;
  close(descriptor);
  std::optional<TemporaryFile> file = TemporaryFile::create(directory, 0600);
  if (!file || fchmod(file->descriptor(), 0600) != 0)
    return;
  raw_fd_ostream out(file->descriptor(), /*shouldClose=*/false);
  out << header << toStringRef(getChecksum(key, object)) << object;
  out.flush();
  bool isWritten = !out.has_error();
  out.clear_error();
  SmallString<128> path(directory);
  sys::path::append(path, getName(key));
  if (isWritten && file->moveTo(std::string(path)))
    prune(directory);
}
