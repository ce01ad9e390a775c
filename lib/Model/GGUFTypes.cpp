//===- GGUFTypes.cpp - Types of metadata and tensors ----------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/GGUF.h"

#include <algorithm>

using namespace ignis;

// Numbers that are missing were withdrawn from the format.
static constexpr GGMLType ggmlTypes[] = {
    {0, "f32", 1, 4},         {1, "f16", 1, 2},
    {2, "q4_0", 32, 18},      {3, "q4_1", 32, 20},
    {6, "q5_0", 32, 22},      {7, "q5_1", 32, 24},
    {8, "q8_0", 32, 34},      {9, "q8_1", 32, 36},
    {10, "q2_k", 256, 84},    {11, "q3_k", 256, 110},
    {12, "q4_k", 256, 144},   {13, "q5_k", 256, 176},
    {14, "q6_k", 256, 210},   {15, "q8_k", 256, 292},
    {16, "iq2_xxs", 256, 66}, {17, "iq2_xs", 256, 74},
    {18, "iq3_xxs", 256, 98}, {19, "iq1_s", 256, 50},
    {20, "iq4_nl", 32, 18},   {21, "iq3_s", 256, 110},
    {22, "iq2_s", 256, 82},   {23, "iq4_xs", 256, 136},
    {24, "i8", 1, 1},         {25, "i16", 1, 2},
    {26, "i32", 1, 4},        {27, "i64", 1, 8},
    {28, "f64", 1, 8},        {29, "iq1_m", 256, 56},
    {30, "bf16", 1, 2},       {34, "tq1_0", 256, 54},
    {35, "tq2_0", 256, 66},   {39, "mxfp4", 32, 17},
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
  std::string quoted = "'";
  for (unsigned char c : text.substr(0, length)) {
    if (c < 0x20 || c == 0x7f)
      quoted += fmt::format("\\x{:02x}", c);
    else
      quoted += static_cast<char>(c);
  }
  quoted += text.size() > length ? "...'" : "'";
  return quoted;
}
