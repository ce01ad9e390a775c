//===- GGUFFileTest.cpp - The reader, and what it refuses -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "GGUFBytes.h"

#include <gtest/gtest.h>

using namespace ignis;
using namespace ignis::test;

namespace {

constexpr uint64_t huge = uint64_t{1} << 60;

TEST(GGUFFile, ReadsEveryType) {
  GGUFBytes bytes(2, 14);
  bytes.key<uint8_t>("u8", GGUFType::UInt8, 200)
      .key<int8_t>("i8", GGUFType::Int8, -3)
      .key<uint16_t>("u16", GGUFType::UInt16, 40000)
      .key<int16_t>("i16", GGUFType::Int16, 7)
      .key<uint32_t>("u32", GGUFType::UInt32, 4000000000)
      .key<int32_t>("i32", GGUFType::Int32, -4)
      .key<float>("f32", GGUFType::Float32, 0.5f)
      .key<uint64_t>("u64", GGUFType::UInt64, huge)
      .key<int64_t>("i64", GGUFType::Int64, -5)
      .key<double>("f64", GGUFType::Float64, 0.25)
      .key<uint8_t>("yes", GGUFType::Bool, 1);
  bytes.key("text", GGUFType::String).string("Grüße");
  bytes.key("words", GGUFType::Array)
      .number(GGUFType::String)
      .number<uint64_t>(2)
      .string("a")
      .string("");
  bytes.key("ids", GGUFType::Array)
      .number(GGUFType::Int32)
      .number<uint64_t>(2)
      .number<int32_t>(-1)
      .number<int32_t>(9);
  bytes.tensor("m", {32, 2}, IGNIS_TYPE_Q8_0, 0)
      .tensor("v", {3}, IGNIS_TYPE_F32, 96)
      .align();
  size_t dataBegin = bytes.content.size();
  bytes.zeros(96 + 12);

  Expected<GGUFFile> file = bytes.open();
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->version(), 3u);
  EXPECT_EQ(file->alignment(), 32u);
  EXPECT_EQ(file->fileSize(), bytes.content.size());
  EXPECT_EQ(file->uint("u8"), 200u);
  EXPECT_EQ(file->uint("u16"), 40000u);
  EXPECT_EQ(file->uint("i16"), 7u);
  EXPECT_EQ(file->uint("u32"), 4000000000u);
  EXPECT_EQ(file->uint("u64"), huge);
  EXPECT_EQ(file->uintOr("none", 11), 11u);
  EXPECT_EQ(file->real("f32"), 0.5);
  EXPECT_EQ(file->real("f64"), 0.25);
  EXPECT_EQ(file->realOr("none", 2), 2);
  EXPECT_EQ(file->boolOr("yes", false), true);
  EXPECT_EQ(file->boolOr("none", false), false);
  EXPECT_EQ(file->string("text"), "Grüße");
  EXPECT_EQ(file->strings("words"), (std::vector<std::string_view>{"a", ""}));
  EXPECT_EQ(file->int32s("ids"), (std::vector<int32_t>{-1, 9}));
  EXPECT_EQ(std::get<int64_t>(file->find("i64")->value), -5);
  EXPECT_EQ(file->find("none"), nullptr);

  const GGUFTensor *matrix = file->findTensor("m");
  ASSERT_NE(matrix, nullptr);
  EXPECT_EQ(matrix->dims, (std::vector<int64_t>{2, 32}));
  EXPECT_EQ(matrix->byteSize, 68u);
  EXPECT_EQ(matrix->fileOffset, dataBegin);
  EXPECT_EQ(matrix->bytes().size(), 68u);
  EXPECT_EQ(file->findTensor("v")->fileOffset, dataBegin + 96);
}

TEST(GGUFFile, ReadsDescriptionsWithoutData) {
  GGUFBytes bytes(1, 0);
  bytes.tensor("m", {32, 2}, IGNIS_TYPE_Q8_0, 0);
  EXPECT_FALSE(bytes.open());
  Expected<GGUFFile> file = bytes.open(GGUFFile::Mode::Header);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->findTensor("m")->data, nullptr);
}

TEST(GGUFFile, RefusesOtherTypesByName) {
  GGUFBytes bytes(0, 3);
  bytes.key<int32_t>("i", GGUFType::Int32, -4);
  bytes.key("s", GGUFType::String).string("x");
  bytes.key("a", GGUFType::Array).number(GGUFType::Int8).number<uint64_t>(0);
  Expected<GGUFFile> file = bytes.open();
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(
      file->uint("i").error().message,
      "f.gguf: key 'i': value at offset 37: expected an unsigned integer, "
      "found -4");
  EXPECT_EQ(file->real("s").error().message,
            "f.gguf: key 's': value at offset 54: expected a floating-point "
            "number, found string");
  EXPECT_EQ(file->int32s("a").error().message,
            "f.gguf: key 'a': value at offset 76: expected an array of int32, "
            "found an array of int8");
  EXPECT_EQ(file->strings("b").error().message,
            "f.gguf: key 'b': expected an array of string, found no such key");
  EXPECT_EQ(file->uint("i").error().code, ExitCode::InvalidModel);
}

TEST(GGUFFile, RefusesAPathThatIsNoFile) {
  EXPECT_EQ(GGUFFile::open("/no/such.gguf").error().message,
            "/no/such.gguf: cannot open: No such file or directory");
  EXPECT_EQ(GGUFFile::open("/").error().message,
            "/: cannot open: not a regular file");
  EXPECT_EQ(GGUFFile::open("/").error().code, ExitCode::InvalidModel);
}

//===----------------------------------------------------------------------===//
// Corruptions
//===----------------------------------------------------------------------===//

struct Corruption {
  const char *name;
  std::string bytes;
  std::string message;
};

std::string withVersion(uint32_t version) {
  return GGUFBytes(0, 0, version).content;
}

/// One key, written by `write`.
template <typename Write>
std::string withKey(Write write) {
  GGUFBytes bytes(0, 1);
  write(bytes);
  return bytes.zeros(32).content;
}

std::string withBool(uint8_t value) {
  return withKey([&](GGUFBytes &b) { b.key("k", GGUFType::Bool, value); });
}

template <typename T>
std::string withAlignment(GGUFType type, T value) {
  return withKey(
      [&](GGUFBytes &b) { b.key("general.alignment", type, value); });
}

std::string withArray(GGUFType type, uint64_t count) {
  return withKey([&](GGUFBytes &b) {
    b.key("k", GGUFType::Array).number(type).number(count);
  });
}

std::string withTensor(std::string_view name, std::vector<int64_t> dims,
                       uint32_t type, uint64_t offset) {
  return GGUFBytes(1, 0)
      .tensor(name, std::move(dims), type, offset)
      .align()
      .zeros(128)
      .content;
}

const std::vector<Corruption> &corruptions() {
  static const std::vector<Corruption> all = {
      {"Empty", "",
       "magic at offset 0: expected 4 bytes, found 0 before the end "
       "of the file"},
      {"Magic", "GGML0000000000000000000000000000",
       "magic at offset 0: expected 'GGUF', found 'GGML'"},
      {"NoVersion", "GGUF\3",
       "version at offset 4: expected 4 bytes, found 1 before the end of the "
       "file"},
      {"Version0", withVersion(0),
       "version at offset 4: expected 2 or 3, found 0"},
      {"Version1", withVersion(1),
       "version at offset 4: expected 2 or 3, found 1"},
      {"Version4", withVersion(4),
       "version at offset 4: expected 2 or 3, found 4"},
      {"BigEndian", withVersion(0x03000000),
       "version at offset 4: expected a little-endian file, found a big-endian "
       "one"},
      {"TensorCount", GGUFBytes(huge, 0).zeros(64).content,
       "tensor count at offset 8: expected at most 2 in the bytes left, found "
       "1152921504606846976"},
      {"KeyCount", GGUFBytes(0, huge).zeros(64).content,
       "key count at offset 16: expected at most 4 in the bytes left, found "
       "1152921504606846976"},

      {"KeySize", withKey([](GGUFBytes &b) { b.number(huge); }),
       "key 1 of 1: key at offset 24: expected at most 65535 bytes, found "
       "1152921504606846976"},
      {"KeyCut", withKey([](GGUFBytes &b) { b.number<uint64_t>(1000); }),
       "key 1 of 1: key at offset 32: expected 1000 bytes, found 32 before the "
       "end of the file"},
      {"KeyEmpty", withKey([](GGUFBytes &b) { b.string(""); }),
       "key 1 of 1: key at offset 24: expected a name, found an empty string"},
      {"KeyControl", withKey([](GGUFBytes &b) { b.string("a\nb"); }),
       "key 1 of 1: key at offset 24: expected a name without control "
       "characters, found 'a\\x0ab'"},
      {"KeyControlOf8Bits",
       withKey([](GGUFBytes &b) { b.string("\u009b31m"); }),
       "key 1 of 1: key at offset 24: expected a name without control "
       "characters, found '\\x9b31m'"},
      {"KeyUTF8", withKey([](GGUFBytes &b) { b.string("a\xff"); }),
       "key 1 of 1: key at offset 32: expected valid UTF-8, found bytes that "
       "are none"},
      {"KeySurrogate", withKey([](GGUFBytes &b) { b.string("\xed\xa0\x80"); }),
       "key 1 of 1: key at offset 32: expected valid UTF-8, found bytes that "
       "are none"},
      {"KeyTwice",
       GGUFBytes(0, 2)
           .key<uint8_t>("k", GGUFType::UInt8, 1)
           .key<uint8_t>("k", GGUFType::UInt8, 1)
           .content,
       "key 'k': key at offset 38: expected a key that stands once, found it "
       "again"},
      {"KeyType", withKey([](GGUFBytes &b) { b.string("k").number(13); }),
       "key 'k': type at offset 33: expected a value type from 0 to 12, found "
       "13"},
      {"StringSize",
       withKey([](GGUFBytes &b) { b.key("k", GGUFType::String, huge); }),
       "key 'k': value at offset 45: expected 1152921504606846976 bytes, found "
       "32 before the end of the file"},
      {"StringUTF8", withKey([](GGUFBytes &b) {
         b.key("k", GGUFType::String).string("\xc3\x28");
       }),
       "key 'k': value at offset 45: expected valid UTF-8, found bytes that "
       "are "
       "none"},
      {"Bool", withBool(2),
       "key 'k': value at offset 37: expected a bool of 0 or 1, found 2"},
      {"BoolInArray", withKey([](GGUFBytes &b) {
         b.key("k", GGUFType::Array)
             .number(GGUFType::Bool)
             .number<uint64_t>(2)
             .raw("\1\3");
       }),
       "key 'k': value at offset 50: expected a bool of 0 or 1, found 3"},
      {"ArrayType", withArray(static_cast<GGUFType>(99), 1),
       "key 'k': element type at offset 37: expected a value type from 0 to "
       "12, "
       "found 99"},
      {"ArrayOfArrays", withArray(GGUFType::Array, 1),
       "key 'k': element type at offset 37: expected no array within an array, "
       "found one"},
      {"ArrayCount", withArray(GGUFType::Int64, huge),
       "key 'k': element count at offset 41: expected at most 4 in the bytes "
       "left, found 1152921504606846976"},
      {"ArrayOfStringsCount", withArray(GGUFType::String, 5),
       "key 'k': element count at offset 41: expected at most 4 in the bytes "
       "left, found 5"},
      {"ArrayElementSize", withKey([](GGUFBytes &b) {
         b.key("k", GGUFType::Array)
             .number(GGUFType::String)
             .number<uint64_t>(1)
             .number(huge);
       }),
       "key 'k': element at offset 57: expected 1152921504606846976 bytes, "
       "found 32 before the end of the file"},

      {"AlignmentZero", withAlignment<uint32_t>(GGUFType::UInt32, 0),
       "key 'general.alignment': value at offset 53: expected a power of two "
       "from 8 up, found 0"},
      {"AlignmentOdd", withAlignment<uint32_t>(GGUFType::UInt32, 24),
       "key 'general.alignment': value at offset 53: expected a power of two "
       "from 8 up, found 24"},
      {"AlignmentType", withAlignment<uint64_t>(GGUFType::UInt64, 32),
       "key 'general.alignment': value at offset 53: expected a uint32, found "
       "uint64"},

      {"TensorNameSize", withTensor(std::string(65, 'x'), {1}, 0, 0),
       "tensor 1 of 1: name at offset 24: expected at most 64 bytes, found 65"},
      {"TensorNameEmpty", withTensor("", {1}, 0, 0),
       "tensor 1 of 1: name at offset 24: expected a name, found an empty "
       "string"},
      {"TensorTwice",
       GGUFBytes(2, 0).tensor("t", {1}, 0, 0).tensor("t", {1}, 0, 32).content,
       "tensor 't': name at offset 57: expected a name that stands once, found "
       "it again"},
      {"NoDims", withTensor("t", {}, 0, 0),
       "tensor 't': dimension count at offset 33: expected 1 to 4, found 0"},
      {"FiveDims", withTensor("t", {1, 1, 1, 1, 1}, 0, 0),
       "tensor 't': dimension count at offset 33: expected 1 to 4, found 5"},
      {"DimZero", withTensor("t", {4, 0}, 0, 0),
       "tensor 't': dimension at offset 45: expected a positive number, found "
       "0"},
      {"DimNegative", withTensor("t", {-4}, 0, 0),
       "tensor 't': dimension at offset 37: expected a positive number, found "
       "-4"},
      {"ElementOverflow", withTensor("t", {1 << 30, 1 << 30, 16}, 0, 0),
       "tensor 't': dimension at offset 53: expected fewer than 2^63 elements, "
       "found more"},
      {"ByteOverflow", withTensor("t", {int64_t{1} << 62}, 0, 0),
       "tensor 't': type at offset 45: expected fewer than 2^63 bytes, found "
       "more"},
      {"TensorType", withTensor("t", {4}, 4, 0),
       "tensor 't': type at offset 45: expected a tensor type of the format, "
       "found 4"},
      {"RowOfBlocks", withTensor("t", {30}, IGNIS_TYPE_Q8_0, 0),
       "tensor 't': type at offset 45: expected rows of a multiple of 32 "
       "elements for q8_0, found 30"},
      {"Misaligned", withTensor("t", {4}, 0, 8),
       "tensor 't': offset at offset 49: expected a multiple of 32, found 8"},
      {"OffsetOverflow", withTensor("t", {4}, 0, ~uint64_t{31}),
       "tensor 't': data at offset 57: expected an end below 2^64, found "
       "offset "
       "18446744073709551584 and 16 bytes"},
      {"LastTensorCut", withTensor("t", {33}, 0, 0),
       "tensor 't': data at offset 64: expected 132 bytes, found a file that "
       "ends at 192"},
      {"Overlap",
       GGUFBytes(2, 0)
           .tensor("t", {16}, 0, 0)
           .tensor("u", {16}, 0, 32)
           .align()
           .zeros(128)
           .content,
       "tensor 'u': data at offset 128: expected bytes of its own, found those "
       "of 't'"},
  };
  return all;
}

class GGUFCorruption : public testing::TestWithParam<Corruption> {};

TEST_P(GGUFCorruption, IsRefused) {
  Expected<GGUFFile> file =
      GGUFFile::fromBytes(std::as_bytes(std::span(GetParam().bytes)), "f.gguf");
  ASSERT_FALSE(file);
  EXPECT_EQ(file.error().message, "f.gguf: " + GetParam().message);
  EXPECT_EQ(file.error().code, ExitCode::InvalidModel);
}

INSTANTIATE_TEST_SUITE_P(All, GGUFCorruption, testing::ValuesIn(corruptions()),
                         [](const auto &info) { return info.param.name; });

} // namespace
