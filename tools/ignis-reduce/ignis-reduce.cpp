//===- ignis-reduce.cpp - Makes a module that shows a bug small -----------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// MLIR's reducing passes between files as the project reads and writes them,
// with the dialect's patterns for the reduction tree.
//
//===----------------------------------------------------------------------===//

#include "ReductionPatterns.h"

#include "ignis/Compiler/Pipeline.h"
#include "ignis/Support/InputFile.h"
#include "ignis/Support/OutputFile.h"
#include "ignis/Support/Program.h"
#include "mlir/InitAllDialects.h"
#include "mlir/InitAllPasses.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Reducer/Passes.h"
#include "llvm/Support/CommandLine.h"
#include "llvm/Support/InitLLVM.h"

namespace cl = llvm::cl;

static cl::opt<std::string> inputPath(cl::Positional, cl::desc("<input file>"),
                                      cl::init("-"));
static cl::opt<std::string> outputPath("o", cl::desc("Output filename"),
                                       cl::value_desc("filename"),
                                       cl::init("-"));

[[noreturn]] static void fail(const ignis::Error &error) {
  ignis::endProgram(error.code, {error.message});
}

static int run(int argc, char **argv) {
  llvm::InitLLVM init(argc, argv);
  mlir::registerAllPasses();
  ignis::registerAllPasses();
  mlir::registerReducerPasses();
  mlir::DialectRegistry registry;
  mlir::registerAllDialects(registry);
  ignis::registerAllDialects(registry);
  ignis::registerReductionPatterns(registry);

  mlir::PassPipelineCLParser passes("", "Reduction passes to run");
  cl::ParseCommandLineOptions(argc, argv, "ignis test case reduction tool\n");

  ignis::Expected<std::string> text = ignis::readFile(inputPath);
  if (!text)
    fail(text.error());
  mlir::MLIRContext context(registry);
  mlir::OwningOpRef<mlir::ModuleOp> module =
      mlir::parseSourceString<mlir::ModuleOp>(*text, &context, inputPath);
  if (!module)
    return 1;
  mlir::PassManager manager(&context);
  auto onError = [&](const llvm::Twine &message) {
    mlir::emitError(mlir::UnknownLoc::get(&context)) << message;
    return mlir::failure();
  };
  if (failed(passes.addToPipeline(manager, onError)) ||
      failed(manager.run(*module)))
    return 1;
  std::string result;
  llvm::raw_string_ostream(result) << *module << '\n';
  if (auto written = ignis::writeFile(outputPath, result); !written)
    fail(written.error());
  return 0;
}

int main(int argc, char **argv) {
  return ignis::runProgram("ignis-reduce", [&] { return run(argc, argv); });
}
