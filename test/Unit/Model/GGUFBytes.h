//===- GGUFBytes.h - GGUF files, byte by byte ------------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_MODEL_GGUFBYTES_H
#define IGNIS_TEST_UNIT_MODEL_GGUFBYTES_H

#include "ignis/Model/GGUF.h"

#include <string>

namespace ignis::test {

/// Writes what it is told, sense or nonsense.
class GGUFBytes {
public:
  GGUFBytes(uint64_t tensors, uint64_t keys, uint32_t version = 3) {
    raw("GGUF");
    number(version).number(tensors).number(keys);
  }

  GGUFBytes &raw(std::string_view text) {
    content += text;
    return *this;
  }
  template <typename T>
  GGUFBytes &number(T value) {
    return raw({reinterpret_cast<const char *>(&value), sizeof(value)});
  }
  GGUFBytes &string(std::string_view text) {
    return number<uint64_t>(text.size()).raw(text);
  }
  GGUFBytes &key(std::string_view name, GGUFType type) {
    return string(name).number(type);
  }
  template <typename T>
  GGUFBytes &key(std::string_view name, GGUFType type, T value) {
    return key(name, type).number(value);
  }
  /// Dimensions in the file's order.
  GGUFBytes &tensor(std::string_view name, std::vector<int64_t> dims,
                    uint32_t type, uint64_t offset) {
    string(name).number(static_cast<uint32_t>(dims.size()));
    for (int64_t dim : dims)
      number(dim);
    return number(type).number(offset);
  }
  GGUFBytes &align(size_t alignment = 32) {
    content.resize((content.size() + alignment - 1) / alignment * alignment);
    return *this;
  }
  GGUFBytes &zeros(size_t count) {
    content.append(count, '\0');
    return *this;
  }

  Expected<GGUFFile> open(GGUFFile::Mode mode = GGUFFile::Mode::Full) const {
    return GGUFFile::fromBytes(std::as_bytes(std::span(content)), "f.gguf",
                               mode);
  }

  std::string content;
};

} // namespace ignis::test

#endif // IGNIS_TEST_UNIT_MODEL_GGUFBYTES_H
