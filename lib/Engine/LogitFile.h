//===- LogitFile.h - Rows of logits in a file ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_LOGITFILE_H
#define IGNIS_LIB_ENGINE_LOGITFILE_H

#include "ignis/Engine/Handles.h"
#include "ignis/Support/Error.h"

#include <cstdio>
#include <memory>
#include <span>
#include <string>

namespace ignis {

/// float32, little-endian, one row after the other.
class LogitFile {
public:
  static Expected<LogitFile> create(std::string path);
  Expected<void> write(std::span<const float> row);
  Expected<void> close();

private:
  Expected<void> refuse() const;

  std::string path;
  std::unique_ptr<std::FILE, Destroyer<std::fclose>> file;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_LOGITFILE_H
