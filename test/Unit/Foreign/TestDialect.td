//===- TestDialect.td - Operations that are not ours -------*- tablegen -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

include "ignis/Conversion/ElementwiseOpInterface.td"
include "ignis/IR/IgnisOps.td"

def Test_Dialect : Dialect {
  let name = "test";
  let cppNamespace = "::ignis::test";
  let dependentDialects = ["::ignis::IgnisDialect"];
}

class Test_Op<string mnemonic, list<Trait> traits = []>
    : Ignis_ComputeOp<mnemonic, traits> {
  let opDialect = Test_Dialect;
  let cppNamespace = "::ignis::test";
}

def Test_SiluOp : Test_Op<"silu",
    [DeclareOpInterfaceMethods<ElementwiseOpInterface>]> {
  let summary = "ignis.silu, of another dialect";
  let arguments = (ins Ignis_Activation:$input, Variadic<Ignis_Activation>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<"$input ">.format;
}

def Test_ContractOp : Test_Op<"contract", [AttrSizedOperandSegments]> {
  let summary = "says of itself what its attributes say";
  let description = [{
    `touches` has a word for each operand: what of it is accessed, `own`, `row`
    or `whole`, after a `!` if it is written, or `none`.
  }];
  let arguments = (ins Variadic<AnyType>:$inputs, Variadic<AnyType>:$outs,
                       I64Attr:$width, I64Attr:$grain,
                       BoolAttr:$tokens, StrArrayAttr:$touches,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<AnyType>:$results);
  let assemblyFormat = Ignis_Format<"$inputs ">.format;
}
