//===- ObjectEntryFuzzer.cpp - Any bytes as an entry of the object cache --===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An entry is an object that was stored, to the byte, or none: whatever the bytes
// of the file. (Who computes a checksum, as libFuzzer does by what it is compared
// with, makes the entry of another object.)
//
//===----------------------------------------------------------------------===//

#include "FuzzInput.h"

#include "ignis/Compiler/ObjectStore.h"

#include <filesystem>
#include <fstream>

using namespace ignis;
using fuzz::require;
namespace fs = std::filesystem;

static constexpr std::string_view storedObject = "an object";

/// A store with one entry, in a folder that goes with the program.
namespace {
struct Setting {
  Setting();
  ~Setting() { fs::remove_all(folder); }

  std::string folder = fs::temp_directory_path() / "ignis-fuzz-XXXXXX";
  std::string entry;
};
} // namespace

Setting::Setting() {
  require(mkdtemp(folder.data()) != nullptr, "a folder is made");
  ObjectStore(folder).store("key", {storedObject.data(), storedObject.size()});
  for (const fs::directory_entry &found : fs::directory_iterator(folder))
    if (found.path().extension() != ".timestamp")
      entry = found.path();
  require(!entry.empty(), "an entry is made");
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  static Setting setting;
  std::ofstream(setting.entry, std::ios::binary | std::ios::trunc)
      .write(reinterpret_cast<const char *>(data),
             static_cast<std::streamsize>(size));
  ObjectStore store(setting.folder);
  auto object = store.load("key");
  if (!object)
    return 0;
  std::string taken = object->getBuffer().str();
  object.reset();
  fs::remove(setting.entry);
  store.store("key", taken);
  std::ifstream again(setting.entry, std::ios::binary);
  std::string whole(std::istreambuf_iterator<char>(again), {});
  require(whole == std::string_view(reinterpret_cast<const char *>(data), size),
          "an entry is what was stored, or none");
  return 0;
}
