//===- Codegen.cpp - From the LLVM dialect to machine code ----------------===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#include "ignis/Compiler/Codegen.h"

#include "mlir/Target/LLVMIR/Export.h"
#include "llvm/IR/InstIterator.h"
#include "llvm/IR/LegacyPassManager.h"
#include "llvm/Passes/PassBuilder.h"
#include "llvm/Transforms/InstCombine/InstCombine.h"
#include "llvm/Transforms/Scalar/EarlyCSE.h"
#include "llvm/Transforms/Scalar/SimplifyCFG.h"
#include "llvm/Transforms/Utils/Local.h"

using namespace llvm;

std::unique_ptr<Module> ignis::translateToLLVM(mlir::ModuleOp module,
                                               LLVMContext &context,
                                               TargetMachine &machine) {
  std::unique_ptr<Module> translated =
      mlir::translateModuleToLLVMIR(module, context, "ignis");
  if (!translated)
    return nullptr;
  translated->setTargetTriple(machine.getTargetTriple());
  translated->setDataLayout(machine.createDataLayout());
  // Nothing unwinds through compiled code.
  for (Function &function : *translated)
    function.setDoesNotThrow();
  return translated;
}

//===----------------------------------------------------------------------===//
// Entries
//===----------------------------------------------------------------------===//

/// Instructions between a value and its last use, from which on the value is
/// kept in memory.
static constexpr unsigned longLife = 32;

/// An entry is hundreds of calls in a straight line: nothing in it is worth
/// optimising. Ranges and addresses that live across many of them are more than
/// there are registers, which the allocator takes half of all code generation
/// to find out; they are kept in memory from the start. With 24 layers the way
/// from the LLVM dialect to an object fell from 0.29 to 0.18 seconds.
static void prepareEntry(Function &entry) {
  entry.addFnAttr(Attribute::NoInline);
  entry.addFnAttr(Attribute::OptimizeNone);

  DenseMap<const Instruction *, unsigned> places;
  SmallVector<Instruction *> longLived;
  for (Instruction &instruction : instructions(entry))
    places[&instruction] = places.size();
  for (Instruction &instruction : instructions(entry)) {
    auto isFar = [&](const User *user) {
      return places[cast<Instruction>(user)] > places[&instruction] + longLife;
    };
    if (any_of(instruction.users(), isFar))
      longLived.push_back(&instruction);
  }
  for (Instruction *instruction : longLived)
    DemoteRegToStack(*instruction);
}

//===----------------------------------------------------------------------===//
// Kernels
//===----------------------------------------------------------------------===//

void ignis::optimize(Module &module, TargetMachine &machine) {
  LoopAnalysisManager loops;
  FunctionAnalysisManager functions;
  CGSCCAnalysisManager components;
  ModuleAnalysisManager modules;
  PassBuilder builder(&machine);
  builder.registerModuleAnalyses(modules);
  builder.registerCGSCCAnalyses(components);
  builder.registerFunctionAnalyses(functions);
  builder.registerLoopAnalyses(loops);
  builder.crossRegisterProxies(loops, functions, components, modules);

  FunctionPassManager passes;
  passes.addPass(EarlyCSEPass());
  passes.addPass(InstCombinePass());
  passes.addPass(SimplifyCFGPass());
  for (Function &function : module) {
    // Only entries are reached by address, from the descriptor.
    if (function.hasAddressTaken())
      prepareEntry(function);
    else if (!function.isDeclaration())
      passes.run(function, functions);
  }
}

void ignis::generateCode(Module &module, TargetMachine &machine,
                         CodeGenFileType type, raw_pwrite_stream &out) {
  legacy::PassManager manager;
  [[maybe_unused]] bool unsupported =
      machine.addPassesToEmitFile(manager, out, nullptr, type);
  assert(!unsupported && "every supported target emits files");
  manager.run(module);
}
