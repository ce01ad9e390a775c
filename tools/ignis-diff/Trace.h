//===- Trace.h - What a run computed, call by call ------------ -*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_DIFF_TRACE_H
#define IGNIS_DIFF_TRACE_H

#include "ignis/Compiler/ValueList.h"
#include "ignis/Support/InputFile.h"
#include "ignis/Support/OutputFile.h"

#include <optional>
#include <span>
#include <string>
#include <vector>

namespace ignis::diff {

/// The program of a run, and what else reading its values takes.
struct TracedProgram {
  std::string description; ///< of the run, for people
  std::vector<ListedValue> values;
  int64_t layers = 0, kvHeads = 0, headDim = 0;
  int64_t kvBytes = 0; ///< of an element of the cache: 2 or 4

  /// Of keys and values of a position, in all layers.
  int64_t positionBytes() const {
    return layers * kvHeads * 2 * headDim * kvBytes;
  }
};

/// What a call of a program left.
struct Call {
  std::string function;
  int64_t position = 0; ///< of the first token
  std::vector<int32_t> tokens;
  std::vector<uint8_t> arena;
  std::vector<uint8_t> output;
  /// The pages that hold the call's positions, see Sequence::readPage.
  std::vector<uint8_t> cache;

  int64_t rows() const { return std::ssize(tokens); }
};

/// Writes a run into a file, for another machine or another build.
class TraceWriter {
public:
  static Expected<TraceWriter> create(const std::string &path,
                                      const TracedProgram &program);
  Expected<void> write(const Call &call);
  Expected<void> finish();

private:
  explicit TraceWriter(OutputFile file) : file(std::move(file)) {}

  OutputFile file;
};

/// Reads one. Nothing in the file is trusted: places that a call does not have
/// are refused where they are read (see Values.h).
class TraceReader {
public:
  static Expected<TraceReader> open(const std::string &path);
  const TracedProgram &program() const { return program_; }
  /// The next call, or none behind the last.
  Expected<std::optional<Call>> next();

private:
  TraceReader(std::string path, InputFile file)
      : path(std::move(path)), file(std::move(file)) {}

  /// Whether as many bytes were there.
  bool read(std::span<std::byte> bytes);
  template <typename T>
  bool read(std::vector<T> &values, int64_t most);
  bool read(int64_t &number);
  bool read(std::string &text);
  bool read(ListedValue &value);
  bool readProgram();
  tl::unexpected<Error> refuse() const;

  std::string path;
  InputFile file;
  TracedProgram program_;
};

} // namespace ignis::diff

#endif // IGNIS_DIFF_TRACE_H
