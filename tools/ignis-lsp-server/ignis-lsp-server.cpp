//===- ignis-lsp-server.cpp - Language server for .mlir files -------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "HoverDocs.h"
#include "ignis/IR/Ignis.h"
#include "ignis/Support/Program.h"
#include "mlir/InitAllDialects.h"
#include "mlir/Tools/mlir-lsp-server/MlirLspServerMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/raw_ostream.h"

#include <sys/wait.h>
#include <unistd.h>

static int runServer(int argc, char **argv) {
  llvm::cl::AddExtraVersionPrinter([](llvm::raw_ostream &out) {
    out << "ignis-lsp-server " IGNIS_VERSION "\n";
  });
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  registry.insert<ignis::IgnisDialect>();
  return mlir::failed(mlir::MlirLspServerMain(argc, argv, registry));
}

int main(int argc, char **argv) {
  ignis::reserveDescriptors();
  // The server writes into a pipe, and what comes out gets its documentation.
  int ends[2];
  pid_t server = pipe(ends) == 0 ? fork() : -1;
  if (server == -1) {
    llvm::errs() << "error: the server cannot be started\n";
    return 1;
  }
  if (server == 0) {
    dup2(ends[1], STDOUT_FILENO);
    close(ends[0]);
    close(ends[1]);
    return runServer(argc, argv);
  }
  close(ends[1]);
  ignis::relayMessages(ends[0], llvm::outs());
  int status = 0;
  waitpid(server, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}
