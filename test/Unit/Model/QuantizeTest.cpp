//===- QuantizeTest.cpp - Weights in other formats ------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/Quantize.h"
#include "ignis/Runtime/Runtime.h"
#include "ignis/Runtime/WeightFormats.h"
#include "ignis/Support/Random.h"

#include <gtest/gtest.h>

#include <array>
#include <cmath>
#include <cstring>
#include <fstream>
#include <limits>
#include <vector>

using namespace ignis;

namespace {

using Bytes = std::vector<std::byte>;

Bytes readInput(const std::string &name) {
  std::ifstream stream(IGNIS_TEST_INPUTS "/quantisation/" + name,
                       std::ios::binary);
  std::vector<char> content(std::istreambuf_iterator<char>(stream), {});
  EXPECT_FALSE(content.empty()) << name;
  auto bytes = std::as_bytes(std::span(content));
  return Bytes(bytes.begin(), bytes.end());
}

constexpr int64_t sourceRows = 4, sourceCols = 512;

std::vector<float> readSource() {
  Bytes bytes = readInput("source.f32");
  std::vector<float> values(sourceRows * sourceCols);
  EXPECT_EQ(bytes.size(), values.size() * sizeof(float));
  std::memcpy(values.data(), bytes.data(), bytes.size());
  return values;
}

std::span<const float> getRow(const std::vector<float> &matrix, int64_t row) {
  return std::span(matrix).subspan(row * sourceCols, sourceCols);
}

/// None where the encoder refuses.
std::optional<Bytes> encode(const WeightFormat &format,
                            std::span<const float> weights) {
  Bytes bytes(format.rowBytes(static_cast<int64_t>(weights.size())));
  if (!encodeRow(format.type, weights, bytes))
    return std::nullopt;
  return bytes;
}

std::vector<float> decode(const WeightFormat &format, size_t count,
                          std::span<const std::byte> bytes) {
  std::vector<float> values(count);
  ignis_rt_dequantize(format.type, bytes.data(), static_cast<int64_t>(count),
                      values.data());
  return values;
}

double getSquaredError(const WeightFormat &format,
                       std::span<const float> weights,
                       std::span<const std::byte> bytes) {
  std::vector<float> decoded = decode(format, weights.size(), bytes);
  double sum = 0;
  for (size_t i = 0; i != weights.size(); ++i) {
    double error = static_cast<double>(decoded[i]) - weights[i];
    sum += error * error;
  }
  return sum;
}

/// Q4_0, Q4_1, Q5_0, Q5_1 and Q8_0, which one rule makes; the others are
/// searched for.
bool hasRule(const WeightFormat &format) {
  std::string_view name = format.name;
  return name.starts_with("q") &&
         (name.ends_with("_0") || name.ends_with("_1"));
}

class Quantize : public testing::TestWithParam<WeightFormat> {};
class QuantizeBlocks : public Quantize {};

TEST_P(QuantizeBlocks, IsNoWorseThanTheReference) {
  const WeightFormat &format = GetParam();
  std::vector<float> source = readSource();
  Bytes reference = readInput(std::string(format.name) + ".quantized");
  int64_t rowBytes = format.rowBytes(sourceCols);
  ASSERT_EQ(reference.size(), static_cast<size_t>(sourceRows * rowBytes));
  for (int64_t row = 0; row != sourceRows; ++row) {
    std::span<const float> weights = getRow(source, row);
    auto expected = std::span(reference).subspan(row * rowBytes, rowBytes);
    std::optional<Bytes> found = encode(format, weights);
    ASSERT_TRUE(found);
    if (hasRule(format))
      EXPECT_TRUE(std::ranges::equal(*found, expected)) << "row " << row;
    EXPECT_LE(getSquaredError(format, weights, *found),
              getSquaredError(format, weights, expected))
        << "row " << row;
  }
}

/// Eight rows and more of each kind that models have and that could trip a
/// search.
std::vector<std::vector<float>> makeRows() {
  std::vector<std::vector<float>> rows;
  Random random(1);
  auto add = [&](auto &&value) {
    std::vector<float> row(512);
    for (size_t i = 0; i != row.size(); ++i)
      row[i] = value(i, 2 * random.nextFloat() - 1);
    rows.push_back(std::move(row));
  };
  add([](size_t, float x) { return 0.02f * x * x * x; });
  add([](size_t i, float x) { return i == 300 ? -5.0f : 0.01f * x; });
  add([](size_t, float x) { return 3 + 0.1f * x; });  // all positive
  add([](size_t, float x) { return -3 - 0.1f * x; }); // all negative
  add([](size_t, float) { return 0.25f; });
  add([](size_t i, float) { return i % 32 == 7 ? 1.0f : 0.0f; });
  add([](size_t i, float x) { return i < 256 ? 0.0f : x; });
  add([](size_t, float x) { return 1e-6f * x; }); // scales below f16's normals
  add([](size_t, float x) { return 1e4f * x; });
  return rows;
}

TEST_P(QuantizeBlocks, IsNeverWorseThanNothing) {
  const WeightFormat &format = GetParam();
  for (const std::vector<float> &row : makeRows()) {
    std::optional<Bytes> bytes = encode(format, row);
    ASSERT_TRUE(bytes);
    double square = 0;
    for (float x : row)
      square += static_cast<double>(x) * x;
    // A rule does not look at what rounding does to a scale below 2^-24.
    EXPECT_LE(getSquaredError(format, row, *bytes),
              hasRule(format) ? 2 * square : square);
  }
}

TEST_P(QuantizeBlocks, KeepsWhatItHolds) {
  // What was decoded once is encoded as well as it was.
  const WeightFormat &format = GetParam();
  std::vector<float> source = readSource();
  std::span<const float> weights = getRow(source, 0);
  std::vector<float> decoded =
      decode(format, weights.size(), encode(format, weights).value());
  double square = 0;
  for (float x : decoded)
    square += static_cast<double>(x) * x;
  std::optional<Bytes> again = encode(format, decoded);
  ASSERT_TRUE(again);
  EXPECT_LE(getSquaredError(format, decoded, *again), 1e-3 * square);
}

TEST_P(Quantize, ZerosStayZero) {
  const WeightFormat &format = GetParam();
  // 1e-40: no f16 scale, and the inverse of one in f32 would be infinite.
  for (float x : {0.0f, 1e-40f, -1e-30f}) {
    std::vector<float> row(256, x);
    row[17] = -x;
    std::optional<Bytes> bytes = encode(format, row);
    ASSERT_TRUE(bytes);
    if (!format.isPlain())
      EXPECT_EQ(decode(format, row.size(), *bytes),
                std::vector<float>(row.size(), 0))
          << x;
  }
}

TEST_P(Quantize, RefusesWhatIsNotFinite) {
  const WeightFormat &format = GetParam();
  for (float bad : {std::numeric_limits<float>::quiet_NaN(),
                    -std::numeric_limits<float>::infinity()}) {
    std::vector<float> row(256, 0.5f);
    row[170] = bad;
    EXPECT_FALSE(encode(format, row)) << bad;
  }
}

TEST_P(QuantizeBlocks, RefusesWhatHasNoScale) {
  const WeightFormat &format = GetParam();
  std::vector<float> row(256, 0.5f);
  row[170] = 1e12f;
  EXPECT_FALSE(encode(format, row));
  row[170] = std::numeric_limits<float>::max();
  row[171] = std::numeric_limits<float>::lowest();
  EXPECT_FALSE(encode(format, row));
}

TEST(QuantizeF16, RefusesWhatOverflows) {
  std::array<float, 1> row = {65520};
  std::array<std::byte, 2> bytes;
  EXPECT_FALSE(encodeRow(IGNIS_TYPE_F16, row, bytes));
  EXPECT_TRUE(encodeRow(IGNIS_TYPE_BF16, row, bytes));
  row = {65519};
  EXPECT_TRUE(encodeRow(IGNIS_TYPE_F16, row, bytes));
  row = {std::numeric_limits<float>::max()};
  EXPECT_FALSE(encodeRow(IGNIS_TYPE_BF16, row, bytes));
}

TEST(QuantizeQ8_0, RoundsHalfAwayFromZero) {
  std::array<float, 32> x{};
  x[0] = 127; // d = 1
  x[1] = 2.5f;
  x[2] = -2.5f;
  x[3] = 0.49999997f; // where adding a half would round up
  x[4] = -127;
  std::array<std::byte, 34> bytes;
  ASSERT_TRUE(encodeRow(IGNIS_TYPE_Q8_0, x, bytes));
  const int8_t levels[] = {127, 3, -3, 0, -127};
  EXPECT_EQ(std::memcmp(&bytes[2], levels, sizeof(levels)), 0);
}

/// The same bytes on every machine: FNV-1a of all rows above in all formats.
TEST(QuantizeAll, SameEverywhere) {
  uint64_t hash = 0xcbf29ce484222325;
  for (const WeightFormat &format : weightFormats)
    for (const std::vector<float> &row : makeRows()) {
      std::optional<Bytes> bytes = encode(format, row);
      ASSERT_TRUE(bytes);
      for (std::byte byte : *bytes)
        hash = (hash ^ static_cast<uint64_t>(byte)) * 0x100000001b3;
    }
  EXPECT_EQ(hash, 0x2ec3229d9e97805u);
}

std::string getName(const testing::TestParamInfo<WeightFormat> &info) {
  return info.param.name;
}

std::vector<WeightFormat> listBlockFormats() {
  std::vector<WeightFormat> formats;
  for (const WeightFormat &format : weightFormats)
    if (!format.isPlain())
      formats.push_back(format);
  return formats;
}

INSTANTIATE_TEST_SUITE_P(Formats, Quantize, testing::ValuesIn(weightFormats),
                         getName);
INSTANTIATE_TEST_SUITE_P(Formats, QuantizeBlocks,
                         testing::ValuesIn(listBlockFormats()), getName);

TEST(QuantizeBF16, RoundsToNearestEven) {
  EXPECT_EQ(narrowToBF16(1.0f), 0x3f80);
  EXPECT_EQ(narrowToBF16(0x1.01p0f), 0x3f80); // half way, to even
  EXPECT_EQ(narrowToBF16(0x1.03p0f), 0x3f82);
  EXPECT_EQ(narrowToBF16(0x1.010002p0f), 0x3f81);
  EXPECT_EQ(widenBF16(0xc040), -3.0f);
}

} // namespace
