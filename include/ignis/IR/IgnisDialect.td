//===- IgnisDialect.td - The ignis dialect -----------------*- tablegen -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_IR_DIALECT_TD
#define IGNIS_IR_DIALECT_TD

include "mlir/IR/OpBase.td"

def Ignis_Dialect : Dialect {
  let name = "ignis";
  let summary = "The forward pass of a Qwen language model";
  let description = [{
    One operation of the dialect is one operation of the model: a matrix
    product, a normalisation, an attention. A compute operation has three
    forms:

    - **value form**: `%y = ignis.add %a, %b : (tensor<?x896xf32>, ...) -> ...`,
      pure values on tensors, in which fusions are written;
    - **destination form**: the same with `outs(%d)`, a tensor that names where
      the result goes, which is what bufferization wants;
    - **buffer form**: operands and `outs` are memrefs and there is no result.

    Activations are `[tokens][columns]`. Weights are opaque values of type
    `!ignis.weight`, found by name in the model's file; keys and values live in
    an opaque `!ignis.kv_cache`. What an operation computes is fixed to the last
    bit by the numeric contract.

    After bufferization a function is one program that every thread of a team
    runs: each operation says by its `share` which part of its result a thread
    computes.
  }];
  let cppNamespace = "::ignis";
  let useDefaultTypePrinterParser = 1;
  let useDefaultAttributePrinterParser = 1;
  let hasOperationAttrVerify = 1;
  let hasRegionArgAttrVerify = 1;
  let hasRegionResultAttrVerify = 1;
  let dependentDialects = ["::mlir::tensor::TensorDialect",
                           "::mlir::memref::MemRefDialect",
                           "::mlir::arith::ArithDialect"];
  let extraClassDeclaration = [{
    /// Module attribute: the hyper-parameters, a `#ignis.model`.
    static constexpr llvm::StringLiteral getModelAttrName() {
      return "ignis.model";
    }
    void registerTypes();
    void registerAttributes();
    /// Unit attribute of a function: its logits are returned as a buffer of its
    /// own, instead of being written to the caller's memory.
    static constexpr llvm::StringLiteral getLocalLogitsAttrName() {
      return "ignis.local_logits";
    }
  }];
}

#endif // IGNIS_IR_DIALECT_TD
