//===- ElementwiseOpInterface.td - Operations with code ----*- tablegen -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_CONVERSION_ELEMENTWISEOPINTERFACE_TD
#define IGNIS_CONVERSION_ELEMENTWISEOPINTERFACE_TD

include "mlir/IR/OpBase.td"

def ElementwiseOpInterface : OpInterface<"ElementwiseOpInterface"> {
  let cppNamespace = "::ignis";
  let description = [{
    A compute operation, of whatever dialect, that brings its code with it: each
    element of its one result depends on the elements at the same place of its
    inputs alone, activations with the result's columns or weight vectors of
    that length, or of one that divides the columns that stay together, which
    repeat. `ignis-outline-kernels` makes a function of it, with the loops
    around, and quantises the result where that is what the operation gives.
    The dialect's own elementwise operations (`ignis.add`, `mul`, `scale`,
    `silu`, `swiglu`, `quantize`) implement it too.
  }];
  let methods = [
    InterfaceMethod<[{
        The name of the generated function, before its number of columns. All
        operations of one name share it, so whatever the code depends on is part
        of the name; it begins with the dialect's.
      }],
      "::std::string", "getKernelName">,
    InterfaceMethod<[{
        Emits sixteen elements of the result, a `vector<16xf32>`, from sixteen of
        each operand that is not a destination, in their order.
      }],
      "::mlir::Value", "emitElements",
      (ins "::ignis::VectorCode &":$code, "::mlir::ValueRange":$inputs)>,
  ];
}

#endif // IGNIS_CONVERSION_ELEMENTWISEOPINTERFACE_TD
