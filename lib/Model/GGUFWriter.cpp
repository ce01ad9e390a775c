//===- GGUFWriter.cpp - Writes GGUF files ---------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/GGUFWriter.h"

#include <cassert>
#include <cerrno>
#include <cstring>
#include <ranges>
#include <type_traits>

#include <sys/stat.h>
#include <unistd.h>

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

Expected<void> GGUFWriter::refuse(int errorNumber) const {
  return makeError(ExitCode::Failure, "{}: cannot write: {}", path,
                   std::strerror(errorNumber));
}

Expected<GGUFWriter> GGUFWriter::create(std::string path) {
  GGUFWriter writer(std::move(path));
  struct stat status;
  bool isSpecial =
      stat(writer.path.c_str(), &status) == 0 && !S_ISREG(status.st_mode);
  if (!isSpecial)
    writer.temporaryPath = fmt::format("{}.{}.part", writer.path, getpid());
  const std::string &opened = isSpecial ? writer.path : writer.temporaryPath;
  writer.file.reset(std::fopen(opened.c_str(), isSpecial ? "wb" : "wbx"));
  if (!writer.file) {
    int reason = errno;
    writer.temporaryPath.clear(); // it is someone else's
    return tl::unexpected(writer.refuse(reason).error());
  }
  return writer;
}

GGUFWriter::~GGUFWriter() {
  if (file)
    removeTemporary();
}

void GGUFWriter::removeTemporary() const {
  if (!temporaryPath.empty())
    unlink(temporaryPath.c_str());
}

Expected<void> GGUFWriter::put(std::string_view bytes) {
  if (std::fwrite(bytes.data(), 1, bytes.size(), file.get()) != bytes.size())
    return refuse(errno);
  return {};
}

Expected<void> GGUFWriter::finish() {
  assert((currentTensor == tensorBytes.size() ||
          (currentTensor == 0 && currentBytes == 0)) &&
         "a tensor's data is missing");
  // Closing may be the first to learn that the disk is full.
  if (std::fclose(file.release()) == 0 &&
      (temporaryPath.empty() ||
       std::rename(temporaryPath.c_str(), path.c_str()) == 0))
    return {};
  int reason = errno;
  removeTemporary();
  return refuse(reason);
}

//===----------------------------------------------------------------------===//
// Keys
//===----------------------------------------------------------------------===//

void GGUFWriter::addKey(std::string_view key, GGUFType type) {
  encodeString(keys, key);
  encode(keys, type);
  ++keyCount;
}

void GGUFWriter::add(std::string_view key, uint32_t value) {
  addKey(key, GGUFType::UInt32);
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
  dataSize += bytes + getPadding(bytes);
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
  Expected<void> written =
      put({reinterpret_cast<const char *>(data.data()), data.size()});
  currentBytes += data.size();
  if (!written || currentBytes < tensorBytes[currentTensor])
    return written;
  ++currentTensor;
  return put(std::string(getPadding(std::exchange(currentBytes, 0)), '\0'));
}
