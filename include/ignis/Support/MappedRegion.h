//===- MappedRegion.h - Memory that a file stands behind --------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_MAPPEDREGION_H
#define IGNIS_SUPPORT_MAPPEDREGION_H

#include <cstddef>
#include <span>
#include <string>

namespace ignis {

/// Says of a mapping which file it is of. When a page of it cannot be read, as
/// the file has become shorter or its disk has failed, a program says so in one
/// line and ends with ExitCode::InvalidModel.
void registerMapping(std::span<const std::byte> mapping,
                     const std::string &path);
void unregisterMapping(std::span<const std::byte> mapping);

/// For programs, not for libraries: from now on SIGBUS is answered so.
void handleUnreadablePages();

} // namespace ignis

#endif // IGNIS_SUPPORT_MAPPEDREGION_H
