//===- GGUFWriterTest.cpp - What is written can be read -------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/GGUFWriter.h"

#include <gtest/gtest.h>

#include <array>
#include <filesystem>

#include <unistd.h>

using namespace ignis;

namespace {

/// A folder that goes with its contents.
class GGUFWriterTest : public testing::Test {
protected:
  void SetUp() override {
    folder =
        testing::TempDir() + std::to_string(getpid()) + "-gguf-writer-test/";
    std::filesystem::remove_all(folder);
    std::filesystem::create_directories(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  static Expected<void> writePart(const std::string &path, uint32_t number,
                                  uint32_t count, std::string_view tensor) {
    Expected<GGUFWriter> writer = GGUFWriter::create(path);
    writer->add("split.no", number);
    writer->add("split.count", count);
    writer->addTensor(tensor, IGNIS_TYPE_F32, std::array<int64_t, 1>{2});
    EXPECT_TRUE(writer->begin());
    const float values[] = {static_cast<float>(number), 1};
    EXPECT_TRUE(writer->write(std::as_bytes(std::span(values))));
    return writer->finish();
  }

  std::string folder;
};

TEST_F(GGUFWriterTest, RoundTrip) {
  std::string path = folder + "a.gguf";
  Expected<GGUFWriter> writer = GGUFWriter::create(path);
  ASSERT_TRUE(writer);
  writer->add("number", uint32_t{7});
  writer->add("real", 0.5f);
  writer->add("text", "ignis");
  writer->addTensor("v", IGNIS_TYPE_F32, std::array<int64_t, 1>{3});
  writer->addTensor("m", IGNIS_TYPE_F16, std::array<int64_t, 2>{2, 3});
  ASSERT_TRUE(writer->begin());
  const float vector[] = {1, 2, 3};
  ASSERT_TRUE(writer->write(std::as_bytes(std::span(vector).first(1))));
  ASSERT_TRUE(writer->write(std::as_bytes(std::span(vector).last(2))));
  const uint16_t matrix[] = {1, 2, 3, 4, 5, 6};
  ASSERT_TRUE(writer->write(std::as_bytes(std::span(matrix))));
  EXPECT_FALSE(std::filesystem::exists(path));
  ASSERT_TRUE(writer->finish());

  Expected<GGUFFile> file = GGUFFile::open(path);
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(file->uint("number"), 7u);
  EXPECT_EQ(file->real("real"), 0.5);
  EXPECT_EQ(file->string("text"), "ignis");
  EXPECT_EQ(file->findTensor("m")->dims, (std::vector<int64_t>{2, 3}));
  EXPECT_EQ(std::memcmp(file->findTensor("v")->data, vector, sizeof(vector)),
            0);
  EXPECT_EQ(std::memcmp(file->findTensor("m")->data, matrix, sizeof(matrix)),
            0);
}

TEST_F(GGUFWriterTest, LeavesNothingUnfinished) {
  {
    Expected<GGUFWriter> writer = GGUFWriter::create(folder + "a.gguf");
    ASSERT_TRUE(writer);
    ASSERT_TRUE(writer->begin());
  }
  EXPECT_TRUE(std::filesystem::is_empty(folder));
}

TEST_F(GGUFWriterTest, ReportsWhatCannotBeWritten) {
  Expected<GGUFWriter> writer = GGUFWriter::create(folder + "none/a.gguf");
  ASSERT_FALSE(writer);
  EXPECT_EQ(writer.error().message, folder + "none/a.gguf: cannot write: No "
                                             "such file or directory");
  EXPECT_EQ(writer.error().code, ExitCode::Failure);

  if (!std::filesystem::exists("/dev/full"))
    GTEST_SKIP() << "no /dev/full";
  Expected<GGUFWriter> full = GGUFWriter::create("/dev/full");
  ASSERT_TRUE(full);
  ASSERT_TRUE(full->begin()); // buffered
  EXPECT_EQ(full->finish().error().message,
            "/dev/full: cannot write: No space left on device");
  EXPECT_TRUE(std::filesystem::exists("/dev/full"));
}

TEST_F(GGUFWriterTest, OpensAllPartsOfASplitModel) {
  ASSERT_TRUE(writePart(folder + "m-00001-of-00002.gguf", 0, 2, "a"));
  ASSERT_TRUE(writePart(folder + "m-00002-of-00002.gguf", 1, 2, "b"));
  Expected<GGUFFile> file = GGUFFile::open(folder + "m-00001-of-00002.gguf");
  ASSERT_TRUE(file) << file.error().message;
  ASSERT_EQ(file->tensors().size(), 2u);
  EXPECT_EQ(file->path(1), folder + "m-00002-of-00002.gguf");
  float value;
  std::memcpy(&value, file->findTensor("b")->data, sizeof(value));
  EXPECT_EQ(value, 1);
}

TEST_F(GGUFWriterTest, RefusesPartsThatDoNotFit) {
  std::string first = folder + "m-00001-of-00002.gguf";
  std::string second = folder + "m-00002-of-00002.gguf";
  ASSERT_TRUE(writePart(first, 0, 2, "a"));
  EXPECT_EQ(GGUFFile::open(first).error().message,
            second + ": cannot open: No such file or directory");
  ASSERT_TRUE(writePart(second, 1, 3, "b"));
  EXPECT_EQ(GGUFFile::open(first).error().message,
            second + ": key 'split.count': expected 2, found 3");
  ASSERT_TRUE(writePart(second, 1, 2, "a"));
  EXPECT_EQ(GGUFFile::open(first).error().message,
            second +
                ": tensor 'a': expected a name that stands once, found it "
                "in " +
                first);
  EXPECT_EQ(GGUFFile::open(second).error().message,
            second + ": part 2 of a model split into 2 files: expected the "
                     "first, NAME-00001-of-00002.gguf");
}

} // namespace
