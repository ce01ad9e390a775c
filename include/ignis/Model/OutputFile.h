//===- OutputFile.h - A file that appears when it is whole -----*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_MODEL_OUTPUTFILE_H
#define IGNIS_MODEL_OUTPUTFILE_H

#include "ignis/Support/Error.h"

#include <cstddef>
#include <cstdio>
#include <memory>
#include <span>
#include <string>

namespace ignis {

/// Writes beside `path` under a temporary name; an unfinished file is removed,
/// and what was there before stays. A path that exists and is no regular file
/// (a device, a pipe) is written to as it stands.
class OutputFile {
public:
  static Expected<OutputFile> create(std::string path);
  OutputFile(OutputFile &&) noexcept = default;
  ~OutputFile();

  Expected<void> write(std::span<const std::byte> bytes);
  /// Closes the file and gives it its name.
  Expected<void> finish();

private:
  explicit OutputFile(std::string path) : path(std::move(path)) {}
  void removeTemporary() const;
  tl::unexpected<Error> refuse(int errorNumber) const;

  struct Closer {
    void operator()(std::FILE *file) const { std::fclose(file); }
  };

  std::string path;
  std::string temporaryPath; ///< empty if `path` itself is written to
  std::unique_ptr<std::FILE, Closer> file;
};

/// Refuses an output that is the model's own file, by this name or another.
Expected<void> checkLeavesModel(const std::string &output,
                                const std::string &model);

} // namespace ignis

#endif // IGNIS_MODEL_OUTPUTFILE_H
