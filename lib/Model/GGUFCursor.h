//===- GGUFCursor.h - Reads the values of a GGUF file ----------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_MODEL_GGUFCURSOR_H
#define IGNIS_LIB_MODEL_GGUFCURSOR_H

#include "ignis/Model/GGUF.h"

#include <cstring>
#include <limits>

namespace ignis {

/// A place in bytes that may say anything. Nothing is believed: a count is held
/// against the bytes left before the loop it governs. Functions return false
/// once the error is set.
class GGUFCursor {
public:
  GGUFCursor(std::span<const std::byte> bytes, const std::string &path)
      : bytes(bytes), path(path) {}

  bool fail(uint64_t offset, std::string_view field, std::string_view expected,
            std::string_view found);
  bool take(uint64_t size, std::string_view field,
            std::span<const std::byte> &taken);
  /// A number as it stands in the file.
  template <typename T>
  bool read(T &value, std::string_view field) {
    std::span<const std::byte> raw;
    if (!take(sizeof(T), field, raw))
      return false;
    std::memcpy(&value, raw.data(), sizeof(T));
    return true;
  }
  bool parseString(std::string_view &text, std::string_view field,
                   uint64_t longest = std::numeric_limits<uint64_t>::max());
  /// A string that is not empty and can be printed.
  bool parseName(std::string_view &name, std::string_view field,
                 uint64_t longest);
  bool parseType(GGUFType &type, std::string_view field);
  bool parseValue(GGUFType type, GGUFValue &value);

  /// The bytes from `begin` up to here.
  std::span<const std::byte> since(uint64_t begin) const {
    return bytes.subspan(begin, position - begin);
  }
  uint64_t offset() const { return position; }
  uint64_t bytesLeft() const { return bytes.size() - position; }
  uint64_t size() const { return bytes.size(); }
  const std::byte *data() const { return bytes.data(); }
  /// What the messages to come are about.
  void setSubject(std::string text) { subject = std::move(text) + ": "; }
  Error takeError() { return std::move(error); }

private:
  bool parseBool(bool &value);
  bool parseArray(GGUFArray &array);
  template <typename T, typename Widest>
  bool parseNumber(GGUFValue &value);

  std::span<const std::byte> bytes;
  const std::string &path;
  uint64_t position = 0;
  std::string subject;
  Error error;
};

} // namespace ignis

#endif // IGNIS_LIB_MODEL_GGUFCURSOR_H
