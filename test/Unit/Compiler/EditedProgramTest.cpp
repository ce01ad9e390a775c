//===- EditedProgramTest.cpp - Edited programs touch what is theirs -------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Whatever is edited in a program, at any stage: it is refused with a message,
// or it touches no memory but what it was given, and what it gives does not
// depend on what was in that memory before, nor on the number of threads. Each
// edited program is compiled and run in a process of its own.
//
// IGNIS_EDITS is the number of programs (240 unless set), IGNIS_FIRST_EDIT the
// number of the first.
//
//===----------------------------------------------------------------------===//

#include "GuardedProgram.h"
#include "ProgramEditor.h"

#include "ignis/Compiler/Compiler.h"
#include "ignis/Compiler/Pipeline.h"
#include "ignis/Model/Synthesize.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"

#include <gtest/gtest.h>

#include <cstdio>
#include <cstdlib>
#include <map>
#include <sys/wait.h>
#include <unistd.h>

using namespace ignis;
using namespace ignis::test;

namespace {

/// How a process that tried a program ends.
enum Outcome : int {
  Refused = 40,
  Ran,
  RefusedSilently,
  DependsOnMemory,
  DependsOnThreads,
};

class EditedPrograms : public testing::Test {
protected:
  void SetUp() override {
    path = testing::TempDir() + "ignis-edited-" + std::to_string(getpid()) +
           ".gguf";
    ModelConfig config = *parseShape("2,64,96,2,1,100,1");
    ASSERT_TRUE(synthesize(config, *findRecipe("q8_0"), 3, nullptr, path));
    Expected<GGUFFile> opened = GGUFFile::open(path);
    ASSERT_TRUE(opened) << opened.error().message;
    file = std::make_unique<GGUFFile>(std::move(*opened));
    description = *ModelDescription::read(*file);
    options.objectDirectory = "";
    char reason[IGNIS_ERROR_SIZE];
    options.isa = ignis_rt_kernels_name(ignis_rt_find_kernels(nullptr, reason));
    for (Stage stage :
         {Stage::Fused, Stage::Bufferized, Stage::Planned, Stage::Scheduled}) {
      Expected<std::string> text =
          emitStage({&description, "", "", false}, stage, options);
      ASSERT_TRUE(text) << text.error().message;
      stages.push_back(std::move(*text));
    }
  }
  void TearDown() override { std::remove(path.c_str()); }

  static unsigned getNumber(const char *variable, unsigned usual) {
    const char *value = std::getenv(variable);
    return value ? static_cast<unsigned>(std::atoi(value)) : usual;
  }

  /// Stages after planning more often than others.
  const std::string &getStage(unsigned number) const {
    return stages[std::min<size_t>(number % 7, stages.size() - 1)];
  }

  /// Program `number` as text, and what was done to it.
  std::string makeEdited(unsigned number, std::string &edits) const;
  Outcome attempt(unsigned number, std::string &edits) const;
  Outcome attempt(const std::string &text) const;

  std::string path;
  std::unique_ptr<GGUFFile> file;
  ModelDescription description;
  CompileOptions options;
  std::vector<std::string> stages;
};

std::string EditedPrograms::makeEdited(unsigned number,
                                       std::string &edits) const {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  context.loadAllAvailableDialects();
  mlir::ScopedDiagnosticHandler quiet(
      &context, [](mlir::Diagnostic &) { return mlir::success(); });
  auto module =
      mlir::parseSourceString<mlir::ModuleOp>(getStage(number), &context);
  ProgramEditor editor(*module, number);
  for (unsigned i = 0; i != 1 + number % 2 && !editor.isMalformed(); ++i)
    edits += editor.edit().str() + " ";
  std::string text;
  llvm::raw_string_ostream stream(text);
  module->print(stream, mlir::OpPrintingFlags().printGenericOpForm());
  return text;
}

Outcome EditedPrograms::attempt(const std::string &text) const {
  auto compiled =
      CompiledProgram::compile({&description, "edited", text}, options);
  if (!compiled)
    return compiled.error().message.empty() ? RefusedSilently : Refused;
  auto model = Model::create(*file, description, *compiled->get());
  if (!model)
    return model.error().message.empty() ? RefusedSilently : Refused;
  GuardedProgram program(**model);
  std::vector<uint8_t> expected = program.run(1, 0);
  if (program.run(1, 0xff) != expected)
    return DependsOnMemory;
  return program.run(3, 0xff) == expected ? Ran : DependsOnThreads;
}

Outcome EditedPrograms::attempt(unsigned number, std::string &edits) const {
  return attempt(makeEdited(number, edits));
}

TEST_F(EditedPrograms, UneditedRun) {
  for (const std::string &text : stages)
    EXPECT_EQ(attempt(text), Ran);
}

TEST_F(EditedPrograms, TouchOnlyWhatIsTheirs) {
  std::map<int, int> outcomes;
  unsigned first = getNumber("IGNIS_FIRST_EDIT", 0);
  unsigned count = getNumber("IGNIS_EDITS", 240);
  for (unsigned number = first; number != first + count; ++number) {
    std::fflush(nullptr);
    pid_t child = fork();
    ASSERT_GE(child, 0);
    if (child == 0) {
      alarm(120);
      std::string edits;
      _exit(attempt(number, edits));
    }
    int status = 0;
    ASSERT_EQ(waitpid(child, &status, 0), child);
    int outcome = WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
    ++outcomes[outcome];
    if (outcome == Refused || outcome == Ran)
      continue;
    std::string edits;
    std::string text = makeEdited(number, edits);
    ADD_FAILURE() << "edit " << number << " (" << edits << ") ended with "
                  << outcome << ":\n"
                  << (count == 1 ? text : "IGNIS_EDITS=1 shows it");
  }
  std::printf("%u edited programs: %d refused, %d ran\n", count,
              outcomes[Refused], outcomes[Ran]);
  if (count < 100)
    return;
  EXPECT_GT(outcomes[Refused], 0);
  EXPECT_GT(outcomes[Ran], 0);
}

} // namespace
