//===- PackageVerificationTest.cpp - What is shipped is verified ----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A compiler whose planner or scheduler makes a mistake compiles no program
// ahead of time: its verifiers refuse it. The linker (--wrap) replaces the
// functions that create the two passes by those below.
//
//===----------------------------------------------------------------------===//

#include "../Transforms/SmallModels.h"
#include "ignis/Compiler/Compiler.h"
#include "ignis/Compiler/CompilePackage.h"
#include "ignis/IR/Ignis.h"
#include "ignis/Transforms/Passes.h"

#include "mlir/Dialect/Arith/IR/Arith.h"
#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Dialect/MemRef/IR/MemRef.h"
#include "mlir/Pass/PassManager.h"

#include <gtest/gtest.h>

using namespace ignis;

namespace {

enum class Mistake { None, Race, Overlap };
Mistake mistake = Mistake::None;

/// A pass, and what goes wrong in it.
template <class Op>
class Mistaken
    : public mlir::PassWrapper<Mistaken<Op>, mlir::OperationPass<Op>> {
public:
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(Mistaken)

  Mistaken(std::unique_ptr<mlir::Pass> pass, void (*spoil)(Op))
      : passes(Op::getOperationName()), spoil(spoil) {
    passes.addPass(std::move(pass));
  }
  void runOnOperation() override {
    if (failed(this->runPipeline(passes, this->getOperation())))
      return this->signalPassFailure();
    spoil(this->getOperation());
  }

private:
  mlir::OpPassManager passes;
  void (*spoil)(Op);
};

void removeBarrier(mlir::func::FuncOp function) {
  auto barriers = function.getOps<BarrierOp>();
  if (mistake == Mistake::Race && !barriers.empty())
    (*barriers.begin()).erase();
}

/// Has every buffer begin where the arena does.
void moveBuffers(mlir::ModuleOp module) {
  if (mistake != Mistake::Overlap)
    return;
  module.walk([](mlir::memref::ViewOp view) {
    mlir::OpBuilder builder(view);
    view.getByteShiftMutable().assign(
        mlir::arith::ConstantIndexOp::create(builder, view.getLoc(), 0));
  });
}

} // namespace

// ignis::createSchedule() and ignis::createPlanMemory(PlanMemoryOptions).
std::unique_ptr<mlir::Pass>
createRightSchedule() asm("__real__ZN5ignis14createScheduleEv");
std::unique_ptr<mlir::Pass>
createWrongSchedule() asm("__wrap__ZN5ignis14createScheduleEv");
std::unique_ptr<mlir::Pass> createRightPlan(PlanMemoryOptions) asm(
    "__real__ZN5ignis16createPlanMemoryENS_17PlanMemoryOptionsE");
std::unique_ptr<mlir::Pass> createWrongPlan(PlanMemoryOptions) asm(
    "__wrap__ZN5ignis16createPlanMemoryENS_17PlanMemoryOptionsE");

std::unique_ptr<mlir::Pass> createWrongSchedule() {
  return std::make_unique<Mistaken<mlir::func::FuncOp>>(createRightSchedule(),
                                                        removeBarrier);
}

std::unique_ptr<mlir::Pass> createWrongPlan(PlanMemoryOptions options) {
  return std::make_unique<Mistaken<mlir::ModuleOp>>(
      createRightPlan(std::move(options)), moveBuffers);
}

namespace {

class PackageVerification : public testing::Test {
protected:
  void TearDown() override { mistake = Mistake::None; }

  /// Why a program is not compiled, ahead of time or to be run at once; empty
  /// if it is.
  std::string packageWith(Mistake made) {
    mistake = made;
    auto target = getTargetName("");
    if (!target)
      return target.error().message;
    CompileOptions options = getOptions();
    options.triple = target->triple;
    options.cpu = "native";
    PackageOptions package;
    package.symbol = "ignis_test_package";
    auto object = compilePackage(model, options, package);
    return object ? "" : object.error().message;
  }
  std::string compileWith(Mistake made, bool verify) {
    mistake = made;
    CompileOptions options = getOptions();
    options.verify = verify;
    auto program = CompiledProgram::compile({&model, "", ""}, options);
    return program ? "" : program.error().message;
  }

private:
  static CompileOptions getOptions() {
    CompileOptions options;
    options.maxTokens = 8;
    options.objectDirectory = "";
    return options;
  }

  ModelDescription model =
      getOneLayerModel([](llvm::StringRef) { return IGNIS_TYPE_Q8_0; });
};

TEST_F(PackageVerification, WhatIsRightIsCompiled) {
  EXPECT_EQ(packageWith(Mistake::None), "");
  EXPECT_EQ(compileWith(Mistake::None, /*verify=*/true), "");
}

TEST_F(PackageVerification, ARaceIsRefused) {
  const char *rule = "with no barrier between them";
  EXPECT_NE(packageWith(Mistake::Race).find(rule), std::string::npos);
  EXPECT_NE(compileWith(Mistake::Race, /*verify=*/true).find(rule),
            std::string::npos);
  // Nothing but the verifier sees it.
  EXPECT_EQ(compileWith(Mistake::Race, /*verify=*/false), "");
}

TEST_F(PackageVerification, AnOverlapIsRefused) {
  const char *rule = "overlaps a buffer that is alive in phase";
  EXPECT_NE(packageWith(Mistake::Overlap).find(rule), std::string::npos);
  EXPECT_NE(compileWith(Mistake::Overlap, /*verify=*/true).find(rule),
            std::string::npos);
  EXPECT_EQ(compileWith(Mistake::Overlap, /*verify=*/false), "");
}

} // namespace
