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

#include <string>

namespace ignis {

/// The bytes of a file, a pipe or, as `-`, standard input: a copy, which nobody
/// changes behind the reader's back. At most 1 GiB; a pipe must get someone who
/// writes to it within five seconds.
Expected<std::string> readFile(const std::string &path);

} // namespace ignis

#endif // IGNIS_SUPPORT_INPUTFILE_H
