//===- FormatTest.cpp - Blocks that other programs made -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The shared data has, for each format, blocks of its reference implementation
// and blocks of random bytes, with their exact values.
//
//===----------------------------------------------------------------------===//

#include "Support.h"

#include <cstdlib>
#include <fstream>
#include <iterator>

namespace {

std::vector<char> readFile(const std::string &path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), {}};
}

class FormatTest : public IsaTest {};

/// Rows of 512 weights and what they are worth.
void checkRows(const ignis::WeightFormat &format, const std::string &bytesPath,
               const std::string &valuesPath) {
  SCOPED_TRACE(bytesPath);
  const int64_t rows = 4, cols = 512;
  std::vector<char> bytes = readFile(bytesPath);
  std::vector<char> values = readFile(valuesPath);
  ASSERT_EQ(bytes.size(), size_t(rows * format.rowBytes(cols)));
  ASSERT_EQ(values.size(), size_t(rows * cols) * sizeof(float));
  std::vector<float> expected(rows * cols), row(cols);
  memcpy(expected.data(), values.data(), values.size());
  Weight weight = makeWeight(format.type, rows, cols, bytes.data());

  std::vector<float> products(rows * cols);
  std::vector<uint8_t> unit(static_cast<size_t>(ignis_q8_row_bytes(cols)));
  for (int64_t i = 0; i < cols; ++i) {
    std::fill(unit.begin(), unit.end(), 0);
    float scale = 1;
    const int16_t sums[] = {int16_t(i % 32 < 16), int16_t(i % 32 >= 16)};
    unit[size_t(i)] = 1;
    memcpy(&unit[size_t(cols + i / 32 * 4)], &scale, 4);
    memcpy(&unit[size_t(cols + cols / 32 * 4 + i / 32 * 4)], sums, 4);
    float out[rows];
    ignis_rt_matmul_q8(self(), weight.get(), unit.data(), 1, 0, rows, nullptr,
                       nullptr, out, rows);
    for (int64_t r = 0; r < rows; ++r)
      products[size_t(r * cols + i)] = out[r];
  }
  for (int32_t r = 0; r < rows; ++r) {
    ignis_rt_embed(self(), weight.get(), &r, 0, 1, row.data());
    for (int64_t i = 0; i < cols; ++i) {
      auto at = size_t(r * cols + i);
      EXPECT_EQ(row[size_t(i)], expected[at]) << "element " << at;
      EXPECT_EQ(products[at], expected[at]) << "product " << at;
    }
  }
}

TEST_P(FormatTest, AreWhatOtherProgramsSay) {
  const char *shared = std::getenv("IGNIS_SHARED_DIR");
  std::string folder = std::string(shared ? shared : "") + "/quantisation/";
  if (!std::ifstream(folder + "types.json"))
    GTEST_SKIP() << "needs the shared test data";
  for (const ignis::WeightFormat &format : blockFormats()) {
    std::string path = folder + format.name;
    checkRows(format, path + ".quantized", path + ".f32");
    checkRows(format, path + "-random.bytes", path + "-random.f32");
  }
}

INSTANTIATE_FOR_EVERY_ISA(FormatTest);

} // namespace
