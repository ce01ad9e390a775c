//===- ignis-opt.cpp - Runs passes over a module --------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MLIR's driver with every upstream dialect and pass, and the project's.
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Pipeline.h"
#include "ignis/IR/Ignis.h"
#include "ignis/Support/Program.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

/// Short for the two options that make MLIR print what ignis's passes remark.
static llvm::cl::opt<bool> remarks(
    "ignis-remarks",
    llvm::cl::desc("Print what was fused, shared and planned, and what was "
                   "missed and why"),
    llvm::cl::callback([](const bool &) {
      auto &options = llvm::cl::getRegisteredOptions();
      options["remarks-filter"]->addOccurrence(0, "remarks-filter", "ignis-.*");
      options["remark-format"]->addOccurrence(0, "remark-format", "emitRemark");
    }));

int main(int argc, char **argv) {
  ignis::reserveDescriptors();
  llvm::cl::AddExtraVersionPrinter(
      [](llvm::raw_ostream &out) { out << "ignis-opt " IGNIS_VERSION "\n"; });
  mlir::registerAllPasses();
  ignis::registerAllPasses();

  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  ignis::registerAllDialects(registry);

  return mlir::asMainReturnCode(
      mlir::MlirOptMain(argc, argv, "ignis optimizer driver\n", registry));
}
