//===- CheckFinite.cpp - Looks for weights that are no numbers ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/CheckFinite.h"
#include "ignis/Runtime/WeightFormats.h"

#include <cstring>
#include <optional>

using namespace ignis;

/// Where the first T with all the bits of its exponent set stands among `data`:
/// `count` of them at `first` of every `stride` bytes.
template <typename T>
static std::optional<size_t>
findNonFinite(std::span<const std::byte> data, T exponent,
              size_t stride = sizeof(T), size_t first = 0, size_t count = 1) {
  for (size_t block = 0; block != data.size(); block += stride)
    for (size_t i = 0; i != count; ++i) {
      size_t at = block + first + i * sizeof(T);
      T bits;
      std::memcpy(&bits, &data[at], sizeof(bits));
      if ((bits & exponent) == exponent)
        return at;
    }
  return std::nullopt;
}

static std::optional<size_t> findNonFinite(const GGUFTensor &tensor) {
  constexpr uint16_t f16Exponent = 0x7c00;
  constexpr uint16_t bf16Exponent = 0x7f80;
  constexpr uint32_t f32Exponent = 0x7f800000;
  if (tensor.type == IGNIS_TYPE_F32)
    return findNonFinite(tensor.bytes(), f32Exponent);
  if (tensor.type == IGNIS_TYPE_BF16)
    return findNonFinite(tensor.bytes(), bf16Exponent);
  const WeightFormat *format = findWeightFormat(tensor.type);
  if (!format)
    return std::nullopt;
  return findNonFinite(tensor.bytes(), f16Exponent,
                       static_cast<size_t>(format->blockBytes),
                       static_cast<size_t>(format->scalesAt),
                       static_cast<size_t>(format->scales));
}

Expected<void> ignis::checkFinite(const GGUFFile &file) {
  for (const GGUFTensor &tensor : file.tensors())
    if (std::optional<size_t> at = findNonFinite(tensor))
      return makeError(ExitCode::InvalidModel,
                       "{}: tensor {}: data at offset {}: expected finite "
                       "numbers, found a NaN or an infinity",
                       file.path(tensor.part), quoteForMessage(tensor.name),
                       tensor.fileOffset + *at);
  return {};
}
