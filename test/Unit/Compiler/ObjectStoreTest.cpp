//===- ObjectStoreTest.cpp - Objects that cannot be used ------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "Compilation.h"
#include "ObjectKey.h"

#include "ignis/Compiler/ObjectStore.h"
#include "ignis/Model/Bundled.h"

#include <gtest/gtest.h>

#include <filesystem>

#include <unistd.h>

using namespace ignis;

namespace {

class ObjectStoreTest : public testing::Test {
protected:
  void SetUp() override {
    folder =
        testing::TempDir() + std::to_string(getpid()) + "-object-store-test";
    std::filesystem::remove_all(folder);
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  std::string folder;
};

TEST_F(ObjectStoreTest, KeepsByKey) {
  ObjectStore store(folder);
  EXPECT_FALSE(store.load("a"));
  store.store("a", "object a");
  store.store("b", "");
  ASSERT_TRUE(store.load("a"));
  EXPECT_EQ(store.load("a")->getBuffer(), "object a");
  ASSERT_TRUE(store.load("b"));
  EXPECT_EQ(store.load("b")->getBuffer(), "");
  store.store("a", "another");
  EXPECT_EQ(store.load("a")->getBuffer(), "another");
  store.remove("a");
  EXPECT_FALSE(store.load("a"));
  EXPECT_TRUE(store.load("b"));
}

TEST_F(ObjectStoreTest, AnEntryUnderAnothersNameIsNone) {
  ObjectStore store(folder);
  store.store("a", "object a");
  std::filesystem::path a = *std::filesystem::directory_iterator(folder);
  if (a.filename() == "llvmcache.timestamp")
    a = *std::next(std::filesystem::directory_iterator(folder));
  std::filesystem::path kept = folder + "-kept";
  std::filesystem::rename(a, kept);
  store.store("b", "object b");
  for (const auto &entry : std::filesystem::directory_iterator(folder))
    if (entry.path().filename() != "llvmcache.timestamp")
      std::filesystem::rename(kept, entry.path());
  EXPECT_FALSE(store.load("b"));
}

TEST_F(ObjectStoreTest, NowhereKeepsNothing) {
  for (const char *nowhere : {"", "/proc/no-such-place", "/dev/null"}) {
    ObjectStore store(nowhere);
    store.store("a", "object a");
    EXPECT_FALSE(store.load("a"));
  }
}

TEST_F(ObjectStoreTest, WhatCannotBeLinkedIsMadeAnew) {
  Expected<GGUFFile> file = openBundledModel();
  ASSERT_TRUE(file);
  Expected<ModelDescription> model = ModelDescription::read(*file);
  ASSERT_TRUE(model);
  CompileOptions options;
  options.isa = "scalar";
  options.objectDirectory = folder;
  const ProgramSource source{&*model, "", ""};

  auto target = ignis::Target::host(options.isa);
  ASSERT_TRUE(bool(target));
  auto loaded = LoadedSource::load(source);
  ASSERT_TRUE(bool(loaded));
  Compilation compilation(options, *target);
  ASSERT_FALSE(compilation.begin(*loaded));
  std::string key =
      getObjectKey(*loaded, compilation.getModule(), options, *target);
  ObjectStore store(folder);
  store.store(key, "no object at all");

  for (bool isCached : {false, true}) {
    Expected<CompiledProgram> program =
        CompiledProgram::compile(source, options);
    ASSERT_TRUE(program) << program.error().message;
    EXPECT_EQ(program->times().cached, isCached);
    EXPECT_TRUE(program->get());
  }
}

} // namespace
