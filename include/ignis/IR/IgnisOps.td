//===- IgnisOps.td - Operations of the ignis dialect -------*- tablegen -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Every example stands in test/IR/round-trip.mlir. T is the number of tokens.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_IR_OPS_TD
#define IGNIS_IR_OPS_TD

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
    "activations, T x features of f32">;
def Ignis_Quantized : AnyTypeOf<
    [Ignis_Q8Type, 2DTensorOf<[I8]>, MemRefRankOf<[I8], [2]>],
    "quantised activations">;
def Ignis_ActivationOrQuantized : AnyTypeOf<[Ignis_Activation, Ignis_Quantized],
    "activations, quantised or not">;
def Ignis_Tokens : AnyTypeOf<[1DTensorOf<[I32]>, MemRefRankOf<[I32], [1]>],
    "T token ids">;
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
// lib/IR/ComputeOp.cpp and lib/IR/Bufferize.cpp.
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

def Ignis_WeightOp : Ignis_Op<"weight", [Pure]> {
  let summary = "names a tensor of the model's file";
  let description = [{
    The value stands for the tensor `name` of the file. Effects: none; where the
    tensor lies is found when the program is loaded.

    ```mlir
    %w = ignis.weight @blk.0.attn_q.weight : !ignis.weight<896x896xq8_0>
    ```
  }];
  let arguments = (ins FlatSymbolRefAttr:$name);
  let results = (outs Ignis_WeightType:$result);
  let assemblyFormat = "$name attr-dict `:` qualified(type($result))";
}

def Ignis_EmbeddingOp : Ignis_ComputeOp<"embedding"> {
  let summary = "looks up the tokens' rows in the embedding table";
  let description = [{
    `y[t] = f32(table[tokens[t]])`. Shapes: tokens `[T]` i32, table
    `[vocab][n]`, result `[T][n]`. A Q8_0 row is `f32(d) * q`.

    ```mlir
    %y = ignis.embedding %tokens, %table
      : (tensor<?xi32>, !ignis.weight<151936x896xq8_0>) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Tokens:$tokens, Ignis_Matrix:$table,
                       Variadic<Ignis_Activation>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<"$tokens `,` $table ">.format;
}

def Ignis_RMSNormalizeOp : Ignis_ComputeOp<"rms_normalize"> {
  let summary = "divides each row by its root mean square";
  let description = [{
    `y[t][i] = x[t][i] * (1 / sqrt(mean_i(x[t][i]^2) + eps))`. Shapes: x and y
    `[T][n]`. The first half of RMSNorm (Zhang and Sennrich, 2019); see
    `ignis.scale` for the second.

    ```mlir
    %y = ignis.rms_normalize %x {eps = 1.0e-6 : f32}
      : (tensor<?x896xf32>) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$input, Variadic<Ignis_Activation>:$outs,
                       F32Attr:$eps, OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<"$input ">.format;
}

def Ignis_ScaleOp : Ignis_ComputeOp<"scale"> {
  let summary = "multiplies each row by a weight vector";
  let description = [{
    `y[t][i] = x[t][i] * w[i]`. Shapes: x and y `[T][n]`, w `[n]`.

    ```mlir
    %y = ignis.scale %x, %w
      : (tensor<?x896xf32>, !ignis.weight<896xf32>) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$input, Ignis_Vector:$weight,
                       Variadic<Ignis_Activation>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<"$input `,` $weight ">.format;
}

def Ignis_RMSNormOp : Ignis_ComputeOp<"rms_norm"> {
  let summary = "RMSNorm: normalises each row and scales it";
  let description = [{
    `y[t][i] = (x[t][i] * rstd[t]) * w[i]`,
    `rstd[t] = 1 / sqrt(mean_i(x[t][i]^2) + eps)`: the bits of
    `ignis.rms_normalize` followed by `ignis.scale`. Shapes: x and y `[T][n]`, w
    `[n]`. A quantised result is `ignis.quantize` of y.

    ```mlir
    %y = ignis.rms_norm %x, %w {eps = 1.0e-6 : f32}
      : (tensor<?x896xf32>, !ignis.weight<896xf32>) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$input, Ignis_Vector:$weight,
                       Variadic<Ignis_ActivationOrQuantized>:$outs,
                       F32Attr:$eps, OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_ActivationOrQuantized>:$results);
  let assemblyFormat = Ignis_Format<"$input `,` $weight ">.format;
}

def Ignis_QuantizeOp : Ignis_ComputeOp<"quantize"> {
  let summary = "quantises activations to 8 bits in blocks of 32";
  let description = [{
    Per block: `amax = max |x_i|`, `d = amax / 127`,
    `q_i = rne(x_i * (127 / amax))`; a block with `amax < 2^-100` is all zero.
    Shapes: x and y `[T][n]`, n a multiple of 32. The scale stays binary32.

    ```mlir
    %y = ignis.quantize %x : (tensor<?x896xf32>) -> !ignis.q8<?x896>
    ```
  }];
  let arguments = (ins Ignis_Activation:$input, Variadic<Ignis_Quantized>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Quantized>:$results);
  let assemblyFormat = Ignis_Format<"$input ">.format;
}

def Ignis_MatmulOp : Ignis_ComputeOp<"matmul", [AttrSizedOperandSegments]> {
  let summary = "multiplies activations by a weight matrix";
  let description = [{
    `y[t][r] = sum_k x[t][k] * w[r][k] (+ bias[r]) (+ residual[t][r])`, added in
    this order. Shapes: x `[T][cols]`, w `[rows][cols]`, bias `[rows]`, residual
    and y `[T][rows]`. A `q8_0` weight takes quantised activations; given f32
    ones it quantises them first, with the same bits. Other weights take f32.

    With `from(%f)` only tokens f and later are computed, and y has `T - f`
    rows; a residual is not allowed then. The residual may be the destination.

    ```mlir
    %y = ignis.matmul %x, %w bias(%b)
      : (tensor<?x896xf32>, !ignis.weight<896x896xq8_0>, !ignis.weight<896xf32>)
      -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_ActivationOrQuantized:$input, Ignis_Matrix:$weight,
                       Optional<Ignis_Vector>:$bias,
                       Optional<Ignis_Activation>:$residual,
                       Optional<Index>:$firstRow,
                       Variadic<Ignis_Activation>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<[{
    $input `,` $weight (`bias` `(` $bias^ `)`)?
    (`residual` `(` $residual^ `)`)? (`from` `(` $firstRow^ `)`)? }]>.format;
  let hasCanonicalizer = 1;
}

def Ignis_RopeOp : Ignis_ComputeOp<"rope"> {
  let summary = "rotary position embedding";
  let description = [{
    Each head's elements `i` and `i + head_dim/2` turn by the angle
    `(position + t) * base^(-2i/head_dim)`:
    `y_i = x_i c - x_{i+h} s`, `y_{i+h} = x_{i+h} c + x_i s` (Su et al., 2021, in
    the half-split order of GPT-NeoX). Shapes: x and y `[T][heads * head_dim]`.

    ```mlir
    %y = ignis.rope %x at %position {base = 1.0e6 : f64, head_dim = 64 : i64}
      : (tensor<?x896xf32>, index) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$input, Index:$position,
                       Variadic<Ignis_Activation>:$outs, I64Attr:$head_dim,
                       F64Attr:$base, OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<"$input `at` $position ">.format;
}

def Ignis_AttentionOp : Ignis_ComputeOp<"attention"> {
  let summary = "appends keys and values to the cache, then attends";
  let description = [{
    `ignis.kv_append` of k and v, then `ignis.attend` of q. Shapes: q and y
    `[T][heads * head_dim]`, k and v `[T][kv_heads * head_dim]`. Effects: reads
    and writes layer `layer` of the cache.

    ```mlir
    %y = ignis.attention %q, %k, %v, %cache at %position {layer = 0 : i64}
      : (tensor<?x896xf32>, tensor<?x128xf32>, tensor<?x128xf32>,
         !ignis.kv_cache<24, 2, 64, f16>, index) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$query, Ignis_Activation:$key,
                       Ignis_Activation:$value, Ignis_KVCacheType:$cache,
                       Index:$position,
                       Variadic<Ignis_ActivationOrQuantized>:$outs,
                       I64Attr:$layer, OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_ActivationOrQuantized>:$results);
  let assemblyFormat = Ignis_Format<
      "$query `,` $key `,` $value `,` $cache `at` $position ">.format;
  let extraClassDeclaration = [{
    ::mlir::Value getWrittenCache() { return getCache(); }
    ::mlir::Value getReadCache() { return getCache(); }
  }];
}

def Ignis_AttendOp : Ignis_ComputeOp<"attend"> {
  let summary = "causal attention over the cache";
  let description = [{
    `y[t] = softmax(q[t] . K / sqrt(head_dim)) V` per query head, over positions
    `0 .. position + t`; query head h reads key/value head
    `h / (heads / kv_heads)`. Shapes: q and y `[T][heads * head_dim]`. Effects:
    reads layer `layer` of the cache, which holds the tokens' own keys and
    values already. The destination may be q. A quantised result is
    `ignis.quantize` of y.

    ```mlir
    %y = ignis.attend %q, %cache at %position {layer = 0 : i64}
      : (tensor<?x896xf32>, !ignis.kv_cache<24, 2, 64, f16>, index)
      -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$query, Ignis_KVCacheType:$cache,
                       Index:$position,
                       Variadic<Ignis_ActivationOrQuantized>:$outs,
                       I64Attr:$layer, OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_ActivationOrQuantized>:$results);
  let assemblyFormat = Ignis_Format<"$query `,` $cache `at` $position ">.format;
  let extraClassDeclaration = [{
    ::mlir::Value getReadCache() { return getCache(); }
  }];
}

def Ignis_KVAppendOp : Ignis_ComputeOp<"kv_append"> {
  let summary = "appends keys and values to the cache";
  let description = [{
    Stores row t of k and v, rounded to the cache's type, at position
    `position + t` of layer `layer`. Shapes: k and v `[T][kv_heads * head_dim]`.
    Effects: writes the cache. It has no result and no destination.

    ```mlir
    ignis.kv_append %k, %v, %cache at %position {layer = 0 : i64}
      : (tensor<?x128xf32>, tensor<?x128xf32>, !ignis.kv_cache<24, 2, 64, f16>,
         index) -> ()
    ```
  }];
  let arguments = (ins Ignis_Activation:$key, Ignis_Activation:$value,
                       Ignis_KVCacheType:$cache, Index:$position,
                       I64Attr:$layer, OptionalAttr<Ignis_ShareAttr>:$share);
  let assemblyFormat = [{
    $key `,` $value `,` $cache `at` $position attr-dict `:`
    functional-type(operands, results)
  }];
  let extraClassDeclaration = [{
    ::mlir::Value getWrittenCache() { return getCache(); }
  }];
}

class Ignis_BinaryOp<string mnemonic, list<Trait> traits = []>
    : Ignis_ComputeOp<mnemonic, traits> {
  let arguments = (ins Ignis_Activation:$lhs, Ignis_Activation:$rhs,
                       Variadic<Ignis_Activation>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<"$lhs `,` $rhs ">.format;
}

def Ignis_AddOp : Ignis_BinaryOp<"add"> {
  let summary = "adds elementwise";
  let description = [{
    `y = a + b`, each `[T][n]`.

    ```mlir
    %y = ignis.add %a, %b
      : (tensor<?x896xf32>, tensor<?x896xf32>) -> tensor<?x896xf32>
    ```
  }];
}

def Ignis_MulOp : Ignis_BinaryOp<"mul"> {
  let summary = "multiplies elementwise";
  let description = [{
    `y = a * b`, each `[T][n]`.

    ```mlir
    %y = ignis.mul %a, %b
      : (tensor<?x4864xf32>, tensor<?x4864xf32>) -> tensor<?x4864xf32>
    ```
  }];
}

def Ignis_SiluOp : Ignis_ComputeOp<"silu"> {
  let summary = "the sigmoid-weighted linear unit";
  let description = [{
    `y = g / (1 + exp(-g))`, each `[T][n]` (Elfwing et al., 2017), with the
    contract's exponential.

    ```mlir
    %y = ignis.silu %g : (tensor<?x4864xf32>) -> tensor<?x4864xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$input, Variadic<Ignis_Activation>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<"$input ">.format;
}

def Ignis_SwiGLUOp : Ignis_ComputeOp<"swiglu"> {
  let summary = "SwiGLU's gate: silu(g) * u";
  let description = [{
    `y = silu(g) * u`, each `[T][n]` (Shazeer, 2020): the bits of `ignis.silu`
    followed by `ignis.mul`. A quantised result is `ignis.quantize` of y.

    ```mlir
    %y = ignis.swiglu %g, %u
      : (tensor<?x4864xf32>, tensor<?x4864xf32>) -> tensor<?x4864xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$gate, Ignis_Activation:$up,
                       Variadic<Ignis_ActivationOrQuantized>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_ActivationOrQuantized>:$results);
  let assemblyFormat = Ignis_Format<"$gate `,` $up ">.format;
}

//===----------------------------------------------------------------------===//
// Deeper fusions
//===----------------------------------------------------------------------===//

def Ignis_GroupedMatmulOp : Ignis_ComputeOp<"grouped_matmul",
    [AttrSizedOperandSegments]> {
  let summary = "several matrix products of one input";
  let description = [{
    `y_j = ignis.matmul x, w_j bias(b_j)` for each weight; weights may differ in
    rows and element type. There are as many biases as weights, or none.
    Its result columns, one after the other, are divided among the threads.

    ```mlir
    %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wv) bias(%bq, %bk, %bv)
      : (!ignis.q8<?x896>, !ignis.weight<896x896xq8_0>,
         !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>,
         !ignis.weight<896xf32>, !ignis.weight<128xf32>, !ignis.weight<128xf32>)
      -> (tensor<?x896xf32>, tensor<?x128xf32>, tensor<?x128xf32>)
    ```
  }];
  let arguments = (ins Ignis_ActivationOrQuantized:$input,
                       Variadic<Ignis_Matrix>:$weights,
                       Variadic<Ignis_Vector>:$biases,
                       Variadic<Ignis_Activation>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<[{
    $input `,` `(` $weights `)` (`bias` `(` $biases^ `)`)? }]>.format;
}

def Ignis_QKVOp : Ignis_ComputeOp<"qkv", [AttrSizedOperandSegments]> {
  let summary = "q, k and v with RoPE and the cache append in the epilogue";
  let description = [{
    `ignis.grouped_matmul` of the three weights, `ignis.rope` of q and k, and
    `ignis.kv_append` of k and v; the result is q. Shapes: x `[T][n]`, y
    `[T][heads * head_dim]`. Effects: writes layer `layer` of the cache.

    ```mlir
    %y = ignis.qkv %x, (%wq, %wk, %wv) bias(%bq, %bk, %bv), %cache at %position
        {base = 1.0e6 : f64, layer = 0 : i64}
      : (!ignis.q8<?x896>, !ignis.weight<896x896xq8_0>,
         !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>,
         !ignis.weight<896xf32>, !ignis.weight<128xf32>, !ignis.weight<128xf32>,
         !ignis.kv_cache<24, 2, 64, f16>, index) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_ActivationOrQuantized:$input,
                       Variadic<Ignis_Matrix>:$weights,
                       Variadic<Ignis_Vector>:$biases,
                       Ignis_KVCacheType:$cache, Index:$position,
                       Variadic<Ignis_Activation>:$outs,
                       F64Attr:$base, I64Attr:$layer,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<[{
    $input `,` `(` $weights `)` (`bias` `(` $biases^ `)`)? `,` $cache
    `at` $position }]>.format;
  let extraClassDeclaration = [{
    ::mlir::Value getWrittenCache() { return getCache(); }
  }];
}

def Ignis_GateUpOp : Ignis_ComputeOp<"gate_up"> {
  let summary = "gate and up projections with SwiGLU in the epilogue";
  let description = [{
    `y = ignis.swiglu(ignis.matmul x, gate; ignis.matmul x, up)`. Shapes: x
    `[T][n]`, weights `[ff][n]`, y `[T][ff]`. A quantised result is
    `ignis.quantize` of y.

    ```mlir
    %y = ignis.gate_up %x, %gate, %up
      : (!ignis.q8<?x896>, !ignis.weight<4864x896xq8_0>,
         !ignis.weight<4864x896xq8_0>) -> !ignis.q8<?x4864>
    ```
  }];
  let arguments = (ins Ignis_ActivationOrQuantized:$input, Ignis_Matrix:$gate,
                       Ignis_Matrix:$up,
                       Variadic<Ignis_ActivationOrQuantized>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_ActivationOrQuantized>:$results);
  let assemblyFormat = Ignis_Format<"$input `,` $gate `,` $up ">.format;
}

//===----------------------------------------------------------------------===//
// Phases and barriers
//===----------------------------------------------------------------------===//

def Ignis_PhaseOp : Ignis_Op<"phase", [
    NoTerminator, NoRegionArguments, SingleBlock, RecursiveMemoryEffects]> {
  let summary = "operations between two barriers";
  let description = [{
    The operations inside, all in buffer form, run without a barrier: none reads
    what another thread writes in the same phase.

    ```mlir
    ignis.phase {
      ignis.add %a, %b outs(%c) : (memref<?x896xf32>, memref<?x896xf32>,
                                   memref<?x896xf32>) -> ()
    }
    ```
  }];
  let regions = (region SizedRegion<1>:$body);
  let assemblyFormat = "attr-dict-with-keyword $body";
  let hasVerifier = 1;
  let hasCanonicalizeMethod = 1;
  let skipDefaultBuilders = 1;
  let builders = [OpBuilder<(ins)>];
}

def Ignis_BarrierOp : Ignis_Op<"barrier", [
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "waits for every thread of the team";
  let description = [{
    What any thread wrote before it, every thread reads after it. Effects: reads
    and writes everything.

    ```mlir
    ignis.barrier
    ```
  }];
  let assemblyFormat = "attr-dict";
  let hasCanonicalizeMethod = 1;
}

#endif // IGNIS_IR_OPS_TD
