//===- BaseLogits.h - Logits that others are compared with ------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A file is a header and the logits of each token that is predicted, binary32,
// little-endian. It is bound to the text, the windows and the vocabulary.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_ENGINE_BASELOGITS_H
#define IGNIS_LIB_ENGINE_BASELOGITS_H

#include "Windows.h"

#include "ignis/Support/InputFile.h"
#include "ignis/Support/OutputFile.h"

#include <array>

namespace ignis {

struct BaseHeader {
  std::array<char, 8> magic;
  uint64_t version;
  int64_t vocab;
  int64_t window; ///< tokens
  int64_t rows;
  uint64_t text; ///< hash of its tokens

  static BaseHeader of(const Windows &windows, int64_t vocab);
  bool operator==(const BaseHeader &) const = default;
};

/// The file appears when it is finished.
class BaseWriter {
public:
  static Expected<BaseWriter> create(const std::string &path,
                                     const Windows &windows, int64_t vocab);
  Expected<void> write(std::span<const float> logits) {
    return file.write(std::as_bytes(logits));
  }
  Expected<void> finish() { return file.finish(); }

private:
  explicit BaseWriter(OutputFile file) : file(std::move(file)) {}

  OutputFile file;
};

class BaseReader {
public:
  /// Refuses what is of another text, window or vocabulary.
  static Expected<BaseReader> open(const std::string &path,
                                   const Windows &windows, int64_t vocab);
  /// The next row, valid until the next call.
  Expected<std::span<const float>> read();

private:
  BaseReader(std::string path, InputFile file, int64_t vocab)
      : path(std::move(path)), file(std::move(file)),
        row(static_cast<size_t>(vocab)) {}

  std::string path;
  InputFile file;
  std::vector<float> row;
};

} // namespace ignis

#endif // IGNIS_LIB_ENGINE_BASELOGITS_H
