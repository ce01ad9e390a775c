//===- MappedFile.cpp - A file's bytes, mapped read-only ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MappedFile.h"

#include <cerrno>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ignis;

static Expected<MappedFile> cannotOpen(const std::string &path,
                                       std::string_view why) {
  return makeError(ExitCode::InvalidModel, "{}: cannot open: {}", path, why);
}

Expected<MappedFile> MappedFile::open(const std::string &path) {
  // Not blocking, so that a pipe without a writer is refused instead of waited
  // for.
  int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return cannotOpen(path, std::strerror(errno));

  auto map = [&]() -> Expected<MappedFile> {
    struct stat status;
    if (fstat(descriptor, &status) != 0)
      return cannotOpen(path, std::strerror(errno));
    if (!S_ISREG(status.st_mode))
      return cannotOpen(path, "not a regular file");

    MappedFile file;
    size_t size = static_cast<size_t>(status.st_size);
    if (size == 0) // which cannot be mapped
      return file;
    void *address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
    if (address == MAP_FAILED)
      return cannotOpen(path, std::strerror(errno));
    file.mapping = {static_cast<const std::byte *>(address), size};
    return file;
  };
  Expected<MappedFile> file = map();
  close(descriptor); // the mapping stays
  return file;
}

void MappedFile::release(std::span<const std::byte> bytes) {
  auto page = static_cast<uintptr_t>(sysconf(_SC_PAGESIZE));
  auto begin = reinterpret_cast<uintptr_t>(bytes.data());
  uintptr_t first = (begin + page - 1) / page * page;
  uintptr_t last = (begin + bytes.size()) / page * page;
  if (first < last)
    madvise(reinterpret_cast<void *>(first), last - first, MADV_DONTNEED);
}

MappedFile::~MappedFile() {
  if (!mapping.empty())
    munmap(const_cast<std::byte *>(mapping.data()), mapping.size());
}
