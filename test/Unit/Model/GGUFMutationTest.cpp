//===- GGUFMutationTest.cpp - Damaged files never crash the reader --------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Meant to be run under AddressSanitizer and UndefinedBehaviorSanitizer.
//
//===----------------------------------------------------------------------===//

#include "ignis/Model/CheckFinite.h"
#include "ignis/Model/Synthesize.h"
#include "ignis/Support/Random.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <fstream>
#include <iterator>

#include <unistd.h>

using namespace ignis;

namespace {

std::string makeModel() {
  std::string path =
      testing::TempDir() + std::to_string(getpid()) + "-mutated.gguf";
  ModelConfig config = *parseShape("2,64,64,2,1,40,0");
  EXPECT_TRUE(synthesize(config, *findRecipe("q8_0"), 1, nullptr, path));
  std::ifstream stream(path, std::ios::binary);
  std::string bytes(std::istreambuf_iterator<char>(stream), {});
  std::remove(path.c_str());
  return bytes;
}

/// Reads everything there is to read.
bool readAll(const std::string &content) {
  // A heap copy of its exact size, so that a sanitizer sees one byte too far.
  std::vector<std::byte> bytes(
      reinterpret_cast<const std::byte *>(content.data()),
      reinterpret_cast<const std::byte *>(content.data()) + content.size());
  Expected<GGUFFile> file = GGUFFile::fromBytes(bytes, "mutated");
  if (!file)
    return false;
  for (const GGUFFile::Entry &entry : file->entries()) {
    (void)file->uint(entry.key);
    (void)file->real(entry.key);
    (void)file->strings(entry.key);
    (void)file->int32s(entry.key);
    (void)file->floats(entry.key);
  }
  (void)checkFinite(*file);
  return ModelDescription::read(*file).has_value();
}

TEST(GGUFMutation, RandomBytes) {
  const std::string original = makeModel();
  ASSERT_TRUE(readAll(original));
  // Most of the damage goes where the structure is.
  constexpr size_t headerSize = 2600;
  Random random(7);
  int refused = 0;
  for (int round = 0; round != 20000; ++round) {
    std::string bytes = original;
    for (uint64_t i = 0; i <= random.next() % 3; ++i)
      bytes[random.next() % headerSize] = static_cast<char>(random.next());
    refused += !readAll(bytes);
  }
  EXPECT_GT(refused, 10000);
}

TEST(GGUFMutation, SetNumbersToExtremes) {
  const std::string original = makeModel();
  for (size_t at = 0; at + 8 <= 2600; ++at)
    for (uint64_t value : {uint64_t{0}, ~uint64_t{0}, uint64_t{1} << 63,
                           ~uint64_t{0} >> 1, uint64_t{0xffffffff}}) {
      std::string bytes = original;
      std::memcpy(&bytes[at], &value, sizeof(value));
      readAll(bytes);
    }
}

TEST(GGUFMutation, EveryTruncation) {
  const std::string original = makeModel();
  // The last tensor may be followed by padding.
  for (size_t size = 0; size + 32 <= original.size();
       size += size < 2600 ? 1 : 997)
    EXPECT_FALSE(readAll(original.substr(0, size))) << size;
}

} // namespace
