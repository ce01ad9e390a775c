//===- MappedRegionTest.cpp - Pages that are gone -------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Support/MappedRegion.h"
#include "ignis/Support/Program.h"

#include "gtest/gtest.h"

#include <atomic>
#include <filesystem>
#include <thread>
#include <vector>

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace ignis;

namespace {

constexpr size_t size = 16384;

class MappedRegionTest : public testing::Test {
protected:
  std::string path = testing::TempDir() + "ignis-mapped-region-" +
                     std::to_string(getpid());

  ~MappedRegionTest() override { std::filesystem::remove(path); }
};

/// Several threads read, at one moment, a mapping of `path` whose file became
/// empty meanwhile.
[[noreturn]] void readTogether(const std::string &path) {
  int file = open(path.c_str(), O_RDWR | O_CREAT | O_TRUNC, 0600);
  if (file < 0 || ftruncate(file, size) != 0)
    _exit(98);
  void *data = mmap(nullptr, size, PROT_READ, MAP_PRIVATE, file, 0);
  if (data == MAP_FAILED)
    _exit(98);
  std::span mapping(static_cast<const std::byte *>(data), size);
  registerMapping(mapping, path);
  if (ftruncate(file, 0) != 0)
    _exit(98);

  constexpr int count = 4;
  std::atomic<int> waiting = count;
  std::vector<std::thread> threads;
  for (int i = 0; i != count; ++i)
    threads.emplace_back([&] {
      for (--waiting; waiting != 0;) {
      }
      volatile std::byte byte = mapping[size / 2];
      static_cast<void>(byte);
    });
  for (std::thread &thread : threads)
    thread.join();
  _exit(99); // a page was there after all
}

TEST_F(MappedRegionTest, ThreadsThatFaultTogetherEndInOneLine) {
  for (int run = 0; run != 200; ++run) {
    int ends[2];
    ASSERT_EQ(pipe(ends), 0);
    pid_t child = fork();
    if (child == 0) {
      dup2(ends[1], STDERR_FILENO);
      _exit(runProgram("reader", [&] {
        readTogether(path);
        return 0;
      }));
    }
    close(ends[1]);
    std::string said;
    char buffer[4096];
    for (ssize_t n; (n = read(ends[0], buffer, sizeof buffer)) > 0;)
      said.append(buffer, static_cast<size_t>(n));
    close(ends[0]);
    int status = -1;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status)) << "signal " << WTERMSIG(status);
    EXPECT_EQ(WEXITSTATUS(status), static_cast<int>(ExitCode::InvalidModel));
    ASSERT_EQ(said, "reader: error: " + path +
                        ": became shorter while it was read\n");
  }
}

} // namespace
