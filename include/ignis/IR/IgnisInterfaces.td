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
    An operation that computes activations: its destinations, and what a thread
    that computes one part of them reads. Fusion, bufferization, phases, the
    memory plan and the schedule know operations through this interface alone.
  }];
  let methods = [
    InterfaceMethod<"The destinations: empty in value form.",
      "::mlir::MutableOperandRange", "getOutsMutable">,
    InterfaceMethod<"The share that was chosen, or null.",
      "::ignis::ShareAttr", "getShareAttr">,
    InterfaceMethod<"Chooses a share.",
      "void", "setShareAttr", (ins "::ignis::ShareAttr":$share)>,
    InterfaceMethod<[{
        What a thread reads of `operand` (not a destination) to compute its part
        of the result.
      }],
      "::ignis::ReadScope", "getReadScope", (ins "::mlir::OpOperand &":$operand)>,
    InterfaceMethod<[{
        Features of all destinations together: what a share by columns divides.
        Of an operation without destination, the features it stores.
      }],
      "int64_t", "getColumns">,
    InterfaceMethod<[{
        Columns that must stay together when the work is divided by columns, or
        0 if it cannot be.
      }],
      "int64_t", "getColumnGranularity">,
    InterfaceMethod<"Whether the work may be divided by tokens.",
      "bool", "canShareTokens">,
    InterfaceMethod<"Whether a result may be quantised where it is computed.",
      "bool", "canGiveQuantized", (ins), "", "return false;">,
    InterfaceMethod<"The first token that is computed, or null for all.",
      "::mlir::Value", "getFirstRow", (ins), "", "return {};">,
    InterfaceMethod<"The cache that is written, or null.",
      "::mlir::Value", "getWrittenCache", (ins), "", "return {};">,
    InterfaceMethod<"The cache that is read, or null.",
      "::mlir::Value", "getReadCache", (ins), "", "return {};">,
  ];
  let extraSharedClassDeclaration = [{
    /// Value, destination or buffer form.
    bool isValueForm() { return ::ignis::isValueForm($_op); }
    bool isBufferForm() { return ::ignis::isBufferForm($_op); }
    /// The chosen share, or the finest: by columns where that is possible.
    ::ignis::ShareAttr getShareOrDefault() {
      return ::ignis::getShareOrDefault($_op);
    }
    /// Into how many parts the columns can be divided at most; 0 if not.
    int64_t getFinestParts() { return ::ignis::getFinestParts($_op); }
  }];
  let verify = [{ return ::ignis::verifyComputeOp($_op); }];
}

#endif // IGNIS_IR_INTERFACES_TD
