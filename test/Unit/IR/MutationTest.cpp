//===- MutationTest.cpp - Malformed modules are diagnosed -----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Modules with one to three mistakes each: words left out, doubled, exchanged
// or replaced. Whatever does not parse, verify or pass is refused with an
// error; nothing crashes.
//
//===----------------------------------------------------------------------===//

#include "../../Fuzz/ModuleMutator.h"
#include "../Transforms/SmallModels.h"
#include "ignis/Compiler/Pipeline.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "llvm/Support/MemoryBuffer.h"
#include "llvm/Support/PrettyStackTrace.h"
#include "gtest/gtest.h"

using namespace mlir;
using namespace ignis;

namespace {

using AddPass = void (*)(OpPassManager &);

/// What a module goes through on its way to code, in this order.
const AddPass stages[] = {
    [](OpPassManager &manager) {
      for (std::unique_ptr<Pass> &pass : listFusions())
        addPass(manager, std::move(pass));
    },
    [](OpPassManager &manager) { manager.addPass(createSpecializeDecode()); },
    [](OpPassManager &manager) { manager.addPass(createBufferize()); },
    [](OpPassManager &manager) {
      manager.addNestedPass<func::FuncOp>(createFormPhases());
    },
    [](OpPassManager &manager) { manager.addPass(createPlanMemory()); },
    [](OpPassManager &manager) {
      manager.addNestedPass<func::FuncOp>(createVerifyMemoryPlan());
    },
    [](OpPassManager &manager) {
      manager.addNestedPass<func::FuncOp>(createSchedule());
    },
    [](OpPassManager &manager) {
      manager.addNestedPass<func::FuncOp>(createVerifySchedule());
    },
    [](OpPassManager &manager) {
      manager.addPass(createVerifyContract());
      buildToLLVMPipeline(manager);
    },
};

class Mutation : public testing::Test {
protected:
  Mutation() {
    llvm::EnablePrettyStackTrace();
    context.disableMultithreading();
    DialectRegistry registry;
    registerAllDialects(registry);
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  /// Parses `text` and takes it through the stages from `first` on, as far as
  /// it goes. Whether it went all the way.
  bool run(StringRef text, size_t first = 0) {
    unsigned errors = 0;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      errors += diagnostic.getSeverity() == DiagnosticSeverity::Error;
      return success();
    });
    bool accepted = compile(text, first);
    EXPECT_TRUE(accepted || errors) << "refused without an error:\n"
                                    << text.str();
    return accepted;
  }

  /// The one-layer model before each stage.
  std::vector<std::string> getStages() {
    auto model = getOneLayerModel([](StringRef) { return IGNIS_TYPE_Q8_0; });
    auto module = buildForward(&context, model, {});
    std::vector<std::string> texts = {toText(*module)};
    for (AddPass addPass : ArrayRef(stages).drop_back()) {
      PassManager manager(&context);
      addPass(manager);
      EXPECT_TRUE(succeeded(manager.run(*module)));
      texts.push_back(toText(*module));
    }
    return texts;
  }

  /// Runs mutants of `text`; the number of those refused.
  int runMutants(StringRef text, int count, size_t first = 0) {
    int refused = 0;
    for (int seed = 0; seed < count; ++seed) {
      std::string mutant = test::ModuleMutator(seed).mutate(text);
      llvm::PrettyStackTraceFormat trace("mutant %d:\n%s", seed,
                                         mutant.c_str());
      refused += !run(mutant, first);
    }
    return refused;
  }

  MLIRContext context;

private:
  bool compile(StringRef text, size_t first) {
    auto module = parseSourceString<ModuleOp>(text, &context);
    if (!module)
      return false;
    for (AddPass addPass : ArrayRef(stages).drop_front(first)) {
      PassManager manager(&context);
      addPass(manager);
      if (failed(manager.run(*module)))
        return false;
    }
    return true;
  }
};

} // namespace

TEST_F(Mutation, OfAModelAtEveryStage) {
  for (const auto &[stage, text] : llvm::enumerate(getStages())) {
    EXPECT_TRUE(run(text, stage)) << text;
    EXPECT_GE(runMutants(text, 60, stage), 30);
  }
}

TEST_F(Mutation, OfEveryOperation) {
  auto file = llvm::MemoryBuffer::getFile(IGNIS_ROUND_TRIP);
  ASSERT_TRUE(static_cast<bool>(file));
  // The functions of its one module, each of which is a module here.
  StringRef text = (*file)->getBuffer().rtrim();
  ASSERT_TRUE(text.consume_back("}"));
  SmallVector<StringRef> functions;
  text.split(functions, "\nfunc.func");
  ASSERT_GT(functions.size(), 20u);
  int refused = 0;
  for (StringRef function : llvm::drop_begin(functions)) {
    std::string module = ("func.func" + function).str();
    EXPECT_TRUE(parseSourceString<ModuleOp>(module, &context)) << module;
    refused += runMutants(module, 20);
  }
  EXPECT_GE(refused, 200);
}
