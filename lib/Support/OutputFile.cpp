//===- OutputFile.cpp - What a program writes -----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/OutputFile.h"

#include <cerrno>
#include <cstring>
#include <set>

#include <fcntl.h>
#include <poll.h>
#include <sys/stat.h>
#include <unistd.h>

using namespace ignis;

static constexpr size_t bufferSize = 65536;

tl::unexpected<Error> OutputFile::refuse(int errorNumber) const {
  if (errorNumber == EINTR)
    return makeError(ExitCode::Interrupted, "interrupted");
  if (path == "-")
    return makeError(ExitCode::Failure, "cannot write to stdout: {}",
                     std::strerror(errorNumber));
  return makeError(ExitCode::Failure, "{}: cannot write: {}", path,
                   std::strerror(errorNumber));
}

//===----------------------------------------------------------------------===//
// Opening
//===----------------------------------------------------------------------===//

/// Beyond what stands for standard input and output.
static int duplicate(int descriptor) {
  return fcntl(descriptor, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
}

/// /dev/stdout and the like: a file that is open already is not replaced behind
/// the back of who has opened it.
static int findStandard(const struct stat &file) {
  for (int descriptor : {STDOUT_FILENO, STDERR_FILENO}) {
    struct stat status;
    if (fstat(descriptor, &status) == 0 && status.st_dev == file.st_dev &&
        status.st_ino == file.st_ino)
      return descriptor;
  }
  return -1;
}

static std::string getFolder(const std::string &path) {
  size_t slash = path.rfind('/');
  return slash == std::string::npos ? "." : path.substr(0, slash + 1);
}

/// What a symbolic link leads to in the end, whether it is there or not.
static std::string followLinks(std::string path) {
  constexpr int most = 40; // as the kernel has it
  char link[4096];
  for (int i = 0; i != most; ++i) {
    ssize_t size = readlink(path.c_str(), link, sizeof(link));
    if (size < 0 || size == sizeof(link))
      break;
    std::string next(link, static_cast<size_t>(size));
    path = next.starts_with('/') ? next : getFolder(path) + '/' + next;
  }
  return path;
}

Expected<OutputFile> OutputFile::create(std::string path, Kind kind) {
  OutputFile output(std::move(path));
  if (!output.open(kind))
    return output.refuse(errno);
  return output;
}

bool OutputFile::open(Kind kind) {
  struct stat status;
  if (path == "-")
    through = duplicate(STDOUT_FILENO);
  else if (stat(path.c_str(), &status) != 0)
    return errno == ENOENT && openTemporary(kind);
  else if (int standard = findStandard(status); standard >= 0)
    through = duplicate(standard);
  else if (S_ISREG(status.st_mode))
    return openTemporary(kind);
  else
    through = ::open(path.c_str(), O_WRONLY | O_NOCTTY | O_CLOEXEC);
  return through >= 0;
}

bool OutputFile::openTemporary(Kind kind) {
  target = followLinks(path);
  if (path.empty() || target.ends_with('/')) {
    errno = path.empty() ? ENOENT : EISDIR;
    return false;
  }
  struct stat before;
  bool replaces = stat(target.c_str(), &before) == 0;
  // What may not be changed may not be replaced either.
  if (replaces && faccessat(AT_FDCWD, target.c_str(), W_OK, AT_EACCESS) != 0)
    return false;
  mode_t mode = kind == Kind::Program ? 0777 : 0666;
  if (std::optional<TemporaryFile> created =
          TemporaryFile::create(getFolder(target), mode))
    temporary.emplace(std::move(*created));
  else
    return false;
  if (!replaces)
    return true;
  // The owner first, as changing it may clear bits of the mode. Whoever may not
  // leaves a file of his own.
  bool ignored = fchown(descriptor(), before.st_uid, before.st_gid) == 0;
  static_cast<void>(ignored);
  mode = before.st_mode & 0777;
  if (kind == Kind::Program)
    mode |= (mode & 0444) >> 2; // who may read it may run it
  return fchmod(descriptor(), mode) == 0;
}

OutputFile::OutputFile(OutputFile &&other) noexcept
    : path(std::move(other.path)), target(std::move(other.target)),
      temporary(std::move(other.temporary)),
      through(std::exchange(other.through, -1)),
      buffer(std::move(other.buffer)) {
  other.temporary.reset();
}

OutputFile::~OutputFile() {
  if (through >= 0)
    ::close(through);
}

//===----------------------------------------------------------------------===//
// Writing
//===----------------------------------------------------------------------===//

/// Reads what the kernel could not: a page of a model that is gone says so in
/// its own way (MappedRegion.h).
static void touch(std::string_view bytes) {
  constexpr size_t leastPage = 4096;
  for (size_t at = 0; at < bytes.size(); at += leastPage)
    static_cast<void>(*static_cast<const volatile char *>(&bytes[at]));
  static_cast<void>(*static_cast<const volatile char *>(&bytes.back()));
  errno = EFAULT;
}

static bool writeAll(int descriptor, std::string_view bytes) {
  while (!bytes.empty()) {
    ssize_t size = ::write(descriptor, bytes.data(), bytes.size());
    if (size >= 0) {
      bytes.remove_prefix(static_cast<size_t>(size));
    } else if (errno == EAGAIN) {
      pollfd ready = {descriptor, POLLOUT, 0};
      poll(&ready, 1, /*timeout=*/-1);
    } else if (errno != EINTR) {
      if (errno == EFAULT)
        touch(bytes);
      return false;
    }
  }
  return true;
}

bool OutputFile::flush() {
  bool isWritten = writeAll(descriptor(), buffer);
  buffer.clear();
  return isWritten;
}

Expected<void> OutputFile::write(std::span<const std::byte> bytes) {
  std::string_view text(reinterpret_cast<const char *>(bytes.data()),
                        bytes.size());
  if (buffer.size() + text.size() <= bufferSize) {
    buffer += text;
    return {};
  }
  if (flush() && writeAll(descriptor(), text))
    return {};
  return refuse(errno);
}

/// A full disk of another machine may only show in closing, which must not
/// close what the file's name is given through.
bool OutputFile::close() {
  if (!temporary)
    return ::close(std::exchange(through, -1)) == 0;
  int other = duplicate(descriptor());
  return other >= 0 && ::close(other) == 0 && temporary->moveTo(target);
}

Expected<void> OutputFile::finish() {
  bool isDone = flush() && close();
  int reason = errno;
  temporary.reset();
  if (isDone)
    return {};
  return refuse(reason);
}

Expected<void> ignis::writeFile(const std::string &path,
                                std::string_view text) {
  Expected<OutputFile> file = OutputFile::create(path);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  if (auto written = file->write(text); !written)
    return written;
  return file->finish();
}

/// `-` is what is open as `standard`.
static bool getStatus(const std::string &path, int standard,
                      struct stat &status) {
  return path == "-" ? fstat(standard, &status) == 0
                     : stat(path.c_str(), &status) == 0;
}

Expected<void> ignis::checkLeavesModel(const std::string &output,
                                       const std::string &model) {
  struct stat written, read;
  if (!getStatus(output, STDOUT_FILENO, written) ||
      !getStatus(model, STDIN_FILENO, read) || !S_ISREG(read.st_mode) ||
      written.st_dev != read.st_dev || written.st_ino != read.st_ino)
    return {};
  return makeError(ExitCode::Usage,
                   "{}: the output would take the place of the model", output);
}

/// A name for a regular file, there or not, whatever leads to it; none for what
/// is no such file.
static std::string getIdentity(const std::string &path) {
  struct stat status;
  if (path.empty() || path == "-" ||
      (stat(path.c_str(), &status) == 0 && !S_ISREG(status.st_mode)))
    return "";
  std::string target = followLinks(path);
  if (stat(getFolder(target).c_str(), &status) != 0)
    return target;
  return fmt::format("{}:{}:{}", status.st_dev, status.st_ino,
                     target.substr(target.rfind('/') + 1));
}

Expected<void>
ignis::checkDistinctOutputs(std::span<const std::string> paths) {
  std::set<std::string> files;
  for (const std::string &path : paths)
    if (std::string file = getIdentity(path);
        !file.empty() && !files.insert(file).second)
      return makeError(ExitCode::Usage,
                       "{}: two outputs would take the place of each other",
                       path);
  return {};
}
