//===- ObjectStore.cpp - Compiled objects kept on disk --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An entry is named by the SHA-256 of its key and holds a line that names the
// format, the SHA-256 of key and object together, and the object.
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/ObjectStore.h"

#include "llvm/ADT/SmallString.h"
#include "llvm/ADT/StringExtras.h"
#include "llvm/Support/FileSystem.h"
#include "llvm/Support/Path.h"
#include "llvm/Support/Process.h"
#include "llvm/Support/SHA256.h"

using namespace llvm;
using namespace ignis;

static constexpr StringRef kHeader = "ignis object 1\n";

static std::array<uint8_t, 32> getChecksum(StringRef key, StringRef object) {
  SHA256 hash;
  hash.update(key);
  hash.update(StringRef("\0", 1));
  hash.update(object);
  return hash.final();
}

std::string ObjectStore::getDefaultDirectory() {
  SmallString<128> path;
  if (std::optional<std::string> base = sys::Process::GetEnv("XDG_CACHE_HOME");
      base && sys::path::is_absolute(*base))
    path = *base;
  else if (sys::path::home_directory(path))
    sys::path::append(path, ".cache");
  else
    return "";
  sys::path::append(path, "ignis");
  return std::string(path);
}

std::string ObjectStore::getPath(StringRef key) const {
  SmallString<128> path(directory);
  sys::path::append(path, toHex(SHA256::hash(arrayRefFromStringRef(key)),
                                /*LowerCase=*/true) +
                              ".o");
  return std::string(path);
}

std::unique_ptr<MemoryBuffer> ObjectStore::load(StringRef key) const {
  if (directory.empty())
    return nullptr;
  auto file = MemoryBuffer::getFile(getPath(key), /*IsText=*/false,
                                    /*RequiresNullTerminator=*/false);
  if (!file)
    return nullptr;
  StringRef bytes = (*file)->getBuffer();
  std::array<uint8_t, 32> checksum;
  if (!bytes.consume_front(kHeader) || bytes.size() < checksum.size())
    return nullptr;
  StringRef object = bytes.drop_front(checksum.size());
  checksum = getChecksum(key, object);
  if (toStringRef(checksum) != bytes.take_front(checksum.size()))
    return nullptr;
  return MemoryBuffer::getMemBufferCopy(object, "ignis");
}

void ObjectStore::store(StringRef key, StringRef object) const {
  if (directory.empty() || sys::fs::create_directories(directory))
    return;
  SmallString<128> pattern(directory);
  sys::path::append(pattern, "%%%%%%%%%%%%.tmp");
  Expected<sys::fs::TempFile> file = sys::fs::TempFile::create(pattern);
  if (!file) {
    consumeError(file.takeError());
    return;
  }
  raw_fd_ostream out(file->FD, /*shouldClose=*/false);
  out << kHeader << toStringRef(getChecksum(key, object)) << object;
  out.flush();
  bool written = !out.has_error();
  out.clear_error();
  consumeError(written ? file->keep(getPath(key)) : file->discard());
}
