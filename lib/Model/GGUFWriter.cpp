//===- GGUFWriter.cpp - Writes GGUF files ---------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/GGUFWriter.h"

#include <cassert>
#include <ranges>
#include <type_traits>

using namespace ignis;

static constexpr uint64_t alignment = 32; // the format's default

static uint64_t getPadding(uint64_t size) {
  return (alignment - size % alignment) % alignment;
}

template <typename T>
static void encode(std::string &out, T value) {
  static_assert(std::is_trivially_copyable_v<T>);
  out.append(reinterpret_cast<const char *>(&value), sizeof(value));
}

static void encodeString(std::string &out, std::string_view text) {
  encode<uint64_t>(out, text.size());
  out += text;
}

//===----------------------------------------------------------------------===//
// The file
//===----------------------------------------------------------------------===//

Expected<GGUFWriter> GGUFWriter::create(std::string path) {
  Expected<OutputFile> file = OutputFile::create(std::move(path));
  if (!file)
    return tl::unexpected(std::move(file.error()));
  return GGUFWriter(std::move(*file));
}

uint64_t GGUFWriter::getPaddedSize(uint64_t size) {
  return size + getPadding(size);
}

Expected<void> GGUFWriter::put(std::string_view bytes) {
  return file.write(std::as_bytes(std::span(bytes)));
}

Expected<void> GGUFWriter::finish() {
  assert((currentTensor == tensorBytes.size() ||
          (currentTensor == 0 && currentBytes == 0)) &&
         "a tensor's data is missing");
  return file.finish();
}

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

void GGUFWriter::addKey(std::string_view key, GGUFType type) {
  encodeString(keys, key);
  encode(keys, type);
  ++keyCount;
}

void GGUFWriter::add(std::string_view key, uint16_t value) {
  addKey(key, GGUFType::UInt16);
  encode(keys, value);
}

void GGUFWriter::add(std::string_view key, uint32_t value) {
  addKey(key, GGUFType::UInt32);
  encode(keys, value);
}

void GGUFWriter::add(std::string_view key, int32_t value) {
  addKey(key, GGUFType::Int32);
  encode(keys, value);
}

void GGUFWriter::add(std::string_view key, float value) {
  addKey(key, GGUFType::Float32);
  encode(keys, value);
}

void GGUFWriter::add(std::string_view key, std::string_view value) {
  addKey(key, GGUFType::String);
  encodeString(keys, value);
}

void GGUFWriter::copy(const GGUFFile::Entry &entry) {
  if (entry.key == "general.alignment")
    return;
  addKey(entry.key, entry.type);
  keys.append(reinterpret_cast<const char *>(entry.bytes.data()),
              entry.bytes.size());
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

void GGUFWriter::addTensor(std::string_view name, uint32_t type,
                           std::span<const int64_t> dims) {
  encodeString(tensors, name);
  encode(tensors, static_cast<uint32_t>(dims.size()));
  int64_t elements = 1;
  for (int64_t dim : std::views::reverse(dims)) {
    encode(tensors, dim);
    elements *= dim;
  }
  encode(tensors, type);
  encode(tensors, dataSize);
  const GGMLType &layout = *findGGMLType(type);
  auto bytes = static_cast<uint64_t>(elements / layout.blockElements *
                                     layout.blockBytes);
  tensorBytes.push_back(bytes);
  dataSize += getPaddedSize(bytes);
}

Expected<void> GGUFWriter::begin() {
  std::string header = "GGUF";
  encode<uint32_t>(header, 3);
  encode<uint64_t>(header, tensorBytes.size());
  encode(header, keyCount);
  header += keys;
  header += tensors;
  header.append(getPadding(header.size()), '\0');
  return put(header);
}

Expected<void> GGUFWriter::write(std::span<const std::byte> data) {
  assert(currentBytes + data.size() <= tensorBytes[currentTensor] &&
         "more data than the tensor has");
  Expected<void> written = file.write(data);
  currentBytes += data.size();
  if (!written || currentBytes < tensorBytes[currentTensor])
    return written;
  ++currentTensor;
  return put(std::string(getPadding(std::exchange(currentBytes, 0)), '\0'));
}
