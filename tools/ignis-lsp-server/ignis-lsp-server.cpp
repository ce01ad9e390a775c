//===- ignis-lsp-server.cpp - Language server for .mlir files -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/IR/Ignis.h"
#include "ignis/Support/Program.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

int main(int argc, char **argv) {
  ignis::reserveDescriptors();
  llvm::cl::AddExtraVersionPrinter([](llvm::raw_ostream &out) {
    out << "ignis-lsp-server " IGNIS_VERSION "\n";
  });
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  registry.insert<ignis::IgnisDialect>();
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}
