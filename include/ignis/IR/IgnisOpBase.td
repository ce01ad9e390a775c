//===- IgnisOpBase.td - What operations have in common -----*- tablegen -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_IR_OPBASE_TD
#define IGNIS_IR_OPBASE_TD

include "ignis/IR/IgnisInterfaces.td"
include "ignis/IR/IgnisTypes.td"
include "mlir/Dialect/Bufferization/IR/BufferizableOpInterface.td"
include "mlir/Interfaces/InferTypeOpInterface.td"
include "mlir/Interfaces/SideEffectInterfaces.td"

class Ignis_Op<string mnemonic, list<Trait> traits = []>
    : Op<Ignis_Dialect, mnemonic, traits>;

//===----------------------------------------------------------------------===//
// Operand kinds
//===----------------------------------------------------------------------===//

def Ignis_Activation : AnyTypeOf<[2DTensorOf<[F32]>, MemRefRankOf<[F32], [2]>],
    "activations, T x columns of f32">;
def Ignis_Quantized : AnyTypeOf<
    [Ignis_Q8Type, 2DTensorOf<[I8]>, MemRefRankOf<[I8], [2]>],
    "quantised activations">;
def Ignis_ActivationOrQuantized : AnyTypeOf<[Ignis_Activation, Ignis_Quantized],
    "activations, quantised or not">;
def Ignis_Tokens : AnyTypeOf<[1DTensorOf<[I32]>, MemRefRankOf<[I32], [1]>],
    "T token ids">;
def Ignis_Candidates : AnyTypeOf<[2DTensorOf<[I64]>, MemRefRankOf<[I64], [2]>],
    "keys of likely tokens, T x parts">;
def Ignis_Vector : Type<And<[Ignis_WeightType.predicate,
    CPred<"::llvm::cast<::ignis::WeightType>($_self).isVector()">]>,
    "a weight vector">;
def Ignis_Matrix : Type<And<[Ignis_WeightType.predicate,
    CPred<"!::llvm::cast<::ignis::WeightType>($_self).isVector()">]>,
    "a weight matrix">;

//===----------------------------------------------------------------------===//
// Compute operations
//===----------------------------------------------------------------------===//

// Operand lists end in `outs` and attribute lists in `share`, which subclasses
// repeat because TableGen cannot append. What all have in common is in
// lib/IR/ComputeOp.cpp and lib/IR/BufferForm.cpp.
class Ignis_ComputeOp<string mnemonic, list<Trait> traits = []>
    : Ignis_Op<mnemonic, traits # [
        DeclareOpInterfaceMethods<ComputeOpInterface>,
        DeclareOpInterfaceMethods<MemoryEffectsOpInterface>,
        DeclareOpInterfaceMethods<ReifyRankedShapedTypeOpInterface,
          ["reifyResultShapes"]>,
        DeclareOpInterfaceMethods<BufferizableOpInterface,
          ["bufferizesToMemoryRead", "bufferizesToMemoryWrite",
           "getAliasingValues", "bufferize"]>]> {
  let hasVerifier = 1;
  let extraClassDefinition = [{
    void $cppClass::getEffects(
        ::llvm::SmallVectorImpl<::mlir::MemoryEffects::EffectInstance> &effects) {
      ::ignis::compute::getComputeEffects(*this, effects);
    }
    ::llvm::LogicalResult $cppClass::reifyResultShapes(
        ::mlir::OpBuilder &builder,
        ::mlir::ReifiedRankedShapedTypeDims &shapes) {
      return ::ignis::compute::reifyComputeShapes(*this, builder, shapes);
    }
    bool $cppClass::bufferizesToMemoryRead(
        ::mlir::OpOperand &operand, const ::mlir::bufferization::AnalysisState &) {
      return !::ignis::compute::isDestination(operand);
    }
    bool $cppClass::bufferizesToMemoryWrite(
        ::mlir::OpOperand &operand, const ::mlir::bufferization::AnalysisState &) {
      return ::ignis::compute::isDestination(operand);
    }
    ::mlir::bufferization::AliasingValueList $cppClass::getAliasingValues(
        ::mlir::OpOperand &operand, const ::mlir::bufferization::AnalysisState &) {
      return ::ignis::compute::getAliasingValues(operand);
    }
    ::llvm::LogicalResult $cppClass::bufferize(
        ::mlir::RewriterBase &rewriter,
        const ::mlir::bufferization::BufferizationOptions &options,
        ::mlir::bufferization::BufferizationState &state) {
      return ::ignis::compute::bufferizeComputeOp(*this, rewriter, options, state);
    }
  }];
}

// The syntax of a compute operation after its own operands.
class Ignis_Format<string operands> {
  string format = operands # [{
    (`outs` `(` $outs^ `)`)? attr-dict `:` functional-type(operands, results)
  }];
}

#endif // IGNIS_IR_OPBASE_TD
