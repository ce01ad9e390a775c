//===- InputFile.h - What a program reads as a whole ------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_INPUTFILE_H
#define IGNIS_SUPPORT_INPUTFILE_H

#include "ignis/Support/Error.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>
#include <utility>

namespace ignis {

/// For each file that is named `-`: an error but for the first, as a second one
/// would get what the first has left.
Expected<void> takeStandardInput();

/// A file, a pipe or, as `-`, standard input, read from its beginning to its
/// end. A pipe must get someone who writes to it within five seconds.
class InputFile {
public:
  static Expected<InputFile> open(std::string path);
  InputFile(InputFile &&other) noexcept
      : path(std::move(other.path)),
        descriptor(std::exchange(other.descriptor, 0)),
        buffer(std::move(other.buffer)) {}
  InputFile &operator=(InputFile &&) = delete;
  ~InputFile();

  /// Fills `bytes` as far as there are some, and returns how many came.
  Expected<size_t> read(std::span<std::byte> bytes);
  /// The next line, without its end; false at the end of the file.
  Expected<bool> readLine(std::string &line);
  /// All that is left, at most 1 GiB.
  Expected<std::string> readRest();

private:
  explicit InputFile(std::string path) : path(std::move(path)) {}
  Expected<void> open();
  Expected<void> awaitWriter();
  /// What `buffer` has, or else what comes next; zero at the end.
  Expected<size_t> readSome(char *bytes, size_t size);
  Expected<size_t> readNext(char *bytes, size_t size);
  tl::unexpected<Error> refuse(std::string_view why) const;
  tl::unexpected<Error> refuse(int errorNumber) const;

  std::string path;
  int descriptor = 0;
  std::string buffer; ///< what came and was not asked for yet
};

/// The whole of it, at most 1 GiB: a copy, which nobody changes behind the
/// reader's back.
Expected<std::string> readFile(const std::string &path);

} // namespace ignis

#endif // IGNIS_SUPPORT_INPUTFILE_H
