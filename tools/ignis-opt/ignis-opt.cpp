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
#include "ignis/Support/InputFile.h"
#include "ignis/Support/OutputFile.h"
#include "ignis/Support/Program.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllExtensions.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Tools/mlir-opt/MlirOptMain.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"
#include "llvm/Support/MemoryBuffer.h"
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

[[noreturn]] static void fail(const ignis::Error &error) {
  ignis::endProgram(error.code, {error.message});
}

/// MLIR's driver between files as the project reads and writes them: what failed
/// leaves the output as it was.
static int runBetween(const std::string &input, const std::string &output,
                      mlir::DialectRegistry &registry,
                      const mlir::MlirOptMainConfig &config) {
  ignis::Expected<std::string> text = ignis::readFile(input);
  if (!text)
    fail(text.error());
  auto buffer = llvm::MemoryBuffer::getMemBufferCopy(
      *text, input == "-" ? "<stdin>" : input);
  if (output == "-")
    return mlir::asMainReturnCode(mlir::MlirOptMain(
        llvm::outs(), std::move(buffer), registry, config));

  std::string result;
  llvm::raw_string_ostream stream(result);
  if (failed(mlir::MlirOptMain(stream, std::move(buffer), registry, config)))
    return 1;
  if (auto written = ignis::writeFile(output, result); !written)
    fail(written.error());
  return 0;
}

static int run(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  llvm::cl::AddExtraVersionPrinter(
      [](llvm::raw_ostream &out) { out << "ignis-opt " IGNIS_VERSION "\n"; });
  mlir::registerAllPasses();
  ignis::registerAllPasses();

  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  mlir::registerAllExtensions(registry);
  ignis::registerAllDialects(registry);

  auto [input, output] = mlir::registerAndParseCLIOptions(
      argc, argv, "ignis optimizer driver\n", registry);
  auto config = mlir::MlirOptMainConfig::createFromCLOptions();
  if (config.shouldShowDialects() || config.shouldListPasses())
    return mlir::asMainReturnCode(
        mlir::MlirOptMain(argc, argv, input, output, registry));
  return runBetween(input, output, registry, config);
}

int main(int argc, char **argv) {
  return ignis::runProgram("ignis-opt", [&] { return run(argc, argv); });
}
