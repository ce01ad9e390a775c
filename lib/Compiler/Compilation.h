//===- Compilation.h - A module on its way through the stages --*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_LIB_COMPILER_COMPILATION_H
#define IGNIS_LIB_COMPILER_COMPILATION_H

#include "ignis/Compiler/Compiler.h"
#include "ignis/Compiler/Target.h"

#include "mlir/IR/BuiltinOps.h"
#include "mlir/IR/MLIRContext.h"
#include "mlir/IR/OwningOpRef.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/MemoryBuffer.h"

namespace ignis {

/// What is compiled, before anything is parsed or built.
struct LoadedSource {
  const ModelDescription *model = nullptr;
  std::unique_ptr<llvm::MemoryBuffer> text; ///< of a file, or null
  bool trusted = false;

  static llvm::Expected<LoadedSource> load(const ProgramSource &source);
};

/// As a file for --program has it: what is printed can be read again.
std::string toText(mlir::ModuleOp module);

class Compilation {
public:
  Compilation(const CompileOptions &options, const Target &target);

  /// Builds or parses the module.
  llvm::Error begin(const LoadedSource &source);
  /// The same, once it is loaded.
  llvm::Error begin(const ProgramSource &source);
  /// Takes the module to `stage`.
  llvm::Error runTo(Stage stage);
  /// Takes the module through the pipeline, as far as it is scheduled; `visit`
  /// sees what each pass makes of it.
  using PassVisitor =
      llvm::function_ref<llvm::Error(llvm::StringRef pass, mlir::ModuleOp)>;
  llvm::Error runPassByPass(const PassVisitor &visit);
  mlir::ModuleOp getModule() { return *module; }
  Stage getStage() const { return stage; }
  /// The module as it stands after `stage`.
  llvm::Expected<std::string> emit(Stage stage);
  /// Once at Stage::LLVM, to add to before an object is emitted.
  llvm::Module &getLLVMModule() { return *llvmModule; }

private:
  llvm::Error runPasses(Stage stage);
  llvm::Error makeError(llvm::StringRef fallback);

  const CompileOptions &options;
  const Target &target;
  mlir::MLIRContext context;
  llvm::LLVMContext llvmContext;
  std::string diagnostic; ///< the first error
  mlir::OwningOpRef<mlir::ModuleOp> module;
  Stage stage = Stage::Ignis;
  bool isEdited = false; ///< from a file: someone may have changed it
  std::unique_ptr<llvm::TargetMachine> machine;
  std::unique_ptr<llvm::Module> llvmModule;
};

} // namespace ignis

#endif // IGNIS_LIB_COMPILER_COMPILATION_H
