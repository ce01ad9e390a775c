//===- Quantize.cpp - Q8_0 from wider types -------------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/Quantize.h"
#include "ignis/Model/GGUF.h"
#include "ignis/Model/GGUFWriter.h"

#include <algorithm>
#include <cmath>
#include <cstring>

using namespace ignis;

bool ignis::quantizeBlock(std::span<const float, BlockQ8_0::elements> x,
                          BlockQ8_0 &block) {
  float amax = 0;
  bool finite = true;
  for (float value : x) {
    amax = std::max(amax, std::fabs(value));
    finite &= std::isfinite(value);
  }
  float d = amax / 127;
  float inverse = d == 0 ? 0 : 1 / d;
  block.d = narrowToF16(d);
  // The inverse of a denormal scale overflows.
  if (!finite || !std::isfinite(widenF16(block.d)) || !std::isfinite(inverse))
    return false;
  for (int64_t i = 0; i != BlockQ8_0::elements; ++i)
    block.q[i] = static_cast<int8_t>(std::round(x[i] * inverse));
  return true;
}

/// Elements of an f32, f16 or bf16 tensor as f32.
static void widen(uint32_t type, std::span<const std::byte> from,
                  std::span<float> to) {
  if (type == IGNIS_TYPE_F32) {
    std::memcpy(to.data(), from.data(), to.size_bytes());
    return;
  }
  for (size_t i = 0; i != to.size(); ++i) {
    uint16_t bits;
    std::memcpy(&bits, &from[i * sizeof(bits)], sizeof(bits));
    to[i] = type == IGNIS_TYPE_F16 ? widenF16(bits) : widenBF16(bits);
  }
}

static bool isWide(const GGUFTensor &tensor) {
  return tensor.type == IGNIS_TYPE_F32 || tensor.type == IGNIS_TYPE_F16 ||
         tensor.type == IGNIS_TYPE_BF16;
}

/// What `tensor` becomes; its own type if that is no wider one.
static uint32_t getNewType(const GGUFTensor &tensor) {
  if (!isWide(tensor))
    return tensor.type;
  return tensor.dims.size() == 1 ? IGNIS_TYPE_F32 : IGNIS_TYPE_Q8_0;
}

static Expected<void> writeRow(GGUFWriter &writer, const GGUFFile &file,
                               const GGUFTensor &tensor,
                               std::span<const float> row) {
  if (getNewType(tensor) == IGNIS_TYPE_F32)
    return writer.write(std::as_bytes(row));
  std::vector<BlockQ8_0> blocks(row.size() / BlockQ8_0::elements);
  for (size_t i = 0; i != blocks.size(); ++i) {
    std::span<const float, BlockQ8_0::elements> x(&row[i * BlockQ8_0::elements],
                                                  BlockQ8_0::elements);
    if (!quantizeBlock(x, blocks[i]))
      return makeError(ExitCode::InvalidModel,
                       "{}: tensor {}: expected finite values whose scale fits "
                       "f16, found others",
                       file.path(tensor.part), quoteForMessage(tensor.name));
  }
  return writer.write(std::as_bytes(std::span(blocks)));
}

static Expected<void> writeTensor(GGUFWriter &writer, const GGUFFile &file,
                                  const GGUFTensor &tensor) {
  if (!isWide(tensor))
    return writer.write(tensor.bytes());
  std::vector<float> row(static_cast<size_t>(tensor.dims.back()));
  size_t rowBytes =
      row.size() * static_cast<size_t>(findGGMLType(tensor.type)->blockBytes);
  for (size_t at = 0; at != tensor.byteSize; at += rowBytes) {
    widen(tensor.type, tensor.bytes().subspan(at, rowBytes), row);
    if (Expected<void> written = writeRow(writer, file, tensor, row); !written)
      return written;
  }
  return {};
}

Expected<void> ignis::quantizeFile(const std::string &inputPath,
                                   const std::string &outputPath) {
  Expected<GGUFFile> file = GGUFFile::open(inputPath);
  if (!file)
    return tl::unexpected(std::move(file.error()));
  for (const GGUFTensor &tensor : file->tensors())
    if (getNewType(tensor) == IGNIS_TYPE_Q8_0 &&
        tensor.dims.back() % BlockQ8_0::elements != 0)
      return makeError(ExitCode::InvalidModel,
                       "{}: tensor {}: expected rows of a multiple of {} "
                       "elements, found {}",
                       file->path(tensor.part), quoteForMessage(tensor.name),
                       BlockQ8_0::elements, tensor.dims.back());

  Expected<GGUFWriter> writer = GGUFWriter::create(outputPath);
  if (!writer)
    return tl::unexpected(std::move(writer.error()));
  constexpr std::string_view fileTypeKey = "general.file_type";
  constexpr uint32_t mostlyQ8_0 = 7;
  for (const GGUFFile::Entry &entry : file->entries()) {
    if (entry.key == fileTypeKey)
      writer->add(fileTypeKey, mostlyQ8_0);
    else if (!entry.key.starts_with("split."))
      writer->copy(entry);
  }
  for (const GGUFTensor &tensor : file->tensors())
    writer->addTensor(tensor.name, getNewType(tensor), tensor.dims);

  Expected<void> written = writer->begin();
  for (const GGUFTensor &tensor : file->tensors()) {
    if (!written)
      return written;
    written = writeTensor(*writer, *file, tensor);
  }
  return written ? writer->finish() : written;
}
