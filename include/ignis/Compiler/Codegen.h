//===- Codegen.h - From the LLVM dialect to machine code -------*- C++ -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_COMPILER_CODEGEN_H
#define IGNIS_COMPILER_CODEGEN_H

#include "mlir/IR/BuiltinOps.h"
#include "llvm/IR/Module.h"
#include "llvm/Support/raw_ostream.h"
#include "llvm/Target/TargetMachine.h"

namespace ignis {

/// LLVM IR for `machine`, or null after a diagnostic.
std::unique_ptr<llvm::Module> translateToLLVM(mlir::ModuleOp module,
                                              llvm::LLVMContext &context,
                                              llvm::TargetMachine &machine);

/// What pays for itself on straight-line calls and small vector loops.
void optimize(llvm::Module &module, llvm::TargetMachine &machine);

/// Assembly or an object file.
void generateCode(llvm::Module &module, llvm::TargetMachine &machine,
                  llvm::CodeGenFileType type, llvm::raw_pwrite_stream &out);

} // namespace ignis

#endif // IGNIS_COMPILER_CODEGEN_H
