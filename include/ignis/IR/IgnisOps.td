//===- IgnisOps.td - Operations of the ignis dialect -------*- tablegen -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// Those that the graph of a model is made of, and those that order them; what
// passes make of them is in IgnisFusedOps.td and IgnisAddressOps.td. Every example
// stands in test/IR/round-trip.mlir. T is the number of tokens.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_IR_OPS_TD
#define IGNIS_IR_OPS_TD

include "ignis/IR/IgnisAddressOps.td"
include "ignis/IR/IgnisFusedOps.td"
include "mlir/IR/SymbolInterfaces.td"

//===----------------------------------------------------------------------===//
// The graph
//===----------------------------------------------------------------------===//

def Ignis_WeightOp : Ignis_Op<"weight", [Pure]> {
  let summary = "names a tensor of the model's file";
  let description = [{
    The value stands for the tensor `name` of the file: a string of the file's,
    no symbol of the module's. Effects: none; where the tensor lies is found when
    the program is loaded.

    ```mlir
    %w = ignis.weight "blk.0.attn_q.weight" : !ignis.weight<896x896xq8_0>
    ```
  }];
  let arguments = (ins StrAttr:$name);
  let results = (outs Ignis_WeightType:$result);
  let assemblyFormat = "$name attr-dict `:` qualified(type($result))";
  let hasVerifier = 1;
}

def Ignis_EmbeddingOp : Ignis_ComputeOp<"embedding"> {
  let summary = "looks up the tokens' rows in the embedding table";
  let description = [{
    `y[t] = f32(table[tokens[t]])`. Shapes: tokens `[T]` i32, table
    `[vocab][n]`, result `[T][n]`. A row in blocks is dequantised by its format's
    formula; one of `q8_0` is `f32(d) * q`.

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
    `ignis.scale` for the second. With `head_dim` each head of as many columns
    is a row of its own.

    ```mlir
    %y = ignis.rms_normalize %x {eps = 1.0e-6 : f32}
      : (tensor<?x896xf32>) -> tensor<?x896xf32>
    %z = ignis.rms_normalize %x {eps = 1.0e-6 : f32, head_dim = 64 : i64}
      : (tensor<?x896xf32>) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$input, Variadic<Ignis_Activation>:$outs,
                       F32Attr:$eps, OptionalAttr<I64Attr>:$head_dim,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<"$input ">.format;
}

def Ignis_ScaleOp : Ignis_ComputeOp<"scale"> {
  let summary = "multiplies each row by a weight vector";
  let description = [{
    `y[t][i] = x[t][i] * w[i]`. Shapes: x and y `[T][n]`, w `[n]`; with
    `head_dim` w is `[head_dim]` and multiplies each head.

    ```mlir
    %y = ignis.scale %x, %w
      : (tensor<?x896xf32>, !ignis.weight<896xf32>) -> tensor<?x896xf32>
    %z = ignis.scale %x, %v {head_dim = 64 : i64}
      : (tensor<?x896xf32>, !ignis.weight<64xf32>) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$input, Ignis_Vector:$weight,
                       Variadic<Ignis_Activation>:$outs,
                       OptionalAttr<I64Attr>:$head_dim,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<"$input `,` $weight ">.format;
}

def Ignis_MatmulOp : Ignis_ComputeOp<"matmul", [AttrSizedOperandSegments]> {
  let summary = "multiplies activations by a weight matrix";
  let description = [{
    `y[t][r] = sum_k x[t][k] * w[r][k] (+ bias[r]) (+ residual[t][r])`, added in
    this order. Shapes: x `[T][cols]`, w `[rows][cols]`, bias `[rows]`, residual
    and y `[T][rows]`. A weight in blocks (`q8_0`, `q4_k`) takes quantised
    activations; given f32 ones it quantises them first, with the same bits.
    Other weights (`f32`, `f16`, `bf16`) take f32.

    With `select(%rows)` only the rows that want logits are computed, and y has a
    row for each of them; a residual is not allowed then. The residual may be the
    destination.

    ```mlir
    %y = ignis.matmul %x, %w bias(%b)
      : (tensor<?x896xf32>, !ignis.weight<896x896xq8_0>, !ignis.weight<896xf32>)
      -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_ActivationOrQuantized:$input, Ignis_Matrix:$weight,
                       Optional<Ignis_Vector>:$bias,
                       Optional<Ignis_Activation>:$residual,
                       Optional<Ignis_RowsType>:$selection,
                       Variadic<Ignis_Activation>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<[{
    $input `,` $weight (`bias` `(` $bias^ `)`)?
    (`residual` `(` $residual^ `)`)? (`select` `(` $selection^ `)`)? }]>.format;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::mlir::Value> getMatrices() {
      return {getWeight()};
    }
  }];
}

def Ignis_RopeOp : Ignis_ComputeOp<"rope"> {
  let summary = "rotary position embedding";
  let description = [{
    Each head's elements `i` and `i + head_dim/2` turn by the angle
    `position[t] * base^(-2i/head_dim)`, of `rope`:
    `y_i = x_i c - x_{i+h} s`, `y_{i+h} = x_{i+h} c + x_i s` (Su et al., 2021, in
    the half-split order of GPT-NeoX). Shapes: x and y `[T][heads * head_dim]`.

    ```mlir
    %y = ignis.rope %x at %rows
        {head_dim = 64 : i64, rope = #ignis.rope<base = 1.0e6>}
      : (tensor<?x896xf32>, !ignis.rows) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$input, Ignis_RowsType:$rows,
                       Variadic<Ignis_Activation>:$outs, I64Attr:$head_dim,
                       Ignis_RopeAttr:$rope, OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<"$input `at` $rows ">.format;
}

def Ignis_AttentionOp : Ignis_ComputeOp<"attention"> {
  let summary = "appends keys and values to the cache, then attends";
  let description = [{
    `ignis.kv_append` of k and v, then `ignis.attend` of q. Shapes: q and y
    `[T][heads * head_dim]`, k and v `[T][kv_heads * head_dim]`. Effects: reads
    and writes layer `layer` of the cache.

    ```mlir
    %y = ignis.attention %q, %k, %v, %cache at %rows {layer = 0 : i64}
      : (tensor<?x896xf32>, tensor<?x128xf32>, tensor<?x128xf32>,
         !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$query, Ignis_Activation:$key,
                       Ignis_Activation:$value, Ignis_KVCacheType:$cache,
                       Ignis_RowsType:$rows,
                       Variadic<Ignis_ActivationOrQuantized>:$outs,
                       I64Attr:$layer, OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_ActivationOrQuantized>:$results);
  let assemblyFormat = Ignis_Format<
      "$query `,` $key `,` $value `,` $cache `at` $rows ">.format;
  let extraClassDeclaration = [{
    bool splitForThreads(::mlir::OpBuilder &builder);
    bool canGiveQuantized() { return true; }
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

def Ignis_ArgmaxOp : Ignis_ComputeOp<"argmax", [AttrSizedOperandSegments]> {
  let summary = "finds the likeliest token of each part of the vocabulary";
  let description = [{
    The columns of x are divided into as many parts as y has columns, each of
    w = 16 * ceil(n / parts / 16) columns but for the last. `y[t][p]` is the
    largest `key(x[t][i]) * 2^32 + 2^32 - 1 - i` of part p, as an unsigned
    number, where `key` numbers the finite values in their order and -0 as 0. So
    the largest of a row tells the likeliest token, of several the lowest; who
    asks for it compares the few that there are. A value that is not finite has
    the key 2^32 - 1. Shapes: x `[T][n]`, y `[T][parts]`.

    With `select(%rows)` only the rows that want logits count, and y has a row for
    each of them.

    ```mlir
    %y = ignis.argmax %x select(%rows)
      : (tensor<?x151936xf32>, !ignis.rows) -> tensor<?x250xi64>
    ```
  }];
  let arguments = (ins Ignis_Activation:$input, Optional<Ignis_RowsType>:$selection,
                       Variadic<Ignis_Candidates>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Candidates>:$results);
  let assemblyFormat = Ignis_Format<
      "$input (`select` `(` $selection^ `)`)? ">.format;
}

//===----------------------------------------------------------------------===//
// Rows
//===----------------------------------------------------------------------===//

def Ignis_SelectedCountOp : Ignis_Op<"selected_count", [Pure]> {
  let summary = "counts the rows that want logits";
  let description = [{
    How many rows of the call want logits.

    ```mlir
    %n = ignis.selected_count %rows : !ignis.rows
    ```
  }];
  let arguments = (ins Ignis_RowsType:$rows);
  let results = (outs Index:$result);
  let assemblyFormat = "$rows attr-dict `:` qualified(type($rows))";
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

def Ignis_AllGatherOp : Ignis_Op<"all_gather", [
    MemoryEffects<[MemRead, MemWrite]>]> {
  let summary = "gives every rank what each has computed";
  let description = [{
    Of a buffer's columns, in units of `width` (the last perhaps of fewer), rank
    `r` of `R` has units `u*r/R .. u*(r+1)/R` of u. Afterwards every rank has all
    of them, or with `first_only` rank 0 alone. `columns` says how many there are,
    which of quantised rows the type does not: their scales and sums go along.
    With `select`, the rows are those that want logits. A call of one rank is a
    barrier, which every other call is as well.
    Effects: reads and writes everything.

    ```mlir
    ignis.all_gather %buffer {columns = 896 : i64, width = 64 : i64} : memref<?x896xf32>
    ```
  }];
  let arguments = (ins
      AnyTypeOf<[MemRefRankOf<[F32, I8, I64], [2]>], "a row of results for each token">:$buffer,
      Optional<Ignis_RowsType>:$selection,
      ConfinedAttr<I64Attr, [IntPositive]>:$columns,
      ConfinedAttr<I64Attr, [IntPositive]>:$width,
      UnitAttr:$first_only);
  let assemblyFormat = [{
    $buffer (`select` `(` $selection^ `)`)? attr-dict `:` type($buffer)
  }];
  let hasVerifier = 1;
  let extraClassDeclaration = [{
    /// How many units there are.
    int64_t getUnits();
    ::mlir::MemRefType getBufferType() {
      return ::llvm::cast<::mlir::MemRefType>(getBuffer().getType());
    }
    bool isQuantized() {
      return getBufferType().getElementType().isInteger(8);
    }
    /// Bytes of a row that all ranks together send.
    int64_t getRowBytes();
  }];
}

//===----------------------------------------------------------------------===//
// The compiled program
//===----------------------------------------------------------------------===//

def Ignis_ProgramOp : Ignis_Op<"program", [
    HasParent<"::mlir::ModuleOp">,
    DeclareOpInterfaceMethods<SymbolUserOpInterface>]> {
  let summary = "describes a program whose operations have become calls";
  let description = [{
    What the runtime is told of a compiled program: the type of its cache, the
    tensors of the file in the order of the threads' table, and the entries.
    `ignis-outline-kernels` writes it, `ignis-export-program` makes data of it.
    A module has one at most, of one or more entries. Where ranks keep the
    key/value heads of their query heads, `head_units` says how many of these there
    are.

    ```mlir
    ignis.program !ignis.kv_cache<1, 1, 32, f16>
      tensors [#ignis.tensor<name = "a", type = <64xf32>>]
      entries [#ignis.entry<function = @forward, tokens = 0, barriers = 1,
               candidates = 0, scratch = 0, arena = [256, 0]>]
    ```
  }];
  let arguments = (ins
      TypeAttrOf<Ignis_KVCacheType>:$cache,
      TypedArrayAttrBase<Ignis_TensorAttr, "tensors">:$tensors,
      TypedArrayAttrBase<Ignis_EntryAttr, "entries">:$entries,
      DefaultValuedAttr<I64Attr, "0">:$head_units);
  let assemblyFormat = [{
    $cache `tensors` $tensors `entries` $entries
    (`head_units` $head_units^)? attr-dict
  }];
  let hasVerifier = 1;
}

#endif // IGNIS_IR_OPS_TD
