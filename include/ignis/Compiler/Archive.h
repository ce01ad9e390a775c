//===- Archive.h - Static libraries ----------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// No header of LLVM is needed here.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILER_ARCHIVE_H
#define IGNIS_COMPILER_ARCHIVE_H

#include "ignis/Support/Error.h"

#include <span>
#include <string>

namespace ignis {

/// Writes an archive of `files`, objects as they are and the members of other
/// archives.
Expected<void> writeArchive(const std::string &path,
                            std::span<const std::string> files);

} // namespace ignis

#endif // IGNIS_COMPILER_ARCHIVE_H
