//===- ModuleFuzzer.cpp - Any text as a program ---------------------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A module at any stage, verified and lowered as `ignis-run --program` does it,
// up to the LLVM dialect. What is refused is refused with an error.
//
//===----------------------------------------------------------------------===//

#include "FuzzInput.h"
#include "ModuleMutator.h"

#include "ignis/Compiler/Pipeline.h"

#include "mlir/IR/Verifier.h"
#include "mlir/Parser/Parser.h"
#include "mlir/Pass/PassManager.h"

using namespace ignis;
using fuzz::require;

static bool lower(mlir::MLIRContext &context, llvm::StringRef text) {
  auto module = mlir::parseSourceString<mlir::ModuleOp>(text, &context);
  if (!module)
    return false;
  Stage stage = detectStage(*module);
  if (stage >= Stage::LLVMDialect)
    return true;
  mlir::PassManager manager(&context);
  PipelineOptions options;
  options.verify = true;
  buildPipeline(manager, stage, Stage::LLVMDialect, options);
  return succeeded(manager.run(*module)) && succeeded(mlir::verify(*module));
}

extern "C" int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
  mlir::DialectRegistry registry;
  registerAllDialects(registry);
  mlir::MLIRContext context(registry, mlir::MLIRContext::Threading::DISABLED);
  unsigned errors = 0;
  mlir::ScopedDiagnosticHandler handler(&context, [&](mlir::Diagnostic &found) {
    errors += found.getSeverity() == mlir::DiagnosticSeverity::Error;
    return mlir::success();
  });
  std::string text(reinterpret_cast<const char *>(data), size);
  require(lower(context, text) || errors != 0, "what is refused has an error");
  return 0;
}

extern "C" size_t LLVMFuzzerCustomMutator(uint8_t *data, size_t size,
                                          size_t most, unsigned seed) {
  std::string text = test::ModuleMutator(seed).mutate(
      llvm::StringRef(reinterpret_cast<const char *>(data), size));
  size = std::min(text.size(), most);
  std::copy_n(text.begin(), size, data);
  return size;
}
