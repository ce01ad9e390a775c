//===- SplitTest.cpp - Models in several files ----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/Split.h"
#include "ignis/Model/GGUFWriter.h"

#include <gtest/gtest.h>

#include <array>
#include <cstring>
#include <filesystem>
#include <fstream>

#include <unistd.h>

using namespace ignis;

namespace {

class SplitTest : public testing::Test {
protected:
  void SetUp() override {
    folder = testing::TempDir() + std::to_string(getpid()) + "-split-test/";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
    whole = folder + "whole.gguf";
    Expected<GGUFWriter> writer = GGUFWriter::create(whole);
    writer->add("general.name", "whole");
    for (int64_t i = 0; i != tensorCount; ++i)
      writer->addTensor(fmt::format("t{}", i), IGNIS_TYPE_F32,
                        std::array<int64_t, 1>{i + 1});
    ASSERT_TRUE(writer->begin());
    for (int64_t i = 0; i != tensorCount; ++i) {
      std::vector<float> values(i + 1, static_cast<float>(i));
      ASSERT_TRUE(writer->write(std::as_bytes(std::span(values))));
    }
    ASSERT_TRUE(writer->finish());
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string part(uint64_t index, uint64_t count) const {
    return getPartPath(folder + "m", index, count);
  }
  static std::string read(const std::string &path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  static void write(const std::string &path, const std::string &content) {
    std::ofstream(path, std::ios::binary) << content;
  }
  /// The text after a key's name, its type and its value, in a file that holds
  /// it once.
  static void setKey(const std::string &path, std::string_view key,
                     uint16_t value) {
    std::string content = read(path);
    size_t at = content.find(key);
    ASSERT_NE(at, std::string::npos);
    std::memcpy(&content[at + key.size() + sizeof(uint32_t)], &value,
                sizeof(value));
    write(path, content);
  }

  static constexpr int64_t tensorCount = 9;
  std::string folder;
  std::string whole;
};

TEST_F(SplitTest, ByTensorsAndBack) {
  EXPECT_EQ(splitFile(whole, folder + "m", {.tensors = 4}), 3u);
  Expected<GGUFFile> file = GGUFFile::open(part(0, 3));
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->partCount(), 3u);
  EXPECT_EQ(file->tensors().size(), 9u);
  EXPECT_EQ(file->findTensor("t8")->part, 2u);
  EXPECT_EQ(file->string("general.name"), "whole");
  EXPECT_EQ(file->uint("split.tensors.count"), 9u);
  EXPECT_EQ(file->find("split.count")->type, GGUFType::UInt16);
  EXPECT_EQ(file->find("split.tensors.count")->type, GGUFType::Int32);

  ASSERT_TRUE(mergeFile(part(0, 3), folder + "merged.gguf"));
  EXPECT_EQ(read(folder + "merged.gguf"), read(whole));
}

TEST_F(SplitTest, BySizeAndBack) {
  // t0 to t7 take 32 bytes each, t8 takes 64.
  EXPECT_EQ(splitFile(whole, folder + "m", {.bytes = 96}), 4u);
  Expected<GGUFFile> file = GGUFFile::open(part(0, 4));
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->findTensor("t2")->part, 0u);
  EXPECT_EQ(file->findTensor("t3")->part, 1u);
  EXPECT_EQ(file->findTensor("t8")->part, 3u);
  ASSERT_TRUE(mergeFile(part(0, 4), folder + "merged.gguf"));
  EXPECT_EQ(read(folder + "merged.gguf"), read(whole));
  // What is split again leaves its old parts alone.
  EXPECT_EQ(splitFile(part(0, 4), folder + "n", {.bytes = 1}), 9u);
}

TEST_F(SplitTest, OnePartHasAllThereIs) {
  EXPECT_EQ(splitFile(whole, folder + "m", {}), 1u);
  ASSERT_TRUE(mergeFile(part(0, 1), folder + "merged.gguf"));
  EXPECT_EQ(read(folder + "merged.gguf"), read(whole));
}

TEST_F(SplitTest, LeavesWhatItReads) {
  ASSERT_TRUE(splitFile(whole, folder + "m", {.tensors = 5}));
  std::string second = read(part(1, 2));
  EXPECT_EQ(splitFile(part(0, 2), folder + "m", {.tensors = 5}).error().message,
            part(0, 2) + ": the output would take the place of the model");
  EXPECT_EQ(mergeFile(part(0, 2), part(1, 2)).error().message,
            part(1, 2) + ": the output would take the place of the model");
  EXPECT_EQ(read(part(1, 2)), second);
}

TEST_F(SplitTest, FailureLeavesNoParts) {
  // Where the third part would be stands a folder.
  std::filesystem::create_directories(part(2, 3) + "/x");
  Expected<uint32_t> parts = splitFile(whole, folder + "m", {.tensors = 4});
  ASSERT_FALSE(parts);
  EXPECT_EQ(parts.error().code, ExitCode::Failure);
  EXPECT_FALSE(std::filesystem::exists(part(0, 3)));
  EXPECT_FALSE(std::filesystem::exists(part(1, 3)));
}

TEST_F(SplitTest, RefusesMissingAndExchangedParts) {
  ASSERT_TRUE(splitFile(whole, folder + "m", {.tensors = 3}));
  std::string second = read(part(1, 3)), third = read(part(2, 3));
  write(part(1, 3), third);
  write(part(2, 3), second);
  EXPECT_EQ(GGUFFile::open(part(0, 3)).error().message,
            part(1, 3) + ": key 'split.no': expected 1, found 2");
  std::filesystem::remove(part(1, 3));
  EXPECT_EQ(mergeFile(part(0, 3), folder + "merged.gguf").error().message,
            part(1, 3) + ": cannot open: No such file or directory");
  EXPECT_FALSE(std::filesystem::exists(folder + "merged.gguf"));
}

TEST_F(SplitTest, RefusesCountsThatDoNotFit) {
  ASSERT_TRUE(splitFile(whole, folder + "m", {.tensors = 5}));
  std::string first = read(part(0, 2));
  setKey(part(0, 2), "split.tensors.count", 8);
  EXPECT_EQ(GGUFFile::open(part(0, 2)).error().message,
            part(0, 2) + ": key 'split.tensors.count': expected 9, the tensors "
                         "of all parts, found 8");
  write(part(0, 2), first);
  setKey(part(0, 2), "split.count", 65535);
  EXPECT_EQ(GGUFFile::open(part(0, 2)).error().message,
            part(0, 2) + ": part 1 of a model split into 65535 files: expected "
                         "the first, NAME-00001-of-65535.gguf");
  // A name that agrees asks for 65,534 parts that are not there.
  std::filesystem::rename(part(0, 2), part(0, 65535));
  EXPECT_EQ(GGUFFile::open(part(0, 65535)).error().message,
            part(1, 65535) + ": cannot open: No such file or directory");
}

TEST_F(SplitTest, VersionsMayBeMixed) {
  ASSERT_TRUE(splitFile(whole, folder + "m", {.tensors = 5}));
  std::string second = read(part(1, 2));
  second[4] = 2; // the version
  write(part(1, 2), second);
  ASSERT_TRUE(mergeFile(part(0, 2), folder + "merged.gguf"));
  EXPECT_EQ(read(folder + "merged.gguf"), read(whole));
  second[4] = 4;
  write(part(1, 2), second);
  EXPECT_EQ(GGUFFile::open(part(0, 2)).error().message,
            part(1, 2) + ": version at offset 4: expected 2 or 3, found 4");
}

TEST_F(SplitTest, FileWithoutTensors) {
  std::string empty = folder + "empty.gguf";
  Expected<GGUFWriter> writer = GGUFWriter::create(empty);
  writer->add("general.name", "empty");
  ASSERT_TRUE(writer->begin());
  ASSERT_TRUE(writer->finish());
  EXPECT_EQ(splitFile(empty, folder + "m", {.tensors = 1}), 1u);
  ASSERT_TRUE(mergeFile(part(0, 1), folder + "merged.gguf"));
  EXPECT_EQ(read(folder + "merged.gguf"), read(empty));
}

} // namespace
