//===- ForeignOpTest.cpp - The contract of operations not ours ------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// An operation of another dialect that keeps the contract of
// ComputeOpInterface becomes the same code as the one of ours that it stands
// for; one that breaks it is refused before a pass relies on it.
//
//===----------------------------------------------------------------------===//

#include "../Transforms/SmallModels.h"
#include "TestDialect.h"
#include "ignis/Compiler/Pipeline.h"
#include "mlir/IR/Diagnostics.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"
#include "gtest/gtest.h"

#include <regex>

using namespace mlir;
using namespace ignis;
using ignis::test::TestDialect;

namespace {

class ForeignOp : public testing::Test {
protected:
  ForeignOp() {
    context.disableMultithreading();
    DialectRegistry registry;
    registerAllDialects(registry);
    registry.insert<TestDialect>();
    context.appendDialectRegistry(registry);
    context.loadAllAvailableDialects();
  }

  OwningOpRef<ModuleOp> build() {
    auto model = getOneLayerModel([](StringRef) { return IGNIS_TYPE_Q8_0; });
    return buildForward(&context, model, {});
  }

  /// With the activation of another dialect in place of ours.
  OwningOpRef<ModuleOp> buildForeign() {
    OwningOpRef<ModuleOp> module = build();
    IRRewriter rewriter(&context);
    module->walk([&](SiluOp op) {
      rewriter.setInsertionPoint(op);
      rewriter.replaceOpWithNewOp<test::SiluOp>(
          op, op->getResultTypes(), op.getInput(), ValueRange(), ShareAttr());
    });
    return module;
  }

  std::string compile(ModuleOp module, Stage stopAfter) {
    PipelineOptions options;
    options.stopAfter = stopAfter;
    options.verify = true;
    PassManager manager(&context);
    buildPipeline(manager, Stage::Ignis, Stage::LLVMDialect, options);
    EXPECT_TRUE(succeeded(manager.run(module)));
    return toText(module);
  }

  /// The first error of `op` in a function that has an argument of each type,
  /// `%0` to `%3`; empty if it is accepted.
  std::string refusal(StringRef op) {
    std::string error;
    ScopedDiagnosticHandler handler(&context, [&](Diagnostic &diagnostic) {
      if (error.empty())
        error = diagnostic.str();
      return success();
    });
    std::string text =
        ("func.func @f(%x: tensor<?x64xf32>, %three: tensor<3x64xf32>, "
         "%d: tensor<?x96xi8>, %i: index) {\n  " +
         op + "\n  return\n}")
            .str();
    auto module = parseSourceString<ModuleOp>(text, &context);
    EXPECT_EQ(static_cast<bool>(module), error.empty()) << error;
    return error;
  }

  MLIRContext context;
};

} // namespace

TEST_F(ForeignOp, BecomesTheSameCodeAsOurs) {
  // Without fusions, of which ours takes part in one.
  std::string ours = compile(*build(), Stage::Ignis);
  std::string foreign = compile(*buildForeign(), Stage::Ignis);
  EXPECT_NE(foreign.find("@test_silu_96"), std::string::npos);
  EXPECT_EQ(std::regex_replace(foreign, std::regex("test_silu"), "silu"), ours);
}

TEST_F(ForeignOp, GoesThroughEveryPass) {
  std::string text = compile(*buildForeign(), Stage::Object);
  EXPECT_NE(text.find("@test_silu_96"), std::string::npos);
  EXPECT_EQ(text.find("test.silu"), std::string::npos);
}

TEST_F(ForeignOp, ThatKeepsTheContractIsAccepted) {
  EXPECT_EQ(refusal(R"(test.contract %x {width = 64, grain = 16, tokens = true,
      touches = ["own"]} : (tensor<?x64xf32>) -> tensor<?x64xf32>)"),
            "");
  EXPECT_EQ(refusal(R"(test.contract %x {width = 64, grain = 0, tokens = true,
      touches = ["row"]} : (tensor<?x64xf32>) -> !ignis.q8<?x64>)"),
            "");
  EXPECT_EQ(refusal(R"(test.contract %x {width = 64, grain = 64, tokens = false,
      touches = ["whole"]} : (tensor<?x64xf32>) -> !ignis.q8<?x64>)"),
            "");
}

TEST_F(ForeignOp, NeedsRowsInItsFirstOperand) {
  EXPECT_EQ(
      refusal(R"(test.contract %i, %x {width = 64, grain = 16,
      tokens = true, touches = ["none", "own"]}
      : (index, tensor<?x64xf32>) -> tensor<?x64xf32>)"),
      "'test.contract' op expects operand 0 to have a row for each token, "
      "got 'index'");
  EXPECT_EQ(refusal(R"(test.contract %three {width = 64, grain = 16,
      tokens = true, touches = ["own"]}
      : (tensor<3x64xf32>) -> tensor<4x64xf32>)"),
            "'test.contract' op expects equal rows, got 3 and 4");
}

TEST_F(ForeignOp, MustBeDivisibleSomehow) {
  EXPECT_EQ(refusal(R"(test.contract %x {width = 64, grain = 0, tokens = false,
      touches = ["own"]} : (tensor<?x64xf32>) -> tensor<?x64xf32>)"),
            "'test.contract' op expects its work to be divided by columns or "
            "by tokens");
  EXPECT_EQ(refusal(R"(test.contract %x {width = 64, grain = -16, tokens = true,
      touches = ["own"]} : (tensor<?x64xf32>) -> tensor<?x64xf32>)"),
            "'test.contract' op expects its work to be divided by columns or "
            "by tokens");
  EXPECT_EQ(refusal(R"(test.contract %x {width = 0, grain = 16, tokens = true,
      touches = ["own"]} : (tensor<?x64xf32>) -> tensor<?x64xf32>)"),
            "'test.contract' op expects a static, positive number of columns");
}

TEST_F(ForeignOp, KeepsQuantisationBlocksTogether) {
  for (StringRef type : {"!ignis.q8<?x64>", "tensor<?x96xi8>"})
    EXPECT_EQ(
        refusal((R"(test.contract %x {width = 64, grain = 16, tokens = true,
      touches = ["own"]} : (tensor<?x64xf32>) -> )" +
                 type)
                    .str()),
        "'test.contract' op expects a quantised result to be divided "
        "between blocks of 32 columns, got parts of 16");
}

TEST_F(ForeignOp, AccountsForEveryBuffer) {
  EXPECT_EQ(refusal(R"(test.contract %x {width = 64, grain = 16, tokens = true,
      touches = ["none"]} : (tensor<?x64xf32>) -> tensor<?x64xf32>)"),
            "'test.contract' op expects to access operand 0, a "
            "'tensor<?x64xf32>'");
  EXPECT_EQ(refusal(R"(test.contract %x {width = 64, grain = 16, tokens = true,
      touches = ["!own"]} : (tensor<?x64xf32>) -> tensor<?x64xf32>)"),
            "'test.contract' op expects not to write operand 0, which is no "
            "destination");
  EXPECT_EQ(refusal(R"(test.contract %x outs(%x) {width = 64, grain = 16,
      tokens = true, touches = ["own", "own"]}
      : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>)"),
            "'test.contract' op expects to write operand 1, a destination");
}
