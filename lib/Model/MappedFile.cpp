//===- MappedFile.cpp - A file's bytes, mapped read-only ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "MappedFile.h"

#include "ignis/Support/InputFile.h"
#include "ignis/Support/MappedRegion.h"
#include "ignis/Support/TemporaryFile.h"

#include <cerrno>
#include <cstdlib>
#include <cstring>

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

using namespace ignis;

static tl::unexpected<Error> cannotOpen(const std::string &path,
                                        std::string_view why) {
  return makeError(ExitCode::InvalidModel, "{}: cannot open: {}",
                   path == "-" ? "stdin" : path, why);
}

//===----------------------------------------------------------------------===//
// Standard input
//===----------------------------------------------------------------------===//

static bool copyInput(int to) {
  char piece[65536];
  while (true) {
    ssize_t size = read(STDIN_FILENO, piece, sizeof(piece));
    if (size <= 0)
      return size == 0;
    for (ssize_t done = 0; done < size;) {
      ssize_t written =
          write(to, piece + done, static_cast<size_t>(size - done));
      if (written < 0)
        return false;
      done += written;
    }
  }
}

/// Of a regular file that holds what standard input does; or -1, and errno.
static int openInput() {
  struct stat status;
  if (fstat(STDIN_FILENO, &status) == 0 && S_ISREG(status.st_mode))
    return dup(STDIN_FILENO);
  const char *folder = std::getenv("TMPDIR");
  std::optional<TemporaryFile> copy =
      TemporaryFile::create(folder && *folder ? folder : "/tmp", 0600);
  if (!copy || !copyInput(copy->descriptor()))
    return -1;
  return dup(copy->descriptor());
}

//===----------------------------------------------------------------------===//
// Mapping
//===----------------------------------------------------------------------===//

Expected<MappedFile> MappedFile::open(const std::string &path) {
  if (path == "-")
    if (auto taken = takeStandardInput(); !taken)
      return tl::unexpected(std::move(taken.error()));
  // Not blocking, so that a pipe without a writer is refused instead of waited
  // for.
  int descriptor =
      path == "-" ? openInput()
                  : ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0)
    return cannotOpen(path, std::strerror(errno));
  MappedFile file;
  file.path = path;
  Expected<void> mapped = file.map(descriptor);
  close(descriptor); // the mapping stays
  if (!mapped)
    return tl::unexpected(std::move(mapped.error()));
  return file;
}

Expected<void> MappedFile::map(int descriptor) {
  if (fstat(descriptor, &status) != 0)
    return cannotOpen(path, std::strerror(errno));
  if (!S_ISREG(status.st_mode))
    return cannotOpen(path, "not a regular file");
  size_t size = static_cast<size_t>(status.st_size);
  if (size == 0) // which cannot be mapped
    return {};
  void *address = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, descriptor, 0);
  if (address == MAP_FAILED && errno == ENOMEM)
    return cannotOpen(path, fmt::format("needs {} bytes of addresses, which it "
                                        "is not allowed (ulimit -v)",
                                        size));
  if (address == MAP_FAILED)
    return cannotOpen(path, std::strerror(errno));
  mapping = {static_cast<const std::byte *>(address), size};
  registerMapping(mapping, path);
  return {};
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
  if (mapping.empty())
    return;
  unregisterMapping(mapping);
  munmap(const_cast<std::byte *>(mapping.data()), mapping.size());
}

Expected<void> MappedFile::checkUnchanged() const {
  struct stat now;
  if (mapping.empty() || stat(path.c_str(), &now) != 0 ||
      now.st_dev != status.st_dev || now.st_ino != status.st_ino)
    return {};
  if (now.st_size == status.st_size &&
      now.st_mtim.tv_sec == status.st_mtim.tv_sec &&
      now.st_mtim.tv_nsec == status.st_mtim.tv_nsec)
    return {};
  return makeError(ExitCode::InvalidModel,
                   "{}: was written to while it was read: what came of it may "
                   "be wrong",
                   path);
}
