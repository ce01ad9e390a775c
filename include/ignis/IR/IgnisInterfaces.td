//===- IgnisInterfaces.td - Interfaces of the dialect ------*- tablegen -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_IR_INTERFACES_TD
#define IGNIS_IR_INTERFACES_TD

include "mlir/IR/OpBase.td"

def ComputeOpInterface : OpInterface<"ComputeOpInterface"> {
  let cppNamespace = "::ignis";
  let description = [{
    An operation that computes activations: its destinations, how its work can
    be divided, and what a thread that computes one part of it touches. Fusion,
    bufferization, phases, the memory plan and the schedule know operations
    through this interface alone. What they rely on is verified: operand 0 has a
    row for each token, the work can be divided one way or the other, a quantised
    result is divided between blocks of 32, and every buffer is accessed.
  }];
  let methods = [
    InterfaceMethod<"The destinations: empty in value form.",
      "::mlir::MutableOperandRange", "getOutsMutable">,
    InterfaceMethod<"The share that was chosen, or null.",
      "::ignis::ShareAttr", "getShareAttr">,
    InterfaceMethod<"Chooses a share.",
      "void", "setShareAttr", (ins "::ignis::ShareAttr":$share)>,
    InterfaceMethod<[{
        How the work can be divided: the columns there are, how many of them must
        stay together, whether tokens can be divided.
      }],
      "::ignis::Division", "getDivision">,
    InterfaceMethod<[{
        Everything that is read and written, and which part of it for a thread's
        part of the result.
      }],
      "::llvm::SmallVector<::ignis::Access>", "getAccesses">,
    InterfaceMethod<"Whether a result may be quantised where it is computed.",
      "bool", "canGiveQuantized", (ins), "", "return false;">,
    InterfaceMethod<[{
        The rows of the call, if only those that want logits are computed:
        results have a row for each of them. Without it, it is absent or null.
      }],
      "::mlir::MutableOperandRange", "getSelectionMutable", (ins), "",
      "return ::mlir::MutableOperandRange($_op, 0, 0);">,
    InterfaceMethod<[{
        The matrices by which operand 0 is multiplied: all of each is read for
        any number of rows. None if the operation is no matrix product.
      }],
      "::llvm::SmallVector<::mlir::Value>", "getMatrices", (ins), "",
      "return {};">,
    InterfaceMethod<[{
        Replaces the operation, in buffer form, by several that more threads can
        share, at the builder's insertion point. Whether it did; then it is gone.
      }],
      "bool", "splitForThreads", (ins "::mlir::OpBuilder &":$builder), "",
      "return false;">,
  ];
  let extraSharedClassDeclaration = [{
    /// Value, destination or buffer form.
    bool isValueForm() { return ::ignis::isValueForm($_op); }
    bool isBufferForm() { return ::ignis::isBufferForm($_op); }
    /// The chosen share, or the finest: by columns where that is possible.
    ::ignis::ShareAttr getShareOrDefault() {
      return ::ignis::getShareOrDefault($_op);
    }
    int64_t getColumns() { return $_op.getDivision().columns; }
    int64_t getColumnGranularity() { return $_op.getDivision().granularity; }
    bool canShareTokens() { return $_op.getDivision().tokens; }
    /// The rows of which those that want logits are computed, or null for all.
    ::mlir::Value getSelection() { return ::ignis::getSelection($_op); }
    bool writesCache() { return ::ignis::accessesCache($_op, true); }
    bool readsCache() { return ::ignis::accessesCache($_op, false); }
    /// Into how many parts the columns can be divided at most; 0 if not.
    int64_t getFinestParts() { return ::ignis::getFinestParts($_op); }
  }];
  let verify = [{ return ::ignis::verifyComputeOp($_op); }];
}

#endif // IGNIS_IR_INTERFACES_TD
