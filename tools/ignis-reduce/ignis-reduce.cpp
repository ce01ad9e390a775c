//===- ignis-reduce.cpp - Makes a module that shows a bug small -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MLIR's reducer. Reduce by passes (--opt-reduction-pass): the reduction tree
// of MLIR 22 crashes on functions, its own dialects' included.
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Pipeline.h"
#include "ignis/Support/Program.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-reduce/MlirReduceMain.h"

int main(int argc, char **argv) {
  ignis::reserveDescriptors();
  mlir::registerAllPasses();
  ignis::registerAllPasses();
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  ignis::registerAllDialects(registry);
  mlir::MLIRContext context(registry);
  return mlir::failed(mlir::mlirReduceMain(argc, argv, context));
}
