//===- GGUFParser.h - The header of a GGUF file, checked -------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_MODEL_GGUFPARSER_H
#define IGNIS_LIB_MODEL_GGUFPARSER_H

#include "ignis/Model/GGUF.h"

#include <unordered_map>

namespace ignis {

/// What stands before the tensors' data. Views point into the parsed bytes.
struct GGUFHeader {
  uint32_t version = 0;
  uint64_t alignment = 32;
  std::vector<GGUFFile::Entry> entries;
  std::vector<GGUFTensor> tensors;
  std::unordered_map<std::string_view, size_t> entryIndex;
  std::unordered_map<std::string_view, size_t> tensorIndex;
};

/// Parses and checks `bytes`, time and memory linear in what is there (but for
/// one sort of the tensors by offset). `path` is for messages.
Expected<GGUFHeader> parseGGUF(std::span<const std::byte> bytes,
                               const std::string &path, GGUFFile::Mode mode);

} // namespace ignis

#endif // IGNIS_LIB_MODEL_GGUFPARSER_H
