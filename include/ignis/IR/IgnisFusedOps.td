//===- IgnisFusedOps.td - Operations that passes make ------*- tablegen -*-===//
//
// Part of the ignis project, under the Apache License v2.0 with LLVM
// Exceptions. See LICENSE for license information.
// SPDX-License-Identifier: Apache-2.0 WITH LLVM-exception
//
//===----------------------------------------------------------------------===//
//
// A fused operation computes the bits of the operations that it stands for.
// Every example stands in test/IR/round-trip.mlir. T is the number of tokens.
//
//===----------------------------------------------------------------------===//

#ifndef IGNIS_IR_FUSEDOPS_TD
#define IGNIS_IR_FUSEDOPS_TD

include "ignis/IR/IgnisOpBase.td"

//===----------------------------------------------------------------------===//
// Norm, SwiGLU and quantisation
//===----------------------------------------------------------------------===//

def Ignis_RMSNormOp : Ignis_ComputeOp<"rms_norm"> {
  let summary = "RMSNorm: normalises each row and scales it";
  let description = [{
    `y[t][i] = (x[t][i] * rstd[t]) * w[i]`,
    `rstd[t] = 1 / sqrt(mean_i(x[t][i]^2) + eps)`: the bits of
    `ignis.rms_normalize` followed by `ignis.scale`. Shapes: x and y `[T][n]`, w
    `[n]`. With `head_dim` each head of as many columns is a row of its own, and
    w is `[head_dim]`. A quantised result is `ignis.quantize` of y.

    ```mlir
    %y = ignis.rms_norm %x, %w {eps = 1.0e-6 : f32}
      : (tensor<?x896xf32>, !ignis.weight<896xf32>) -> tensor<?x896xf32>
    %z = ignis.rms_norm %x, %v {eps = 1.0e-6 : f32, head_dim = 64 : i64}
      : (tensor<?x896xf32>, !ignis.weight<64xf32>) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$input, Ignis_Vector:$weight,
                       Variadic<Ignis_ActivationOrQuantized>:$outs,
                       F32Attr:$eps, OptionalAttr<I64Attr>:$head_dim,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_ActivationOrQuantized>:$results);
  let assemblyFormat = Ignis_Format<"$input `,` $weight ">.format;
  let extraClassDeclaration = [{
    bool canGiveQuantized() { return true; }
  }];
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
  let extraClassDeclaration = [{
    bool canGiveQuantized() { return true; }
  }];
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

//===----------------------------------------------------------------------===//
// The two halves of attention
//===----------------------------------------------------------------------===//

def Ignis_KVAppendOp : Ignis_ComputeOp<"kv_append"> {
  let summary = "appends keys and values to the cache";
  let description = [{
    Stores row t of k and v, rounded to the cache's type, at the row's position
    of its sequence, in layer `layer`. Shapes: k and v `[T][kv_heads * head_dim]`.
    Effects: writes the cache. It has no result and no destination.

    ```mlir
    ignis.kv_append %k, %v, %cache at %rows {layer = 0 : i64}
      : (tensor<?x128xf32>, tensor<?x128xf32>, !ignis.kv_cache<24, 2, 64, f16>,
         !ignis.rows) -> ()
    ```
  }];
  let arguments = (ins Ignis_Activation:$key, Ignis_Activation:$value,
                       Ignis_KVCacheType:$cache, Ignis_RowsType:$rows,
                       I64Attr:$layer, OptionalAttr<Ignis_ShareAttr>:$share);
  let assemblyFormat = [{
    $key `,` $value `,` $cache `at` $rows attr-dict `:`
    functional-type(operands, results)
  }];
}

def Ignis_AttendOp : Ignis_ComputeOp<"attend"> {
  let summary = "causal attention over the cache";
  let description = [{
    `y[t] = softmax(q[t] . K / sqrt(head_dim)) V` per query head, over the
    positions of the row's sequence up to its own; query head h reads key/value
    head `h / (heads / kv_heads)`. Shapes: q and y `[T][heads * head_dim]`.
    Effects: reads layer `layer` of the cache, which holds the rows' own keys and
    values already. The destination may be q. A quantised result is
    `ignis.quantize` of y.

    ```mlir
    %y = ignis.attend %q, %cache at %rows {layer = 0 : i64}
      : (tensor<?x896xf32>, !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows)
      -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_Activation:$query, Ignis_KVCacheType:$cache,
                       Ignis_RowsType:$rows,
                       Variadic<Ignis_ActivationOrQuantized>:$outs,
                       I64Attr:$layer, OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_ActivationOrQuantized>:$results);
  let assemblyFormat = Ignis_Format<"$query `,` $cache `at` $rows ">.format;
  let extraClassDeclaration = [{
    bool canGiveQuantized() { return true; }
  }];
}

//===----------------------------------------------------------------------===//
// Matrix products
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
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::mlir::Value> getMatrices() { return getWeights(); }
  }];
}

def Ignis_QKVOp : Ignis_ComputeOp<"qkv", [AttrSizedOperandSegments]> {
  let summary = "q, k and v with norms, RoPE and the cache append in the epilogue";
  let description = [{
    `ignis.grouped_matmul` of the three weights, `ignis.rms_norm` of each head
    of q and k if there are norms (q's first, and `eps`), `ignis.rope` of q and
    k, and `ignis.kv_append` of k and v; the result is q. Shapes: x `[T][n]`,
    norms `[head_dim]`, y `[T][heads * head_dim]`. Effects: writes layer `layer`
    of the cache.

    ```mlir
    %y = ignis.qkv %x, (%wq, %wk, %wv) bias(%bq, %bk, %bv), %cache at %rows
        {layer = 0 : i64, rope = #ignis.rope<base = 1.0e6>}
      : (!ignis.q8<?x896>, !ignis.weight<896x896xq8_0>,
         !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>,
         !ignis.weight<896xf32>, !ignis.weight<128xf32>, !ignis.weight<128xf32>,
         !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows) -> tensor<?x896xf32>
    %z = ignis.qkv %x, (%wq, %wk, %wv) norm(%nq, %nk), %cache at %rows
        {eps = 1.0e-6 : f32, layer = 0 : i64, rope = #ignis.rope<base = 1.0e6>}
      : (!ignis.q8<?x896>, !ignis.weight<896x896xq8_0>,
         !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>,
         !ignis.weight<64xf32>, !ignis.weight<64xf32>,
         !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows) -> tensor<?x896xf32>
    ```
  }];
  let arguments = (ins Ignis_ActivationOrQuantized:$input,
                       Variadic<Ignis_Matrix>:$weights,
                       Variadic<Ignis_Vector>:$biases,
                       Variadic<Ignis_Vector>:$norms,
                       Ignis_KVCacheType:$cache, Ignis_RowsType:$rows,
                       Variadic<Ignis_Activation>:$outs,
                       OptionalAttr<F32Attr>:$eps, I64Attr:$layer,
                       Ignis_RopeAttr:$rope,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Activation>:$results);
  let assemblyFormat = Ignis_Format<[{
    $input `,` `(` $weights `)` (`bias` `(` $biases^ `)`)?
    (`norm` `(` $norms^ `)`)? `,` $cache `at` $rows }]>.format;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::mlir::Value> getMatrices() { return getWeights(); }
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
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::mlir::Value> getMatrices() {
      return {getGate(), getUp()};
    }
    bool canGiveQuantized() { return true; }
  }];
}

def Ignis_MatmulArgmaxOp : Ignis_ComputeOp<"matmul_argmax",
    [AttrSizedOperandSegments]> {
  let summary = "the head, of which only the likeliest tokens are kept";
  let description = [{
    `y = ignis.argmax(ignis.matmul x, w) select(rows)`: a part's logits never
    leave the thread that computes them. Shapes: x `[T][cols]`, w
    `[rows][cols]`, y `[T][parts]`, or a row for each that wants logits with
    `select(%rows)`.

    ```mlir
    %y = ignis.matmul_argmax %x, %table select(%rows)
      : (!ignis.q8<?x896>, !ignis.weight<151936x896xq8_0>, !ignis.rows)
      -> tensor<?x250xi64>
    ```
  }];
  let arguments = (ins Ignis_ActivationOrQuantized:$input, Ignis_Matrix:$weight,
                       Optional<Ignis_RowsType>:$selection,
                       Variadic<Ignis_Candidates>:$outs,
                       OptionalAttr<Ignis_ShareAttr>:$share);
  let results = (outs Variadic<Ignis_Candidates>:$results);
  let assemblyFormat = Ignis_Format<
      "$input `,` $weight (`select` `(` $selection^ `)`)? ">.format;
  let extraClassDeclaration = [{
    ::llvm::SmallVector<::mlir::Value> getMatrices() {
      return {getWeight()};
    }
  }];
}

#endif // IGNIS_IR_FUSEDOPS_TD
