//===- InputFile.cpp - What a program reads as a whole --------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/InputFile.h"

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <cstring>
#include <new>
#include <utility>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ignis;

static constexpr size_t mostBytes = size_t{1} << 30;
static constexpr size_t pieceSize = 65536;

tl::unexpected<Error> InputFile::refuse(std::string_view why) const {
  return makeError(ExitCode::Failure, "{}: cannot read: {}",
                   path == "-" ? "stdin" : path, why);
}

tl::unexpected<Error> InputFile::refuse(int errorNumber) const {
  if (errorNumber == EINTR)
    return makeError(ExitCode::Interrupted, "interrupted");
  return refuse(std::strerror(errorNumber));
}

//===----------------------------------------------------------------------===//
// Opening
//===----------------------------------------------------------------------===//

Expected<InputFile> InputFile::open(std::string path) {
  InputFile file(std::move(path));
  if (auto opened = file.open(); !opened)
    return tl::unexpected(std::move(opened.error()));
  return file;
}

InputFile::~InputFile() {
  if (descriptor > STDIN_FILENO)
    close(descriptor);
}

Expected<void> ignis::takeStandardInput() {
  static std::atomic<bool> isTaken = false;
  if (!isTaken.exchange(true))
    return {};
  return makeError(ExitCode::Usage,
                   "stdin: expected one file to be read from it, found two");
}

/// Without waiting, as a pipe would have it until someone writes to it.
Expected<void> InputFile::open() {
  if (path == "-")
    return takeStandardInput();
  int opened =
      ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
  if (opened < 0)
    return refuse(errno);
  descriptor = opened;
  struct stat status;
  if (fstat(descriptor, &status) != 0)
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
  char piece[pieceSize];
  for (int waited = 0; waited < seconds * 1000; waited += step) {
    // Nothing is the end of a pipe that has no writer, whether it had one is
    // what poll knows.
    pollfd ready = {descriptor, POLLIN, 0};
    if (poll(&ready, 1, step) < 0)
      return refuse(errno);
    ssize_t size = ::read(descriptor, piece, sizeof(piece));
    if (size > 0)
      buffer.assign(piece, static_cast<size_t>(size));
    if (size > 0 || (size < 0 && errno == EAGAIN) || (ready.revents & POLLHUP))
      return {};
    if (size < 0)
      return refuse(errno);
  }
  return refuse(fmt::format("expected someone to write to this pipe within {} "
                            "seconds, found nobody",
                            seconds));
}

//===----------------------------------------------------------------------===//
// Reading
//===----------------------------------------------------------------------===//

Expected<size_t> InputFile::readNext(char *bytes, size_t size) {
  ssize_t found = ::read(descriptor, bytes, size);
  if (found < 0)
    return refuse(errno);
  return static_cast<size_t>(found);
}

Expected<size_t> InputFile::readSome(char *bytes, size_t size) {
  if (buffer.empty())
    return readNext(bytes, size);
  size = std::min(size, buffer.size());
  buffer.copy(bytes, size);
  buffer.erase(0, size);
  return size;
}

Expected<size_t> InputFile::read(std::span<std::byte> bytes) {
  auto *at = reinterpret_cast<char *>(bytes.data());
  size_t done = 0;
  while (done != bytes.size()) {
    Expected<size_t> size = readSome(at + done, bytes.size() - done);
    if (!size)
      return size;
    if (*size == 0)
      break;
    done += *size;
  }
  return done;
}

Expected<bool> InputFile::readLine(std::string &line) {
  char piece[pieceSize];
  size_t end, searched = 0;
  while ((end = buffer.find('\n', searched)) == std::string::npos) {
    searched = buffer.size();
    if (searched > mostBytes)
      return refuse(fmt::format("expected lines of at most {} bytes, found "
                                "more",
                                mostBytes));
    Expected<size_t> size = readNext(piece, sizeof(piece));
    if (!size)
      return tl::unexpected(std::move(size.error()));
    if (*size == 0) {
      line = std::exchange(buffer, {});
      return !line.empty();
    }
    buffer.append(piece, *size);
  }
  line = buffer.substr(0, end);
  buffer.erase(0, end + 1);
  return true;
}

Expected<std::string> InputFile::readRest() {
  std::string bytes;
  try {
    char piece[pieceSize];
    while (true) {
      Expected<size_t> size = readSome(piece, sizeof(piece));
      if (!size)
        return tl::unexpected(std::move(size.error()));
      if (*size == 0)
        return bytes;
      if (bytes.size() + *size > mostBytes)
        return refuse(fmt::format("expected at most {} bytes, found more",
                                  mostBytes));
      bytes.append(piece, *size);
    }
  } catch (const std::bad_alloc &) {
    return refuse(fmt::format("no memory for more than {} bytes",
                              bytes.size()));
  }
}

Expected<std::string> ignis::readFile(const std::string &path) {
  Expected<InputFile> file = InputFile::open(path);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  return file->readRest();
}
