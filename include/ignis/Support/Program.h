//===- Program.h - What every program begins with ---------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_PROGRAM_H
#define IGNIS_SUPPORT_PROGRAM_H

#include "ignis/Support/Error.h"

#include <functional>
#include <initializer_list>
#include <memory>
#include <string_view>

namespace ignis {

/// For --help.
inline constexpr const char *exitCodes =
    "Exit codes: 0 done, 1 failure while running, 2 wrong usage, 3 a model "
    "file that is\nmissing, unreadable or invalid, 130 or 143 interrupted.";

/// Has descriptors 0 to 2 taken, so that no file that is opened later gets what
/// is written to a standard stream that the caller has closed. Such a stream
/// cannot be read or written, as if it were still closed.
void reserveDescriptors();

/// What every program of the project does around its `body`, which returns the
/// exit code: descriptors are reserved, signals and pages that cannot be read
/// are answered, an exception is one line on stderr and exit code 1, and the
/// stack is as large as usual whatever `ulimit -s` says.
int runProgram(std::string_view name, const std::function<int()> &body);

/// What the process is called in its last line from now on, while it has one
/// thread: cut after 255 bytes.
void nameProgram(std::string_view name);

/// A stack of its own for what answers a fault of the thread that makes this:
/// input that is nested too deeply for the parser's recursion uses the other one
/// up, and ends the program with a line and exit code 1. runProgram's body has
/// one.
class FaultStack {
public:
  FaultStack();
  FaultStack(const FaultStack &) = delete;
  FaultStack &operator=(const FaultStack &) = delete;
  ~FaultStack();

private:
  std::unique_ptr<char[]> bytes;
};

/// One line on stderr, made of `parts` without allocating.
void writeLastLine(std::initializer_list<std::string_view> parts);

/// Ends the process on the spot, from wherever: one line on stderr, made of
/// `parts` without allocating, and nothing unfinished left. Of several threads
/// the first one's line and code hold.
[[noreturn]] void endProgram(ExitCode code,
                             std::initializer_list<std::string_view> parts);

/// The same for a lack of memory.
[[noreturn]] void endWithoutMemory();

} // namespace ignis

#endif // IGNIS_SUPPORT_PROGRAM_H
