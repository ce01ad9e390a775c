//===- Replay.cpp - Runs a fuzz target without libFuzzer ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In builds that libFuzzer has no part in, this is the program around a target:
// it runs the files that are named, and those of folders, and then as many
// random changes of them as -runs says. Of libFuzzer's options it knows -runs
// and -seed, and no others.
//
//===----------------------------------------------------------------------===//

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <optional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace fs = std::filesystem;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
extern "C" __attribute__((weak)) size_t
LLVMFuzzerCustomMutator(uint8_t *data, size_t size, size_t most, unsigned seed);
extern "C" size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most);

static std::minstd_rand random_;

/// Changes, inserts or removes bytes in one place; what libFuzzer offers to
/// mutators of one's own, more simply.
size_t LLVMFuzzerMutate(uint8_t *data, size_t size, size_t most) {
  auto pick = [](size_t count) {
    return random_() % std::max(count, size_t{1});
  };
  auto byte = [] { return static_cast<uint8_t>(random_() >> 8); };
  size_t at = pick(size);
  switch (pick(4)) {
  case 0:
    if (size != most) {
      std::memmove(data + at + 1, data + at, size - at);
      data[at] = byte();
      return size + 1;
    }
    break;
  case 1:
    if (size > 1) {
      size_t count = 1 + pick(std::min(size - at, size_t{8}));
      std::memmove(data + at, data + at + count, size - at - count);
      return size - count;
    }
    break;
  case 2: // a number at its end
    if (size >= 8) {
      static constexpr uint64_t ends[] = {0, ~uint64_t{0}, ~uint64_t{0} >> 1,
                                          uint64_t{1} << 63, 0xffffffff};
      std::memcpy(data + pick(size - 7), &ends[pick(5)], size_t{1} << pick(4));
      return size;
    }
    break;
  default:
    break;
  }
  if (size == 0)
    size = 1;
  data[at] = byte();
  return size;
}

static void run(const std::string &input) {
  // A copy of its size, so that a sanitizer sees a byte too far.
  std::vector<uint8_t> bytes(input.begin(), input.end());
  LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

static std::string change(std::string input) {
  const size_t most = input.size() + 64;
  const size_t size = input.size();
  input.resize(most);
  auto *data = reinterpret_cast<uint8_t *>(input.data());
  size_t now = size;
  for (auto i = random_() % 3; i <= 2; ++i)
    now = LLVMFuzzerCustomMutator && now != 0
              ? LLVMFuzzerCustomMutator(data, now, most,
                                        static_cast<unsigned>(random_()))
              : LLVMFuzzerMutate(data, now, most);
  input.resize(now);
  return input;
}

/// The number behind `name`, if the argument is that option.
static std::optional<unsigned> parseOption(std::string_view argument,
                                           std::string_view name) {
  if (!argument.starts_with(name))
    return std::nullopt;
  argument.remove_prefix(name.size());
  unsigned value = 0;
  std::from_chars(argument.data(), argument.data() + argument.size(), value);
  return value;
}

static void readFile(const fs::path &path, std::vector<std::string> &inputs) {
  std::ifstream stream(path, std::ios::binary);
  inputs.emplace_back(std::istreambuf_iterator<char>(stream),
                      std::istreambuf_iterator<char>());
}

int main(int argc, char **argv) {
  std::vector<std::string> inputs = {""};
  unsigned runs = 0;
  for (std::string argument : std::vector<std::string>(argv + 1, argv + argc)) {
    if (auto value = parseOption(argument, "-runs="))
      runs = *value;
    else if (auto seed = parseOption(argument, "-seed="))
      random_.seed(*seed);
    else if (argument.starts_with('-'))
      continue;
    else if (fs::is_directory(argument))
      for (const fs::path &path : fs::directory_iterator(argument))
        readFile(path, inputs);
    else
      readFile(argument, inputs);
  }
  // Whatever order the folder has.
  std::sort(inputs.begin(), inputs.end());
  for (const std::string &input : inputs)
    run(input);
  for (unsigned i = 0; i != runs; ++i)
    run(change(inputs[random_() % inputs.size()]));
  std::printf("%zu inputs, %u changes\n", inputs.size(), runs);
}
