//===- OutputFileTest.cpp - Files appear when they are whole --------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/OutputFile.h"
#include "ignis/Support/InputFile.h"

#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ignis;
namespace fs = std::filesystem;

namespace {

class OutputFileTest : public testing::Test {
protected:
  void SetUp() override {
    folder =
        testing::TempDir() + std::to_string(getpid()) + "-output-file-test/";
    fs::remove_all(folder);
    fs::create_directories(folder);
  }
  void TearDown() override { fs::remove_all(folder); }

  std::string read(const std::string &name) {
    Expected<std::string> text = readFile(folder + name);
    return text ? *text : text.error().message;
  }
  /// Of all that is there.
  size_t count() {
    return size_t(std::distance(fs::directory_iterator(folder),
                                fs::directory_iterator()));
  }

  std::string folder;
};

TEST_F(OutputFileTest, AppearsWhenItIsFinished) {
  ASSERT_TRUE(writeFile(folder + "a", "old"));
  Expected<OutputFile> file = OutputFile::create(folder + "a");
  ASSERT_TRUE(file);
  std::string large(200000, 'x');
  EXPECT_TRUE(file->write("small"));
  EXPECT_TRUE(file->write(large));
  EXPECT_TRUE(file->write("end"));
  EXPECT_EQ(read("a"), "old");
  OutputFile moved = std::move(*file);
  EXPECT_TRUE(moved.finish());
  EXPECT_EQ(read("a"), "small" + large + "end");
  EXPECT_EQ(count(), 1u);
}

TEST_F(OutputFileTest, UnfinishedLeavesWhatWasThere) {
  ASSERT_TRUE(writeFile(folder + "a", "old"));
  for (const char *name : {"a", "b"}) {
    Expected<OutputFile> file = OutputFile::create(folder + name);
    ASSERT_TRUE(file);
    EXPECT_TRUE(file->write("new"));
  }
  EXPECT_EQ(read("a"), "old");
  EXPECT_EQ(count(), 1u);
}

TEST_F(OutputFileTest, OfManyWritersTheLastOneStands) {
  std::vector<std::thread> writers;
  std::atomic<int> failures = 0;
  for (int i = 0; i != 8; ++i)
    writers.emplace_back([&, i] {
      for (int round = 0; round != 20; ++round)
        failures += !writeFile(folder + "a",
                               std::string(1000, static_cast<char>('a' + i)));
    });
  for (std::thread &writer : writers)
    writer.join();
  EXPECT_EQ(failures, 0);
  std::string text = read("a");
  EXPECT_EQ(text, std::string(1000, text[0]));
  EXPECT_EQ(count(), 1u);
}

/// Between the check and the renaming someone may have put something else
/// there.
TEST_F(OutputFileTest, WhatIsNoFileByNowIsNotReplaced) {
  Expected<OutputFile> file = OutputFile::create(folder + "a");
  ASSERT_TRUE(file);
  ASSERT_EQ(mkfifo((folder + "a").c_str(), 0600), 0);
  EXPECT_TRUE(file->write("new"));
  Expected<void> finished = file->finish();
  ASSERT_FALSE(finished);
  EXPECT_EQ(finished.error().message, folder + "a: cannot write: File exists");
  EXPECT_TRUE(fs::is_fifo(folder + "a"));
  EXPECT_EQ(count(), 1u);
}

TEST_F(OutputFileTest, AForeignOwnerIsKept) {
  if (geteuid() != 0)
    GTEST_SKIP() << "only root gives files away";
  ASSERT_TRUE(writeFile(folder + "a", "old"));
  ASSERT_EQ(chown((folder + "a").c_str(), 65534, 65533), 0);
  ASSERT_EQ(chmod((folder + "a").c_str(), 0604), 0);
  ASSERT_TRUE(writeFile(folder + "a", "new"));
  struct stat status;
  ASSERT_EQ(stat((folder + "a").c_str(), &status), 0);
  EXPECT_EQ(status.st_uid, 65534u);
  EXPECT_EQ(status.st_gid, 65533u);
  EXPECT_EQ(status.st_mode & 07777, 0604u);
}

/// What others may not change is not replaced; root may change all.
TEST_F(OutputFileTest, AReadOnlyFileIsRefused) {
  ASSERT_TRUE(writeFile(folder + "a", "old"));
  ASSERT_EQ(chmod((folder + "a").c_str(), 0444), 0);
  ASSERT_EQ(chmod(folder.c_str(), 0777), 0);
  pid_t child = fork();
  if (child == 0) {
    bool isOther = geteuid() != 0 || seteuid(65534) == 0;
    Expected<void> written = writeFile(folder + "a", "new");
    _exit(isOther && !written &&
                  written.error().message ==
                      folder + "a: cannot write: Permission denied"
              ? 0
              : 1);
  }
  int status = -1;
  ASSERT_EQ(waitpid(child, &status, 0), child);
  EXPECT_EQ(status, 0);
  EXPECT_EQ(read("a"), "old");
}

TEST_F(OutputFileTest, TheModelIsNoOutput) {
  ASSERT_TRUE(writeFile(folder + "model", "weights"));
  fs::create_symlink("model", folder + "link");
  fs::create_hard_link(folder + "model", folder + "other");
  fs::create_directory(folder + "inner");
  for (const char *name : {"model", "link", "other", "inner/../model"})
    EXPECT_FALSE(checkLeavesModel(folder + name, folder + "model")) << name;
  for (const char *name : {"new", "", "link/x"})
    EXPECT_TRUE(checkLeavesModel(folder + name, folder + "model")) << name;
  EXPECT_TRUE(checkLeavesModel("/dev/null", "/dev/null"));
}

} // namespace
