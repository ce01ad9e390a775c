//===- QuantizeFile.cpp - Models in other formats -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/GGUFWriter.h"
#include "ignis/Model/Quantize.h"
#include "ignis/Runtime/Runtime.h"
#include "ignis/Runtime/WeightFormats.h"

#include <algorithm>
#include <atomic>
#include <system_error>
#include <thread>

using namespace ignis;

static constexpr std::string_view fileTypeKey = "general.file_type";

namespace {

class FileQuantizer {
public:
  FileQuantizer(const GGUFFile &file, GGUFWriter &writer,
                const QuantizeOptions &options)
      : file(file), writer(writer), options(options) {}

  Expected<void> run();

private:
  RecipeModel describeModel() const;
  uint32_t getNewType(const GGUFTensor &tensor) const;
  void addKeys();
  Expected<void> writeTensor(const GGUFTensor &tensor);
  std::optional<int64_t> encodeRows(const GGUFTensor &tensor, int64_t first,
                                    int64_t count,
                                    std::span<std::byte> to) const;
  void advance(uint64_t bytes);

  const GGUFFile &file;
  GGUFWriter &writer;
  const QuantizeOptions &options;
  RecipeModel model = describeModel();
  uint64_t bytesDone = 0, bytesTotal = 0; ///< of the input's tensors
};

} // namespace

//===----------------------------------------------------------------------===//
// What becomes what
//===----------------------------------------------------------------------===//

/// Of any architecture; what a file does not say has a recipe's rules for a
/// layer fall away.
RecipeModel FileQuantizer::describeModel() const {
  std::string prefix;
  if (Expected<std::string_view> name = file.string("general.architecture"))
    prefix = *name;
  auto get = [&](std::string_view key, uint64_t fallback) {
    return file.uintOr(fmt::format("{}.{}", prefix, key), fallback)
        .value_or(fallback);
  };
  uint64_t heads = get("attention.head_count", 1);
  uint64_t keyHeads =
      std::max<uint64_t>(get("attention.head_count_kv", heads), 1);
  constexpr uint64_t mostLayers = 1 << 20;
  return {.layers =
              static_cast<int64_t>(std::min(get("block_count", 0), mostLayers)),
          .queriesPerKey = static_cast<int64_t>(heads / keyHeads),
          .tied = !file.findTensor("output.weight")};
}

/// Its own, if it is of a type that nothing here reads.
uint32_t FileQuantizer::getNewType(const GGUFTensor &tensor) const {
  const WeightFormat *format = findWeightFormat(tensor.type);
  if (!format)
    return tensor.type;
  return options.recipe.choose(model, tensor.name, tensor.dims)
      .value_or(format->isPlain() ? IGNIS_TYPE_F32 : format->type);
}

void FileQuantizer::addKeys() {
  for (const GGUFFile::Entry &entry : file.entries()) {
    if (entry.key == fileTypeKey)
      writer.add(fileTypeKey, options.recipe.fileType);
    else if (!entry.key.starts_with("split."))
      writer.copy(entry);
  }
  if (!file.find(fileTypeKey))
    writer.add(fileTypeKey, options.recipe.fileType);
}

//===----------------------------------------------------------------------===//
// Tensors
//===----------------------------------------------------------------------===//

/// Encodes rows of `tensor` on all threads; returns the first that cannot be.
std::optional<int64_t>
FileQuantizer::encodeRows(const GGUFTensor &tensor, int64_t first,
                          int64_t count, std::span<std::byte> to) const {
  auto from = static_cast<ignis_type>(tensor.type);
  auto type = static_cast<ignis_type>(getNewType(tensor));
  int64_t cols = tensor.dims.back();
  int64_t fromBytes = findWeightFormat(from)->rowBytes(cols);
  int64_t toBytes = findWeightFormat(type)->rowBytes(cols);
  std::atomic<int64_t> firstBad = count;
  auto encodeShare = [&](int64_t begin, int64_t end) {
    std::vector<float> row(static_cast<size_t>(cols));
    for (int64_t i = begin; i != end; ++i) {
      ignis_rt_dequantize(from, tensor.data + (first + i) * fromBytes, cols,
                          row.data());
      if (encodeRow(type, row, to.subspan(i * toBytes, toBytes)))
        continue;
      int64_t known = firstBad;
      while (i < known && !firstBad.compare_exchange_weak(known, i))
        ;
      return;
    }
  };
  int64_t shares = std::clamp<int64_t>(options.threads, 1, count);
  std::atomic<int64_t> next = 0;
  auto work = [&] {
    for (int64_t share; (share = next++) < shares;)
      encodeShare(count * share / shares, count * (share + 1) / shares);
  };
  std::vector<std::jthread> others;
  try {
    while (static_cast<int64_t>(others.size()) + 1 < shares)
      others.emplace_back(work);
  } catch (const std::system_error &) {
    // As many as the system gives do the same work.
  }
  work();
  others.clear(); // waits
  if (firstBad == count)
    return std::nullopt;
  return first + firstBad;
}

void FileQuantizer::advance(uint64_t bytes) {
  bytesDone += bytes;
  if (options.progress)
    options.progress(bytesDone, bytesTotal);
}

Expected<void> FileQuantizer::writeTensor(const GGUFTensor &tensor) {
  // Enough rows that starting the threads costs nothing beside encoding them.
  constexpr int64_t elementsAtOnce = 1 << 20;
  uint32_t type = getNewType(tensor);
  const GGMLType &from = *findGGMLType(tensor.type);
  const GGMLType &to = *findGGMLType(type);
  int64_t cols = tensor.dims.back();
  int64_t fromBytes = cols / from.blockElements * from.blockBytes;
  int64_t toBytes = cols / to.blockElements * to.blockBytes;
  int64_t rows = static_cast<int64_t>(tensor.byteSize) / fromBytes;
  int64_t rowsAtOnce = std::max<int64_t>(elementsAtOnce / cols, 1);
  std::vector<std::byte> encoded;
  for (int64_t first = 0; first < rows; first += rowsAtOnce) {
    int64_t count = std::min(rowsAtOnce, rows - first);
    std::span<const std::byte> bytes =
        tensor.bytes().subspan(first * fromBytes, count * fromBytes);
    std::span<const std::byte> written = bytes;
    if (type != tensor.type) {
      encoded.resize(count * toBytes);
      if (auto bad = encodeRows(tensor, first, count, encoded))
        return makeError(ExitCode::InvalidModel,
                         "{}: tensor {}: row {}: expected finite weights that "
                         "{} has room for, found others",
                         file.path(tensor.part), quoteForMessage(tensor.name),
                         *bad, to.name);
      written = encoded;
    }
    if (Expected<void> done = writer.write(written); !done)
      return done;
    file.release(bytes);
    advance(bytes.size());
  }
  return {};
}

Expected<void> FileQuantizer::run() {
  addKeys();
  for (const GGUFTensor &tensor : file.tensors()) {
    writer.addTensor(tensor.name, getNewType(tensor), tensor.dims);
    bytesTotal += tensor.byteSize;
  }
  Expected<void> written = writer.begin();
  for (const GGUFTensor &tensor : file.tensors()) {
    if (!written)
      return written;
    written = writeTensor(tensor);
  }
  written = file.explain(written);
  return written ? writer.finish() : written;
}

Expected<void> ignis::quantizeFile(const std::string &inputPath,
                                   const std::string &outputPath,
                                   const QuantizeOptions &options) {
  Expected<GGUFFile> file = GGUFFile::open(inputPath);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  // A model in one file may become another in its place.
  if (file->partCount() > 1)
    if (Expected<void> leaves = checkLeavesModel(outputPath, *file); !leaves)
      return leaves;
  Expected<GGUFWriter> writer = GGUFWriter::create(outputPath);
  if (!writer)
    return tl::unexpected(std::move(writer.error()));
  return FileQuantizer(*file, *writer, options).run();
}
