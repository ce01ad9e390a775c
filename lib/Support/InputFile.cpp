//===- InputFile.cpp - What a program reads as a whole --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/InputFile.h"

#include <cerrno>
#include <cstring>
#include <new>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ignis;

static constexpr size_t kMostBytes = size_t{1} << 30;

namespace {
class InputFile {
public:
  explicit InputFile(const std::string &path) : path(path) {}
  ~InputFile() {
    if (descriptor > STDIN_FILENO)
      close(descriptor);
  }

  Expected<std::string> read();

private:
  Expected<void> open();
  Expected<void> awaitWriter();
  Expected<size_t> readPiece();

  tl::unexpected<Error> refuse(std::string_view why) const {
    return makeError(ExitCode::Failure, "{}: cannot read: {}",
                     path == "-" ? "stdin" : path, why);
  }
  tl::unexpected<Error> refuse(int errorNumber) const {
    if (errorNumber == EINTR)
      return makeError(ExitCode::Interrupted, "interrupted");
    return refuse(std::strerror(errorNumber));
  }

  const std::string &path;
  int descriptor = STDIN_FILENO;
  char piece[65536];
  size_t firstPiece = 0; ///< bytes that came while a writer was awaited
};
} // namespace

/// Without waiting, as a pipe would have it until someone writes to it.
Expected<void> InputFile::open() {
  if (path == "-")
    return {};
  descriptor =
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  struct stat status;
  if (descriptor < 0 || fstat(descriptor, &status) != 0)
    return refuse(errno);
  if (S_ISFIFO(status.st_mode))
    if (auto found = awaitWriter(); !found)
      return found;
  fcntl(descriptor, F_SETFL, 0);
  return {};
}

Expected<void> InputFile::awaitWriter() {
  constexpr int step = 50; // ms
  constexpr int seconds = 5;
  for (int waited = 0; waited < seconds * 1000; waited += step) {
    // Nothing is the end of a pipe that has no writer, whether it had one is
    // what poll knows.
    pollfd ready = {descriptor, POLLIN, 0};
    if (poll(&ready, 1, step) < 0)
      return refuse(errno);
    ssize_t size = ::read(descriptor, piece, sizeof(piece));
    if (size > 0)
      firstPiece = static_cast<size_t>(size);
    if (size > 0 || (size < 0 && errno == EAGAIN) || (ready.revents & POLLHUP))
      return {};
    if (size < 0)
      return refuse(errno);
  }
  return refuse(fmt::format("expected someone to write to this pipe within {} "
                            "seconds, found nobody",
                            seconds));
}

Expected<size_t> InputFile::readPiece() {
  if (firstPiece > 0)
    return std::exchange(firstPiece, 0);
  ssize_t size = ::read(descriptor, piece, sizeof(piece));
  if (size < 0)
    return refuse(errno);
  return static_cast<size_t>(size);
}

Expected<std::string> InputFile::read() {
  if (auto opened = open(); !opened)
    return tl::unexpected(std::move(opened.error()));
  std::string bytes;
  try {
    while (true) {
      Expected<size_t> size = readPiece();
      if (!size)
        return tl::unexpected(std::move(size.error()));
      if (*size == 0)
        return bytes;
      if (bytes.size() + *size > kMostBytes)
        return refuse(
            fmt::format("expected at most {} bytes, found more", kMostBytes));
      bytes.append(piece, *size);
    }
  } catch (const std::bad_alloc &) {
    return makeError(ExitCode::Failure,
                     "{}: cannot read: no memory for more than {} bytes", path,
                     bytes.size());
  }
}

Expected<std::string> ignis::readFile(const std::string &path) {
  return InputFile(path).read();
}
