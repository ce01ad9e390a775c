//===- SequenceFuzzer.cpp - Any bytes as a saved sequence -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// The first byte tells whether the others are a file as they are, or one whose
// hashes are made right, as no mutation would find them: of the model, if the
// lowest bit is set, and of the content, if the next one is.
//
//===----------------------------------------------------------------------===//

#include "FuzzInput.h"

#include "ignis/Engine/Executor.h"
#include "ignis/Model/Synthesize.h"

#include <cstring>
#include <string>

#include <sys/mman.h>
#include <unistd.h>

using namespace ignis;
using fuzz::require;

namespace {

/// A file in memory, which has a path.
class MemoryFile {
public:
  MemoryFile() : descriptor(memfd_create("ignis", 0)) {
    require(descriptor >= 0, "a file in memory");
  }
  std::string path() const {
    return "/proc/self/fd/" + std::to_string(descriptor);
  }
  void write(std::string_view bytes) {
    require(ftruncate(descriptor, 0) == 0 &&
                pwrite(descriptor, bytes.data(), bytes.size(), 0) ==
                    static_cast<ssize_t>(bytes.size()),
            "the file is written");
  }

private:
  int descriptor;
};

/// Of a small model that is never run.
class Home {
public:
  Home() {
    MemoryFile bytes;
    ModelConfig config = *parseShape("1,64,96,2,1,40,1");
    config.context_length = 200;
    char path[] = "/tmp/ignis-fuzz-sequence-XXXXXX";
    close(mkstemp(path));
    require(synthesize(config, *findRecipe("q8_0"), 1, nullptr, path)
                .has_value(),
            "a model");
    file.emplace(*GGUFFile::open(path));
    unlink(path);
    description = *ModelDescription::read(*file);
    for (const ModelTensor &tensor : description.tensors)
      weights.push_back(
          {tensor.name.c_str(), tensor.rows, tensor.cols, tensor.type, 0, 0});
    entry = {"forward", nullptr, 0, 0, 1, &arena, 64, 0, 0, 0, 0, 0};
    program = {.abi_version = IGNIS_ABI_VERSION,
               .model_hash = static_cast<int64_t>(description.hash),
               .kv_type = IGNIS_TYPE_F16,
               .model = description.config,
               .weight_count = static_cast<int64_t>(weights.size()),
               .weights = weights.data(),
               .entry_count = 1,
               .entries = &entry,
               .head_units = 0};
    model = *Model::create(*file, description, program);
    executor = *Executor::create(*model, {.positions = 256, .threads = 1});
  }

  std::optional<GGUFFile> file;
  ModelDescription description;
  std::vector<ignis_program_weight> weights;
  ignis_linear arena = {64, 64};
  ignis_entry entry;
  ignis_program program;
  std::unique_ptr<Model> model;
  std::unique_ptr<Executor> executor;
};

} // namespace

static uint64_t hashOf(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char byte : bytes)
    hash = (hash ^ static_cast<uint8_t>(byte)) * 0x100000001b3;
  return hash;
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Home home;
  static MemoryFile file;
  fuzz::Input input(data, size);
  uint8_t mends = input.byte();
  std::string bytes(input.rest());
  constexpr size_t modelAt = 16, hashBytes = sizeof(uint64_t);
  if ((mends & 1) && bytes.size() >= modelAt + hashBytes) {
    uint64_t hash = home.model->contentHash();
    std::memcpy(bytes.data() + modelAt, &hash, hashBytes);
  }
  if ((mends & 2) && bytes.size() >= hashBytes) {
    size_t end = bytes.size() - hashBytes;
    uint64_t hash = hashOf(std::string_view(bytes).substr(0, end));
    std::memcpy(bytes.data() + end, &hash, hashBytes);
  }
  file.write(bytes);
  Executor &executor = *home.executor;
  int64_t pages = executor.pageCounts().available;
  {
    SavedText beside;
    Expected<Sequence> loaded = Sequence::load(executor, file.path(), beside);
    if (loaded) {
      require(loaded->position() + std::ssize(beside.pending) <=
                  executor.context(),
              "tokens that there is room for");
      for (int32_t token : loaded->tokens())
        require(token >= 0 && token < home.model->vocab(), "tokens");
    } else {
      require(!loaded.error().message.empty(), "a reason");
    }
  }
  // What was published is kept as long as nobody needs the page.
  require(executor.pageCounts().available == pages, "no page is lost");
  return 0;
}
