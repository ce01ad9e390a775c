//===- GGUFFile.cpp - GGUF files, checked before use ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GGUFParser.h"
#include "MappedFile.h"
#include "ignis/Model/GGUF.h"
#include "ignis/Support/OutputFile.h"

#include <cstring>

using namespace ignis;

/// The first part's header, with the tensors of the other parts added to it.
struct GGUFFile::Impl {
  struct Part {
    std::string path;
    MappedFile file;
  };

  std::vector<Part> parts;
  uint64_t fileSize = 0;
  bool isMapped = false;
  GGUFHeader header;

  Expected<void> addPart(Part part, const GGUFFile &first, Mode mode);
};

GGUFFile::GGUFFile(std::unique_ptr<Impl> impl) : impl(std::move(impl)) {}
GGUFFile::GGUFFile(GGUFFile &&) noexcept = default;
GGUFFile &GGUFFile::operator=(GGUFFile &&) noexcept = default;
GGUFFile::~GGUFFile() = default;

//===----------------------------------------------------------------------===//
// Opening
//===----------------------------------------------------------------------===//

Expected<GGUFFile> GGUFFile::fromBytes(std::span<const std::byte> bytes,
                                       std::string name, Mode mode) {
  auto impl = std::make_unique<Impl>();
  impl->fileSize = bytes.size();
  impl->parts.push_back({std::move(name), {}});
  Expected<GGUFHeader> header = parseGGUF(bytes, impl->parts[0].path, mode);
  if (!header)
    return tl::unexpected(std::move(header.error()));
  impl->header = std::move(*header);
  return GGUFFile(std::move(impl));
}

Expected<GGUFFile> GGUFFile::fromMapping(std::span<const std::byte> bytes,
                                         std::string name) {
  Expected<GGUFFile> file = fromBytes(bytes, std::move(name));
  if (file)
    file->impl->isMapped = true;
  return file;
}

std::string ignis::getPartPath(std::string_view name, uint64_t index,
                               uint64_t count) {
  return fmt::format("{}-{:05}-of-{:05}.gguf", name, index + 1, count);
}

Expected<GGUFFile> GGUFFile::open(const std::string &path, Mode mode) {
  Expected<MappedFile> mapped = MappedFile::open(path);
  if (!mapped)
    return tl::unexpected(std::move(mapped.error()));
  Expected<GGUFFile> file = fromBytes(mapped->bytes(), path, mode);
  if (!file)
    return file;
  file->impl->parts[0].file = std::move(*mapped);
  file->impl->isMapped = true;

  Expected<uint64_t> count = file->uintOr("split.count", 1);
  if (!count)
    return tl::unexpected(std::move(count.error()));
  Expected<uint64_t> number = file->uintOr("split.no", 0);
  if (!number)
    return tl::unexpected(std::move(number.error()));
  if (*count <= 1)
    return file;
  std::string firstEnd = getPartPath("", 0, *count);
  if (*number != 0 || !path.ends_with(firstEnd))
    return makeError(ExitCode::InvalidModel,
                     "{}: part {} of a model split into {} files: expected the "
                     "first, NAME-00001-of-{:05}.gguf",
                     path, *number + 1, *count, *count);
  for (uint64_t i = 1; i < *count; ++i) {
    std::string partPath = getPartPath(
        std::string_view(path).substr(0, path.size() - firstEnd.size()), i,
        *count);
    Expected<MappedFile> part = MappedFile::open(partPath);
    if (!part)
      return tl::unexpected(std::move(part.error()));
    Expected<void> added = file->impl->addPart(
        {std::move(partPath), std::move(*part)}, *file, mode);
    if (!added)
      return tl::unexpected(std::move(added.error()));
  }
  Expected<uint64_t> tensors =
      file->uintOr("split.tensors.count", file->tensors().size());
  if (!tensors)
    return tl::unexpected(std::move(tensors.error()));
  if (*tensors != file->tensors().size())
    return makeError(ExitCode::InvalidModel,
                     "{}: key 'split.tensors.count': expected {}, the tensors "
                     "of all parts, found {}",
                     path, file->tensors().size(), *tensors);
  return file;
}

Expected<void> GGUFFile::Impl::addPart(Part part, const GGUFFile &first,
                                       Mode mode) {
  Expected<GGUFFile> file = fromBytes(part.file.bytes(), part.path, mode);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  for (std::string_view key : {"split.no", "split.count"}) {
    uint64_t expected = key == "split.no" ? parts.size() : *first.uint(key);
    Expected<uint64_t> found = file->uint(key);
    if (!found)
      return tl::unexpected(std::move(found.error()));
    if (*found != expected)
      return makeError(ExitCode::InvalidModel,
                       "{}: key '{}': expected {}, found {}", part.path, key,
                       expected, *found);
  }

  for (GGUFTensor &tensor : file->impl->header.tensors) {
    tensor.part = static_cast<uint32_t>(parts.size());
    if (!header.tensorIndex.try_emplace(tensor.name, header.tensors.size())
             .second)
      return makeError(
          ExitCode::InvalidModel,
          "{}: tensor {}: expected a name that stands once, found it in {}",
          part.path, quoteForMessage(tensor.name),
          first.path(first.findTensor(tensor.name)->part));
    header.tensors.push_back(std::move(tensor));
  }
  fileSize += part.file.bytes().size();
  parts.push_back(std::move(part));
  return {};
}

//===----------------------------------------------------------------------===//
// Access
//===----------------------------------------------------------------------===//

Expected<void> ignis::checkLeavesModel(const std::string &output,
                                       const GGUFFile &file) {
  for (uint32_t part = 0; part != file.partCount(); ++part)
    if (Expected<void> leaves = checkLeavesModel(output, file.path(part));
        !leaves)
      return leaves;
  return {};
}

Expected<void> ignis::checkOutputs(std::span<const std::string> paths,
                                   const GGUFFile &file) {
  for (const std::string &path : paths)
    if (Expected<void> leaves = checkLeavesModel(path, file); !leaves)
      return leaves;
  return checkDistinctOutputs(paths);
}

const std::string &GGUFFile::path() const { return path(0); }

uint32_t GGUFFile::partCount() const {
  return static_cast<uint32_t>(impl->parts.size());
}

const std::string &GGUFFile::path(uint32_t part) const {
  return impl->parts[part].path;
}

bool GGUFFile::isMapped() const { return impl->isMapped; }

void GGUFFile::release(std::span<const std::byte> bytes) const {
  if (isMapped())
    MappedFile::release(bytes);
}

uint32_t GGUFFile::version() const { return impl->header.version; }

uint64_t GGUFFile::alignment() const { return impl->header.alignment; }

uint64_t GGUFFile::fileSize() const { return impl->fileSize; }

std::span<const std::byte> GGUFFile::bytes() const {
  return impl->parts[0].file.bytes();
}

Expected<void> GGUFFile::checkUnchanged() const {
  for (const Impl::Part &part : impl->parts)
    if (auto checked = part.file.checkUnchanged(); !checked)
      return checked;
  return {};
}

Expected<void> GGUFFile::explain(Expected<void> done) const {
  Expected<void> unchanged = checkUnchanged();
  return unchanged ? done : unchanged;
}

std::span<const GGUFFile::Entry> GGUFFile::entries() const {
  return impl->header.entries;
}

std::span<const GGUFTensor> GGUFFile::tensors() const {
  return impl->header.tensors;
}

const GGUFFile::Entry *GGUFFile::find(std::string_view key) const {
  auto it = impl->header.entryIndex.find(key);
  return it == impl->header.entryIndex.end()
             ? nullptr
             : &impl->header.entries[it->second];
}

const GGUFTensor *GGUFFile::findTensor(std::string_view name) const {
  auto it = impl->header.tensorIndex.find(name);
  return it == impl->header.tensorIndex.end()
             ? nullptr
             : &impl->header.tensors[it->second];
}

//===----------------------------------------------------------------------===//
// Typed access
//===----------------------------------------------------------------------===//

static tl::unexpected<Error> refuse(const GGUFFile &file,
                                    const GGUFFile::Entry &entry,
                                    std::string_view expected,
                                    std::string_view found) {
  return makeError(ExitCode::InvalidModel,
                   "{}: key {}: value at offset {}: expected {}, found {}",
                   file.path(), quoteForMessage(entry.key), entry.fileOffset,
                   expected, found);
}

static tl::unexpected<Error> refuseMissing(const GGUFFile &file,
                                           std::string_view key,
                                           std::string_view expected) {
  return makeError(ExitCode::InvalidModel,
                   "{}: key {}: expected {}, found no such key", file.path(),
                   quoteForMessage(key), expected);
}

/// What a found value is called: "a negative int32" would be too fine.
static std::string describe(const GGUFFile::Entry &entry) {
  if (const auto *array = std::get_if<GGUFArray>(&entry.value))
    return fmt::format("an array of {}", getTypeName(array->elementType));
  if (const auto *number = std::get_if<int64_t>(&entry.value))
    return fmt::format("{}", *number);
  return std::string(getTypeName(entry.type));
}

/// The value of `key` if it is a T, or one that widens to it exactly.
template <typename T>
static Expected<T> get(const GGUFFile &file, std::string_view key,
                       std::string_view expected) {
  const GGUFFile::Entry *entry = file.find(key);
  if (!entry)
    return refuseMissing(file, key, expected);
  if (const T *value = std::get_if<T>(&entry->value))
    return *value;
  if constexpr (std::is_same_v<T, uint64_t>)
    if (const auto *number = std::get_if<int64_t>(&entry->value);
        number && *number >= 0)
      return static_cast<uint64_t>(*number);
  return refuse(file, *entry, expected, describe(*entry));
}

Expected<uint64_t> GGUFFile::uint(std::string_view key) const {
  return get<uint64_t>(*this, key, "an unsigned integer");
}

Expected<uint64_t> GGUFFile::uintOr(std::string_view key,
                                    uint64_t fallback) const {
  return find(key) ? uint(key) : fallback;
}

Expected<double> GGUFFile::real(std::string_view key) const {
  return get<double>(*this, key, "a floating-point number");
}

Expected<double> GGUFFile::realOr(std::string_view key, double fallback) const {
  return find(key) ? real(key) : fallback;
}

Expected<std::string_view> GGUFFile::string(std::string_view key) const {
  return get<std::string_view>(*this, key, "a string");
}

Expected<bool> GGUFFile::boolOr(std::string_view key, bool fallback) const {
  return find(key) ? get<bool>(*this, key, "a bool") : fallback;
}

static Expected<GGUFArray> getArray(const GGUFFile &file, std::string_view key,
                                    GGUFType elementType) {
  std::string expected =
      fmt::format("an array of {}", getTypeName(elementType));
  Expected<GGUFArray> array = get<GGUFArray>(file, key, expected);
  if (array && array->elementType != elementType)
    return refuse(file, *file.find(key), expected, describe(*file.find(key)));
  return array;
}

Expected<std::vector<std::string_view>>
GGUFFile::strings(std::string_view key) const {
  Expected<GGUFArray> array = getArray(*this, key, GGUFType::String);
  if (!array)
    return tl::unexpected(std::move(array.error()));
  std::vector<std::string_view> result;
  result.reserve(array->count);
  const char *at = reinterpret_cast<const char *>(array->bytes.data());
  for (uint64_t i = 0; i != array->count; ++i) {
    uint64_t length;
    std::memcpy(&length, at, sizeof(length));
    at += sizeof(length);
    result.emplace_back(at, length);
    at += length;
  }
  return result;
}

template <typename T>
static Expected<std::vector<T>>
getNumbers(const GGUFFile &file, std::string_view key, GGUFType elementType) {
  Expected<GGUFArray> array = getArray(file, key, elementType);
  if (!array)
    return tl::unexpected(std::move(array.error()));
  std::vector<T> result(array->count);
  if (!result.empty())
    std::memcpy(result.data(), array->bytes.data(), array->bytes.size());
  return result;
}

Expected<std::vector<int32_t>> GGUFFile::int32s(std::string_view key) const {
  return getNumbers<int32_t>(*this, key, GGUFType::Int32);
}

Expected<std::vector<float>> GGUFFile::floats(std::string_view key) const {
  return getNumbers<float>(*this, key, GGUFType::Float32);
}
