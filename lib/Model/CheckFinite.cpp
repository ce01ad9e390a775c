//===- CheckFinite.cpp - Looks for weights that are no numbers ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/CheckFinite.h"
#include "ignis/Model/Quantize.h"

#include <cstring>
#include <optional>

using namespace ignis;

/// Where the first T among `data`, one every `stride` bytes, has all the bits
/// of its exponent set.
template <typename T>
static std::optional<size_t> findNonFinite(std::span<const std::byte> data,
                                           size_t stride, T exponent) {
  for (size_t at = 0; at != data.size(); at += stride) {
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
  switch (tensor.type) {
  case IGNIS_TYPE_F32:
    return findNonFinite(tensor.bytes(), sizeof(f32Exponent), f32Exponent);
  case IGNIS_TYPE_F16:
    return findNonFinite(tensor.bytes(), sizeof(f16Exponent), f16Exponent);
  case IGNIS_TYPE_BF16:
    return findNonFinite(tensor.bytes(), sizeof(bf16Exponent), bf16Exponent);
  case IGNIS_TYPE_Q8_0:
    return findNonFinite(tensor.bytes(), sizeof(BlockQ8_0), f16Exponent);
  default:
    return std::nullopt;
  }
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
