//===- GGUFTypes.cpp - Types of metadata and tensors ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/GGUF.h"
#include "ignis/Support/Escape.h"

#include <algorithm>

using namespace ignis;

// What runs, then what does not. Numbers that are missing were withdrawn from
// the format.
static constexpr GGMLType ggmlTypes[] = {
#define IGNIS_WEIGHT_FORMAT(symbol, number, name, values, bytes, ...)          \
  {number, name, values, bytes},
#include "ignis/Runtime/WeightFormats.def"
    {9, "q8_1", 32, 36},     {15, "q8_k", 256, 292},   {16, "iq2_xxs", 256, 66},
    {17, "iq2_xs", 256, 74}, {18, "iq3_xxs", 256, 98}, {19, "iq1_s", 256, 50},
    {21, "iq3_s", 256, 110}, {22, "iq2_s", 256, 82},   {24, "i8", 1, 1},
    {25, "i16", 1, 2},       {26, "i32", 1, 4},        {27, "i64", 1, 8},
    {28, "f64", 1, 8},       {29, "iq1_m", 256, 56},   {34, "tq1_0", 256, 54},
    {35, "tq2_0", 256, 66},  {39, "mxfp4", 32, 17},
};

const GGMLType *ignis::findGGMLType(uint32_t number) {
  const auto *it = std::ranges::find(ggmlTypes, number, &GGMLType::number);
  return it == std::end(ggmlTypes) ? nullptr : it;
}

std::string_view ignis::getTypeName(GGUFType type) {
  static constexpr std::string_view names[] = {
      "uint8", "int8",   "uint16", "int16",  "uint32", "int32",  "float32",
      "bool",  "string", "array",  "uint64", "int64",  "float64"};
  return names[static_cast<size_t>(type)];
}

std::string ignis::quoteForMessage(std::string_view text) {
  constexpr size_t longest = 80;
  size_t length = std::min(text.size(), longest);
  auto isContinuation = [](char c) { return (c & 0xc0) == 0x80; };
  while (length < text.size() && length > 0 && isContinuation(text[length]))
    --length; // no half of a character
  return fmt::format("'{}{}'", escapeControls(text.substr(0, length)),
                     text.size() > length ? "..." : "");
}
