//===- LibraryHeader.h - What a C program includes -------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILE_LIBRARYHEADER_H
#define IGNIS_COMPILE_LIBRARYHEADER_H

#include "ignis/Model/ModelDescription.h"

#include <string>

namespace ignis {

/// What a library is called in C, from its file's name: libbard-2.so is bard_2.
std::string getLibraryName(const std::string &path);

/// Declares the package of the library of this name.
std::string writeLibraryHeader(const std::string &name,
                               const std::string &symbol,
                               const std::string &modelPath,
                               const ModelConfig &config);

} // namespace ignis

#endif // IGNIS_COMPILE_LIBRARYHEADER_H
