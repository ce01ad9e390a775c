//===- LineReader.h - Lines that someone types ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_SUPPORT_LINEREADER_H
#define IGNIS_SUPPORT_LINEREADER_H

#include "ignis/Support/Error.h"

#include <memory>
#include <optional>
#include <string>

namespace ignis {

/// Where lines come from: a terminal, at which someone may edit them, or a file
/// or pipe.
class LineReader {
public:
  virtual ~LineReader() = default;

  /// Whether someone types; else there are no prompts, and no commands.
  virtual bool isInteractive() const = 0;

  /// The next line, of any length, without its end; none at the end of the
  /// input, or once waiting was interrupted. Someone who types sees `prompt`,
  /// and `initial` in the line already, if lines can be edited.
  virtual Expected<std::optional<std::string>>
  read(const std::string &prompt, const std::string &initial = "") = 0;

  /// Whether the last read was interrupted when there was something in the line.
  virtual bool gaveUp() const { return false; }
  /// Whether the last line begins with a paste of several.
  virtual bool isPasted() const { return false; }

  /// Makes this what the arrow keys bring back first.
  virtual void remember(const std::string &text) {}
};

/// Lines of standard input as they come.
std::unique_ptr<LineReader> makePlainReader();

} // namespace ignis

#endif // IGNIS_SUPPORT_LINEREADER_H
