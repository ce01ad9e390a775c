//===- Passes.td - From scheduled programs to LLVM ---------*- tablegen -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// In the order of the pipeline `ignis-to-llvm`, which has upstream's conversions
// between the second and the third.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_CONVERSION_PASSES_TD
#define IGNIS_CONVERSION_PASSES_TD

include "mlir/Pass/PassBase.td"

def OutlineKernels : Pass<"ignis-outline-kernels", "::mlir::ModuleOp"> {
  let summary = "Turn operations into calls of generated kernels and the runtime";
  let description = [{
    Each function of a scheduled module becomes the program of one thread of the
    team: a new first argument, the thread's record (`ignis_thread` of the
    runtime's ABI.h), tells its number, and from an operation's `share` follows
    the range of rows and columns that the thread computes.

    - Embedding, matrix products, cache append, attention and argmax become calls
      of the runtime; a barrier, too.
    - Everything else becomes a call of a generated function, one for each kind
      of operation and shape (`@rms_norm_896`), of explicit `vector<16xf32>`
      code in the order of the numeric contract.
    - Memory of a thread's own (`memref.alloca`, and what an operation needs
      while it runs) lies in the thread's scratch.

    The arguments come in the order of `ignis_forward_fn`. What the program
    descriptor says of the cache, the tensors and the entries is left in an
    `ignis.program`.

    An entry must not be called like a function of the C library, nor begin with
    `ignis_` or `llvm.`: generated code refers to others by such names. A generated function
    whose name an entry has takes another.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect", "::mlir::scf::SCFDialect",
                           "::mlir::math::MathDialect",
                           "::mlir::vector::VectorDialect"];
  let statistics = [Statistic<"numKernels", "kernels", "functions generated">];
}

def BuffersToPointers : Pass<"ignis-buffers-to-pointers", "::mlir::ModuleOp"> {
  let summary = "Turn memrefs into bare pointers";
  let description = [{
    The buffers of a program lie row after row without gaps, and the row's size
    is in the type, so a buffer is no more than an address: `memref.view` becomes
    an offset, `vector.load` a load. Upstream's descriptors would pass seven
    values for each.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

def ExportProgram : Pass<"ignis-export-program", "::mlir::ModuleOp"> {
  let summary = "Describe the compiled program in the global @ignis_compiled_program";
  let description = [{
    Writes the `ignis_program` of the runtime's ABI.h, the one symbol that a
    compiled object exports: hyper-parameters, the tensors it reads, its entries.
  }];
  let dependentDialects = ["::mlir::LLVM::LLVMDialect"];
}

#endif // IGNIS_CONVERSION_PASSES_TD
