//===- FakeRun.h - Whole runs of a fake program ----------------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_ENGINE_FAKERUN_H
#define IGNIS_TEST_UNIT_ENGINE_FAKERUN_H

#include "FakeProgram.h"

#include "ignis/Engine/ProgramProvider.h"
#include "ignis/Model/Bundled.h"

#include <unistd.h>

namespace ignis::test {

/// Runs the bundled model, whose tokenizer is real.
class FakeProvider : public ProgramProvider {
public:
  std::string description() const override { return "test"; }
  Expected<GGUFFile> openOwnModel() override {
    return GGUFFile::fromBytes(getBundledModel(), "bundled");
  }
  Expected<const ignis_program *> provide(const GGUFFile &,
                                          const ModelDescription &model,
                                          const Options &) override {
    fake = std::make_unique<FakeProgram>(model);
    fake->next = next;
    return &fake->program;
  }

  std::function<int32_t(int32_t, int64_t)> next = [](int32_t token, int64_t) {
    return token + 1;
  };
  std::unique_ptr<FakeProgram> fake;
};

struct Result {
  int code;
  std::string output, errors;
};

class RunTest : public testing::Test {
protected:
  Result run(std::vector<std::string> arguments) {
    testing::internal::CaptureStdout();
    testing::internal::CaptureStderr();
    arguments.insert(arguments.end(), {"-t", "1"});
    Result result;
    result.code = runMain("test", std::move(arguments), provider);
    std::fflush(stdout);
    result.output = testing::internal::GetCapturedStdout();
    result.errors = testing::internal::GetCapturedStderr();
    return result;
  }

  static std::string getPath(const std::string &name) {
    return testing::TempDir() + std::to_string(getpid()) +
           "-ignis-run-test-" + name;
  }

  FakeProvider provider;
};

} // namespace ignis::test

#endif // IGNIS_TEST_UNIT_ENGINE_FAKERUN_H
