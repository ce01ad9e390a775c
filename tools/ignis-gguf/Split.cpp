//===- Split.cpp - ignis-gguf split and merge -----------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Commands.h"

#include "ignis/Model/GGUF.h"
#include "ignis/Model/Split.h"

#include <charconv>

using namespace ignis;

namespace {

struct SplitOptions {
  std::string inputPath;
  std::string name;
  std::optional<uint64_t> tensors;
  std::string size;
};

struct MergeOptions {
  std::string inputPath;
  std::string outputPath;
};

} // namespace

/// "300M" or "2G", of powers of ten, as bytes.
static std::optional<uint64_t> parseSize(std::string_view text) {
  uint64_t number = 0;
  const char *end = text.data() + text.size();
  auto [next, error] = std::from_chars(text.data(), end, number);
  std::string_view unit(next, static_cast<size_t>(end - next));
  uint64_t factor = unit == "M" ? 1'000'000 : unit == "G" ? 1'000'000'000 : 0;
  uint64_t bytes;
  if (error != std::errc() || factor == 0 || number == 0 ||
      __builtin_mul_overflow(number, factor, &bytes))
    return std::nullopt;
  return bytes;
}

static Expected<void> runSplit(const SplitOptions &options) {
  SplitLimits limits;
  if (options.tensors)
    limits.tensors = *options.tensors;
  if (!options.size.empty()) {
    std::optional<uint64_t> bytes = parseSize(options.size);
    if (!bytes)
      return makeError(ExitCode::Usage,
                       "--split-max-size: expected a number of megabytes or "
                       "gigabytes, such as 300M or 2G, found {}",
                       quoteForMessage(options.size));
    limits.bytes = *bytes;
  }
  if (!options.tensors && options.size.empty())
    limits.tensors = 128; // as llama.cpp has it
  Expected<uint32_t> parts = splitFile(options.inputPath, options.name, limits);
  if (!parts)
    return tl::unexpected(std::move(parts.error()));
  print(stdout, "{} parts, the first {}\n", *parts,
        getPartPath(options.name, 0, *parts));
  return flushOutput();
}

gguf::Command gguf::addSplit(CLI::App &program) {
  auto options = std::make_shared<SplitOptions>();
  CLI::App *app =
      program.add_subcommand("split", "Writes a model as several files");
  app->add_option("-m,--model,input", options->inputPath, "A GGUF file")
      ->type_name("FILE")
      ->required();
  app->add_option("-o,--output,name", options->name,
                  "What the files' names begin with: "
                  "NAME-00001-of-00003.gguf and so on")
      ->type_name("NAME")
      ->required();
  app->add_option("--split-max-tensors", options->tensors,
                  "Tensors of a file; 128, if no limit is given")
      ->type_name("N")
      ->check(inRange(uint64_t{1}, uint64_t{1} << 32));
  app->add_option("--split-max-size", options->size,
                  "Megabytes or gigabytes of a file's tensors, such as 300M or "
                  "2G; a larger tensor has a file of its own")
      ->type_name("SIZE");
  return {app, [options] { return runSplit(*options); }};
}

gguf::Command gguf::addMerge(CLI::App &program) {
  auto options = std::make_shared<MergeOptions>();
  CLI::App *app =
      program.add_subcommand("merge", "Writes a split model as one file");
  app->add_option("-m,--model,input", options->inputPath,
                  "The first file, NAME-00001-of-0000N.gguf")
      ->type_name("FILE")
      ->required();
  app->add_option("-o,--output,output", options->outputPath,
                  "The file to write")
      ->type_name("FILE")
      ->required();
  return {app, [options] {
            return mergeFile(options->inputPath, options->outputPath);
          }};
}
