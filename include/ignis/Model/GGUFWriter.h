//===- GGUFWriter.h - Writes GGUF files ------------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Use: create, add keys and tensors, begin, write the tensors' data in the
// order they were added, finish. The file appears under its name only when it
// is complete.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_MODEL_GGUFWRITER_H
#define IGNIS_MODEL_GGUFWRITER_H

#include "ignis/Model/GGUF.h"
#include "ignis/Support/OutputFile.h"

#include <string>
#include <string_view>
#include <vector>

namespace ignis {

class GGUFWriter {
public:
  static Expected<GGUFWriter> create(std::string path);
  /// What a tensor of `size` bytes takes in the file.
  static uint64_t getPaddedSize(uint64_t size);

  void add(std::string_view key, uint16_t value);
  void add(std::string_view key, uint32_t value);
  void add(std::string_view key, int32_t value);
  void add(std::string_view key, float value);
  void add(std::string_view key, std::string_view value);
  /// A key of another file, with its value as it is there. Its alignment is not
  /// copied: this writer has its own.
  void copy(const GGUFFile::Entry &entry);
  /// `dims` outermost first. The last one is a multiple of the type's block.
  void addTensor(std::string_view name, uint32_t type,
                 std::span<const int64_t> dims);

  /// Writes everything that stands before the data.
  Expected<void> begin();
  /// The next bytes of the current tensor; a full one is padded, and the next
  /// tensor's turn comes.
  Expected<void> write(std::span<const std::byte> data);
  /// Closes the file and gives it its name. The data may be missing, but not
  /// a part of it.
  Expected<void> finish();

private:
  explicit GGUFWriter(OutputFile file) : file(std::move(file)) {}
  void addKey(std::string_view key, GGUFType type);
  Expected<void> put(std::string_view bytes);

  OutputFile file;
  std::string keys; ///< encoded
  uint64_t keyCount = 0;
  std::string tensors; ///< encoded
  std::vector<uint64_t> tensorBytes;
  uint64_t dataSize = 0; ///< of the tensors added, with padding
  size_t currentTensor = 0;
  uint64_t currentBytes = 0;
};

} // namespace ignis

#endif // IGNIS_MODEL_GGUFWRITER_H
