//===- OutputFile.h - What a program writes ---------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_OUTPUTFILE_H
#define IGNIS_SUPPORT_OUTPUTFILE_H

#include "ignis/Support/Error.h"
#include "ignis/Support/TemporaryFile.h"

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace ignis {

/// Every file that the project writes. What is to be a regular file appears
/// under its name when it is whole, and keeps the mode of the one it replaces;
/// a symbolic link is followed. Whatever else has the name (a device, a pipe)
/// is written through, as is standard output, which is called `-`.
class OutputFile {
public:
  enum class Kind { Data, Program };

  /// Refuses what cannot be written, and leaves what is there as it is.
  static Expected<OutputFile> create(std::string path, Kind kind = Kind::Data);
  OutputFile(OutputFile &&other) noexcept;
  OutputFile &operator=(OutputFile &&) = delete;
  ~OutputFile();

  Expected<void> write(std::span<const std::byte> bytes);
  Expected<void> write(std::string_view text) {
    return write(std::as_bytes(std::span(text)));
  }
  /// Closes the file and gives it its name. Nothing is written after it.
  Expected<void> finish();

private:
  explicit OutputFile(std::string path) : path(std::move(path)) {}
  bool open(Kind kind);
  bool openTemporary(Kind kind);
  bool flush();
  bool close();
  int descriptor() const {
    return temporary ? temporary->descriptor() : through;
  }
  tl::unexpected<Error> refuse(int errorNumber) const;

  std::string path;
  std::string target; ///< what is replaced: `path` without symbolic links
  std::optional<TemporaryFile> temporary;
  int through = -1;   ///< what is written through, in its place
  std::string buffer; ///< not written yet
};

/// The whole of `text` as a file.
Expected<void> writeFile(const std::string &path, std::string_view text);

/// Refuses an output that is the model's own file, by this name or another.
Expected<void> checkLeavesModel(const std::string &output,
                                const std::string &model);

/// Refuses two outputs that are one file. A path may be empty: there is none.
Expected<void> checkDistinctOutputs(std::span<const std::string> paths);

} // namespace ignis

#endif // IGNIS_SUPPORT_OUTPUTFILE_H
