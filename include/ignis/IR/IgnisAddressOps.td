//===- IgnisAddressOps.td - Buffers and their addresses ----*- tablegen -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Between ignis-outline-kernels, which makes them, and ignis-buffers-to-pointers,
// which has nothing left to convert in them: a buffer is its address there. MLIR's
// ptr dialect has such operations for memrefs of its own memory spaces alone, and
// for !ptr.ptr. Every example stands in test/IR/round-trip.mlir.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_IR_IGNISADDRESSOPS_TD
#define IGNIS_IR_IGNISADDRESSOPS_TD

include "ignis/IR/IgnisOpBase.td"

def Ignis_Address : Type<
    CPred<"::llvm::isa<::mlir::LLVM::LLVMPointerType>($_self)">, "an address">;

def Ignis_AddressOfOp : Ignis_Op<"address_of", [Pure]> {
  let summary = "where a buffer, a cache or a call's rows are";
  let description = [{
    The address by which the runtime's functions know an object.

    ```mlir
    %p = ignis.address_of %x : memref<?x896xf32> -> !llvm.ptr
    ```
  }];
  let arguments = (ins
      AnyTypeOf<[AnyMemRef, Ignis_KVCacheType, Ignis_RowsType]>:$object);
  let results = (outs Ignis_Address:$address);
  let assemblyFormat = [{
    $object attr-dict `:` qualified(type($object)) `->` type($address)
  }];
  let hasFolder = 1;
}

def Ignis_BufferAtOp : Ignis_Op<"buffer_at", [Pure]> {
  let summary = "the buffer at an address";
  let description = [{
    What the runtime has at an address, a weight vector or a table, as the buffer
    that generated code reads.

    ```mlir
    %v = ignis.buffer_at %p : !llvm.ptr -> memref<896xf32>
    ```
  }];
  let arguments = (ins Ignis_Address:$address);
  let results = (outs AnyMemRef:$buffer);
  let assemblyFormat = "$address attr-dict `:` type($address) `->` type($buffer)";
}

#endif // IGNIS_IR_IGNISADDRESSOPS_TD
