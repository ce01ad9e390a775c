//===- example-opt.cpp - A pass of one's own over ignis's dialect ---------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
//   ignis-translate --gguf-to-ignis model.gguf | example-opt --count-weight-values
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Pipeline.h"
#include "ignis/IR/Ignis.h"

#include "mlir/Dialect/Func/IR/FuncOps.h"
#include "mlir/Pass/Pass.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"

namespace {

/// Remarks of each function how many values its matrices have.
struct CountWeightValues
    : mlir::PassWrapper<CountWeightValues,
                        mlir::OperationPass<mlir::func::FuncOp>> {
  MLIR_DEFINE_EXPLICIT_INTERNAL_INLINE_TYPE_ID(CountWeightValues)

  llvm::StringRef getArgument() const override { return "count-weight-values"; }
  llvm::StringRef getDescription() const override {
    return "Remark how many values the matrices of a function have";
  }
  void runOnOperation() override {
    int64_t count = 0;
    getOperation().walk([&](ignis::WeightOp op) {
      auto type = mlir::cast<ignis::WeightType>(op.getType());
      if (type.getShape().size() == 2)
        count += type.getRows() * type.getCols();
    });
    getOperation().emitRemark() << count << " values of matrices";
  }
};

} // namespace

int main(int argc, char **argv) {
  ignis::registerAllPasses();
  mlir::PassRegistration<CountWeightValues>();
  mlir::DialectRegistry registry;
  ignis::registerAllDialects(registry);
  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "a pass over ignis's dialect\n", registry));
}
