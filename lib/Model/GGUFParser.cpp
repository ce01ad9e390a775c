//===- GGUFParser.cpp - The header of a GGUF file, checked ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GGUFParser.h"
#include "GGUFCursor.h"

#include <algorithm>
#include <bit>

using namespace ignis;

namespace {

// The least bytes that each can take: lengths, one character, type, value.
constexpr uint64_t leastEntryBytes = 8 + 1 + 4 + 1;
constexpr uint64_t leastTensorBytes = 8 + 1 + 4 + 8 + 4 + 8;
constexpr uint64_t longestKey = 65535;
constexpr uint64_t longestTensorName = 64;
constexpr uint32_t mostDims = 4;

/// The file from top to bottom. Vectors grow with what was parsed, never with
/// what was claimed.
class Parser : private GGUFCursor {
public:
  Parser(std::span<const std::byte> bytes, const std::string &path,
         GGUFFile::Mode mode)
      : GGUFCursor(bytes, path), mode(mode) {}

  Expected<GGUFHeader> run() {
    if (parseVersion() &&
        parseCount(tensorCount, "tensor count", leastTensorBytes) &&
        parseCount(entryCount, "key count", leastEntryBytes) &&
        parseEntries() && parseAlignment() && parseTensors() && placeTensors())
      return std::move(header);
    return tl::unexpected(takeError());
  }

private:
  bool parseVersion();
  bool parseCount(uint64_t &count, std::string_view field, uint64_t leastBytes);
  bool parseEntries();
  bool parseAlignment();
  bool parseTensors();
  bool parseTensor(GGUFTensor &tensor);
  bool placeTensors();

  GGUFFile::Mode mode;
  uint64_t entryCount = 0;
  uint64_t tensorCount = 0;
  GGUFHeader header;
};

} // namespace

bool Parser::parseVersion() {
  std::span<const std::byte> magic;
  if (!take(4, "magic", magic))
    return false;
  std::string_view found(reinterpret_cast<const char *>(magic.data()), 4);
  if (found != "GGUF")
    return fail(0, "magic", "'GGUF'", quoteForMessage(found));

  uint64_t versionAt = offset();
  if (!read(header.version, "version"))
    return false;
  if (header.version != 0 && (header.version & 0xffff) == 0)
    return fail(versionAt, "version", "a little-endian file",
                "a big-endian one");
  if (header.version != 2 && header.version != 3)
    return fail(versionAt, "version", "2 or 3",
                fmt::format("{}", header.version));

  return true;
}

bool Parser::parseCount(uint64_t &count, std::string_view field,
                        uint64_t leastBytes) {
  uint64_t at = offset();
  if (!read(count, field))
    return false;
  uint64_t most = bytesLeft() / leastBytes;
  if (count > most)
    return fail(at, field, fmt::format("at most {} in the bytes left", most),
                fmt::format("{}", count));
  return true;
}

bool Parser::parseEntries() {
  for (uint64_t i = 0; i != entryCount; ++i) {
    setSubject(fmt::format("key {} of {}", i + 1, entryCount));
    GGUFFile::Entry entry;
    uint64_t at = offset();
    if (!parseName(entry.key, "key", longestKey))
      return false;
    setSubject(fmt::format("key {}", quoteForMessage(entry.key)));
    if (!header.entryIndex.try_emplace(entry.key, i).second)
      return fail(at, "key", "a key that stands once", "it again");
    if (!parseType(entry.type, "type"))
      return false;
    entry.fileOffset = offset();
    if (!parseValue(entry.type, entry.value))
      return false;
    entry.bytes = since(entry.fileOffset);
    header.entries.push_back(entry);
  }
  return true;
}

bool Parser::parseAlignment() {
  auto it = header.entryIndex.find("general.alignment");
  if (it == header.entryIndex.end())
    return true;
  const GGUFFile::Entry &entry = header.entries[it->second];
  setSubject("key 'general.alignment'");
  if (entry.type != GGUFType::UInt32)
    return fail(entry.fileOffset, "value", "a uint32", getTypeName(entry.type));
  header.alignment = std::get<uint64_t>(entry.value);
  if (!std::has_single_bit(header.alignment) || header.alignment < 8)
    return fail(entry.fileOffset, "value", "a power of two from 8 up",
                fmt::format("{}", header.alignment));
  return true;
}

bool Parser::parseTensors() {
  for (uint64_t i = 0; i != tensorCount; ++i) {
    setSubject(fmt::format("tensor {} of {}", i + 1, tensorCount));
    GGUFTensor tensor{};
    uint64_t at = offset();
    if (!parseName(tensor.name, "name", longestTensorName))
      return false;
    setSubject(fmt::format("tensor {}", quoteForMessage(tensor.name)));
    if (!header.tensorIndex.try_emplace(tensor.name, i).second)
      return fail(at, "name", "a name that stands once", "it again");
    if (!parseTensor(tensor))
      return false;
    header.tensors.push_back(std::move(tensor));
  }
  return true;
}

/// Shape, type and offset, the offset still relative to the data.
bool Parser::parseTensor(GGUFTensor &tensor) {
  uint64_t at = offset();
  uint32_t dimCount;
  if (!read(dimCount, "dimension count"))
    return false;
  if (dimCount < 1 || dimCount > mostDims)
    return fail(at, "dimension count", fmt::format("1 to {}", mostDims),
                fmt::format("{}", dimCount));

  int64_t elements = 1;
  for (uint32_t i = 0; i != dimCount; ++i) {
    at = offset();
    int64_t dim;
    if (!read(dim, "dimension"))
      return false;
    if (dim < 1)
      return fail(at, "dimension", "a positive number", fmt::format("{}", dim));
    if (__builtin_mul_overflow(elements, dim, &elements))
      return fail(at, "dimension", "fewer than 2^63 elements", "more");
    tensor.dims.insert(tensor.dims.begin(), dim);
  }

  at = offset();
  if (!read(tensor.type, "type"))
    return false;
  const GGMLType *type = findGGMLType(tensor.type);
  if (!type)
    return fail(at, "type", "a tensor type of the format",
                fmt::format("{}", tensor.type));
  int64_t rowElements = tensor.dims.back();
  if (rowElements % type->blockElements != 0)
    return fail(at, "type",
                fmt::format("rows of a multiple of {} elements for {}",
                            type->blockElements, type->name),
                fmt::format("{}", rowElements));
  int64_t byteSize;
  if (__builtin_mul_overflow(elements / type->blockElements, type->blockBytes,
                             &byteSize))
    return fail(at, "type", "fewer than 2^63 bytes", "more");
  tensor.byteSize = static_cast<uint64_t>(byteSize);

  at = offset();
  if (!read(tensor.fileOffset, "offset"))
    return false;
  if (tensor.fileOffset % header.alignment != 0)
    return fail(at, "offset", fmt::format("a multiple of {}", header.alignment),
                fmt::format("{}", tensor.fileOffset));
  return true;
}

/// Makes the offsets absolute and holds them against the file and each other.
bool Parser::placeTensors() {
  uint64_t dataBegin =
      (offset() + header.alignment - 1) / header.alignment * header.alignment;
  std::vector<const GGUFTensor *> byOffset;
  for (GGUFTensor &tensor : header.tensors) {
    setSubject(fmt::format("tensor {}", quoteForMessage(tensor.name)));
    uint64_t relative = tensor.fileOffset;
    uint64_t end;
    if (__builtin_add_overflow(dataBegin, relative, &tensor.fileOffset) ||
        __builtin_add_overflow(tensor.fileOffset, tensor.byteSize, &end))
      return fail(
          offset(), "data", "an end below 2^64",
          fmt::format("offset {} and {} bytes", relative, tensor.byteSize));
    byOffset.push_back(&tensor);
    if (mode == GGUFFile::Mode::Header)
      continue;
    if (end > size())
      return fail(tensor.fileOffset, "data",
                  fmt::format("{} bytes", tensor.byteSize),
                  fmt::format("a file that ends at {}", size()));
    tensor.data = data() + tensor.fileOffset;
  }

  std::ranges::sort(byOffset, {}, &GGUFTensor::fileOffset);
  for (size_t i = 1; i < byOffset.size(); ++i) {
    const GGUFTensor &before = *byOffset[i - 1];
    if (before.fileOffset + before.byteSize <= byOffset[i]->fileOffset)
      continue;
    setSubject(fmt::format("tensor {}", quoteForMessage(byOffset[i]->name)));
    return fail(byOffset[i]->fileOffset, "data", "bytes of its own",
                fmt::format("those of {}", quoteForMessage(before.name)));
  }
  return true;
}

Expected<GGUFHeader> ignis::parseGGUF(std::span<const std::byte> bytes,
                                      const std::string &path,
                                      GGUFFile::Mode mode) {
  return Parser(bytes, path, mode).run();
}
