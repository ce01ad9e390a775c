//===- GGUF.h - GGUF files, checked before use -----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A GGUF file (versions 2 and 3, little-endian) is hostile until checked: every
// count, length, offset and shape is held against the bytes that are there
// before anything is allocated or used.
// Format: https://github.com/ggml-org/ggml/blob/master/docs/gguf.md
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_MODEL_GGUF_H
#define IGNIS_MODEL_GGUF_H

#include "ignis/Runtime/ABI.h"
#include "ignis/Support/Error.h"

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace ignis {

/// Value types of metadata, numbered as in the format.
enum class GGUFType : uint32_t {
  UInt8 = 0,
  Int8,
  UInt16,
  Int16,
  UInt32,
  Int32,
  Float32,
  Bool,
  String,
  Array,
  UInt64,
  Int64,
  Float64,
};

/// An array of metadata: the element type and where its elements lie. Strings
/// are found by walking; see GGUFFile::strings.
struct GGUFArray {
  GGUFType elementType;
  uint64_t count;
  std::span<const std::byte> bytes;
};

using GGUFValue =
    std::variant<uint64_t, int64_t, double, bool, std::string_view, GGUFArray>;

/// What a tensor type's number means: elements come in blocks of a fixed size.
struct GGMLType {
  uint32_t number;
  std::string_view name;
  int64_t blockElements;
  int64_t blockBytes;
};

/// Null for a number that the format does not define.
const GGMLType *findGGMLType(uint32_t number);

/// "string", "uint32" and so on, for messages.
std::string_view getTypeName(GGUFType type);

/// `text` in quotes, fit for one line of a message: cut when it is long, and
/// what cannot be printed escaped.
std::string quoteForMessage(std::string_view text);

/// The path of part `index` (from 0) of a model split into `count` files:
/// NAME-00001-of-0000N.gguf and so on.
std::string getPartPath(std::string_view name, uint64_t index, uint64_t count);

/// A tensor of the file. `dims` is outermost first (rows, then columns), the
/// reverse of the file's order. The type is any that the format defines;
/// ModelDescription refuses those that cannot be run.
struct GGUFTensor {
  std::string_view name;
  uint32_t type; ///< numbered as ignis_type is
  std::vector<int64_t> dims;
  uint64_t fileOffset; ///< absolute
  uint64_t byteSize;
  const std::byte *data; ///< null if only the header was read
  uint32_t part = 0;     ///< which file of a split model

  std::span<const std::byte> bytes() const { return {data, byteSize}; }
};

/// A mapped file (or all parts of a split one, by the path of the first), or a
/// span of bytes, aligned to 8, that outlives this object.
class GGUFFile {
public:
  enum class Mode {
    Full,   ///< tensor data must lie within the file
    Header, ///< only metadata and tensor descriptions are needed
  };

  /// `-` is standard input.
  static Expected<GGUFFile> open(const std::string &path,
                                 Mode mode = Mode::Full);
  static Expected<GGUFFile> fromBytes(std::span<const std::byte> bytes,
                                      std::string name, Mode mode = Mode::Full);
  /// The same for bytes that someone mapped from a file, read-only.
  static Expected<GGUFFile> fromMapping(std::span<const std::byte> bytes,
                                        std::string name);
  GGUFFile(GGUFFile &&) noexcept;
  GGUFFile &operator=(GGUFFile &&) noexcept;
  ~GGUFFile();

  const std::string &path() const;
  /// Of the file that holds part `part`; parts are numbered from 0.
  const std::string &path(uint32_t part) const;
  uint32_t partCount() const;
  /// Whether tensors lie in mapped files, whose pages can be let go.
  bool isMapped() const;
  uint32_t version() const;
  uint64_t alignment() const;
  uint64_t fileSize() const;
  /// Lets the memory of `bytes`, a tensor's, go until they are read again; for
  /// those who read a mapped file once.
  void release(std::span<const std::byte> bytes) const;
  /// Of part 0.
  std::span<const std::byte> bytes() const;
  /// Refuses a file that someone has written to since it was opened, where that
  /// can be seen: by the size or the time of the file that has its name.
  Expected<void> checkUnchanged() const;
  /// The same of a file that something was `done` with, which is returned
  /// otherwise: what failed may have failed for that.
  Expected<void> explain(Expected<void> done) const;

  struct Entry {
    std::string_view key;
    GGUFType type;
    GGUFValue value;
    uint64_t fileOffset;              ///< of the value
    std::span<const std::byte> bytes; ///< the value as it stands in the file
  };
  std::span<const Entry> entries() const;
  std::span<const GGUFTensor> tensors() const;
  const Entry *find(std::string_view key) const;
  const GGUFTensor *findTensor(std::string_view name) const;

  /// Typed access; each refusal names the file, the key, what was expected and
  /// what was found. `uintOr` and the like give the default for an absent key.
  Expected<uint64_t> uint(std::string_view key) const;
  Expected<uint64_t> uintOr(std::string_view key, uint64_t fallback) const;
  Expected<double> real(std::string_view key) const;
  Expected<double> realOr(std::string_view key, double fallback) const;
  Expected<std::string_view> string(std::string_view key) const;
  Expected<bool> boolOr(std::string_view key, bool fallback) const;
  Expected<std::vector<std::string_view>> strings(std::string_view key) const;
  Expected<std::vector<int32_t>> int32s(std::string_view key) const;
  Expected<std::vector<float>> floats(std::string_view key) const;

private:
  struct Impl;
  explicit GGUFFile(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl;
};

/// Refuses an output that is the model or a part of it, by whatever name.
Expected<void> checkLeavesModel(const std::string &output,
                                const GGUFFile &file);

/// Refuses outputs of a program that reads a model: one that would take its
/// place, and two that are one file. A path may be empty: there is none.
Expected<void> checkOutputs(std::span<const std::string> paths,
                            const GGUFFile &file);

} // namespace ignis

#endif // IGNIS_MODEL_GGUF_H
