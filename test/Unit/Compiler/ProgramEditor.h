//===- ProgramEditor.h - Edits of programs, most of them wrong -----*- C++
//-*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_TEST_UNIT_COMPILER_PROGRAMEDITOR_H
#define IGNIS_TEST_UNIT_COMPILER_PROGRAMEDITOR_H

#include "mlir/IR/BuiltinOps.h"

#include <random>

namespace ignis::test {

/// Edits modules as someone would who wants a program to do what it must not:
/// operations and operands erased, exchanged, moved and doubled, numbers, types
/// and attributes replaced.
class ProgramEditor {
public:
  ProgramEditor(mlir::ModuleOp module, unsigned seed)
      : module(module), random(seed) {}

  /// Makes one edit of a kind that finds something to do; its name.
  llvm::StringRef edit();
  /// Whether an operation lacks operands that its class would look for: what it
  /// is cannot be asked any more.
  bool isMalformed() const { return malformed; }

private:
  using Edit = bool (ProgramEditor::*)();
  bool eraseOperation();
  bool cloneOperation();
  bool moveOperation();
  bool emptyFunction();
  bool replaceByAlike();
  bool replaceByAny();
  bool eraseOperand();
  bool toggleSelection();
  bool replaceNumber();
  bool replaceAttribute();
  bool replaceShare();
  bool renameWeight();
  bool retypeWeight();
  bool retypeArgument();
  bool retypeView();
  bool replaceArena();
  bool addAttribute();

  size_t pick(size_t count) { return random() % count; }
  int64_t pickNumber(int64_t old);
  mlir::Type retype(mlir::Type type);
  /// Of those inside functions.
  mlir::Operation *
  pickOperation(llvm::function_ref<bool(mlir::Operation *)> matches);
  mlir::Operation *pickOperation() {
    return pickOperation([](mlir::Operation *) { return true; });
  }
  mlir::Value pickValue(mlir::Operation *near,
                        llvm::function_ref<bool(mlir::Value)> matches);

  mlir::ModuleOp module;
  std::mt19937 random;
  bool malformed = false;
};

} // namespace ignis::test

#endif // IGNIS_TEST_UNIT_COMPILER_PROGRAMEDITOR_H
