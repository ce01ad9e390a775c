// Every operation in value, destination and buffer form; the value forms are the
// examples of IgnisOps.td, which examples.test holds against this file.
//
// RUN: ignis-opt %s | ignis-opt | FileCheck %s
// RUN: ignis-opt %s --mlir-print-op-generic | ignis-opt | FileCheck %s
// RUN: ignis-opt %s --emit-bytecode | ignis-opt | FileCheck %s
// RUN: ignis-opt %s --verify-roundtrip -o /dev/null

// CHECK: ignis.model = #ignis.model<layers = 24, embedding = 896, {{.*}}, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.000000e+06>, abi = 4, hash = 18446744073709551615>
module attributes {ignis.model = #ignis.model<
  layers = 24, embedding = 896, feed_forward = 4864, heads = 14, kv_heads = 2,
  head_dim = 64, vocab = 151936, context_length = 32768, eps = 1.0e-6,
  tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e6>, abi = 4, hash = 18446744073709551615>} {

// CHECK-LABEL: @weight(
func.func @weight() {
  // CHECK: ignis.weight "blk.0.attn_q.weight" : !ignis.weight<896x896xq8_0>
  %w = ignis.weight "blk.0.attn_q.weight" : !ignis.weight<896x896xq8_0>
  // CHECK: ignis.weight "any name" : !ignis.weight<896x32xf16>
  %0 = ignis.weight "any name" : !ignis.weight<896x32xf16>
  // CHECK: !ignis.weight<7x40xbf16>
  %1 = ignis.weight "a" : !ignis.weight<7x40xbf16>
  // CHECK: !ignis.weight<7x96xq4_0>
  %q4_0 = ignis.weight "q4_0" : !ignis.weight<7x96xq4_0>
  // CHECK: !ignis.weight<7x96xq4_1>
  %q4_1 = ignis.weight "q4_1" : !ignis.weight<7x96xq4_1>
  // CHECK: !ignis.weight<7x96xq5_0>
  %q5_0 = ignis.weight "q5_0" : !ignis.weight<7x96xq5_0>
  // CHECK: !ignis.weight<7x96xq5_1>
  %q5_1 = ignis.weight "q5_1" : !ignis.weight<7x96xq5_1>
  // CHECK: !ignis.weight<7x96xiq4_nl>
  %iq4_nl = ignis.weight "iq4_nl" : !ignis.weight<7x96xiq4_nl>
  // CHECK: !ignis.weight<7x256xq2_k>
  %q2_k = ignis.weight "q2_k" : !ignis.weight<7x256xq2_k>
  // CHECK: !ignis.weight<7x256xq3_k>
  %q3_k = ignis.weight "q3_k" : !ignis.weight<7x256xq3_k>
  // CHECK: !ignis.weight<7x256xq4_k>
  %q4_k = ignis.weight "q4_k" : !ignis.weight<7x256xq4_k>
  // CHECK: !ignis.weight<7x256xq5_k>
  %q5_k = ignis.weight "q5_k" : !ignis.weight<7x256xq5_k>
  // CHECK: !ignis.weight<7x256xq6_k>
  %q6_k = ignis.weight "q6_k" : !ignis.weight<7x256xq6_k>
  // CHECK: !ignis.weight<7x256xiq4_xs>
  %iq4_xs = ignis.weight "iq4_xs" : !ignis.weight<7x256xiq4_xs>
  // CHECK: !ignis.weight<896xf32>
  %2 = ignis.weight "b" : !ignis.weight<896xf32>
  return
}

// CHECK-LABEL: @embedding(
func.func @embedding(
    %tokens: tensor<?xi32>, %table: !ignis.weight<151936x896xq8_0>,
    %tokens_m: memref<?xi32>, %d0: tensor<?x896xf32>, %o0: memref<?x896xf32>) {
  // CHECK: %{{.*}} = ignis.embedding %{{[^ ,)]+}}, %{{[^ ,)]+}} : (tensor<?xi32>, !ignis.weight<151936x896xq8_0>) -> tensor<?x896xf32>
  %y = ignis.embedding %tokens, %table
    : (tensor<?xi32>, !ignis.weight<151936x896xq8_0>) -> tensor<?x896xf32>
  // CHECK: ignis.embedding %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.embedding %tokens, %table outs(%d0)
    : (tensor<?xi32>, !ignis.weight<151936x896xq8_0>, tensor<?x896xf32>)
    -> tensor<?x896xf32>
  // CHECK: ignis.embedding %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<tokens>{{.*}}-> ()
  ignis.embedding %tokens_m, %table outs(%o0) {share = #ignis.share<tokens>}
    : (memref<?xi32>, !ignis.weight<151936x896xq8_0>, memref<?x896xf32>) -> ()
  return
}

// CHECK-LABEL: @rms_normalize(
func.func @rms_normalize(
    %x: tensor<?x896xf32>, %x_m: memref<?x896xf32>, %d0: tensor<?x896xf32>,
    %o0: memref<?x896xf32>) {
  // CHECK: %{{.*}} = ignis.rms_normalize %{{[^ ,)]+}} {{.*}} : (tensor<?x896xf32>) -> tensor<?x896xf32>
  %y = ignis.rms_normalize %x {eps = 1.0e-6 : f32}
    : (tensor<?x896xf32>) -> tensor<?x896xf32>
  // CHECK: ignis.rms_normalize %{{[^ ,)]+}} {eps = {{.*}}, head_dim = 64 : i64} :
  %z = ignis.rms_normalize %x {eps = 1.0e-6 : f32, head_dim = 64 : i64}
    : (tensor<?x896xf32>) -> tensor<?x896xf32>
  // CHECK: ignis.rms_normalize %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.rms_normalize %x outs(%d0) {eps = 1.0e-6 : f32}
    : (tensor<?x896xf32>, tensor<?x896xf32>)
    -> tensor<?x896xf32>
  // CHECK: ignis.rms_normalize %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<tokens>{{.*}}-> ()
  ignis.rms_normalize %x_m outs(%o0) {eps = 1.0e-6 : f32, share = #ignis.share<tokens>}
    : (memref<?x896xf32>, memref<?x896xf32>) -> ()
  return
}

// CHECK-LABEL: @scale(
func.func @scale(
    %x: tensor<?x896xf32>, %w: !ignis.weight<896xf32>,
    %v: !ignis.weight<64xf32>, %x_m: memref<?x896xf32>,
    %d0: tensor<?x896xf32>, %o0: memref<?x896xf32>) {
  // CHECK: %{{.*}} = ignis.scale %{{[^ ,)]+}}, %{{[^ ,)]+}} : (tensor<?x896xf32>, !ignis.weight<896xf32>) -> tensor<?x896xf32>
  %y = ignis.scale %x, %w
    : (tensor<?x896xf32>, !ignis.weight<896xf32>) -> tensor<?x896xf32>
  // CHECK: ignis.scale %{{[^ ,)]+}}, %{{[^ ,)]+}} {head_dim = 64 : i64} :
  %z = ignis.scale %x, %v {head_dim = 64 : i64}
    : (tensor<?x896xf32>, !ignis.weight<64xf32>) -> tensor<?x896xf32>
  // CHECK: ignis.scale %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.scale %x, %w outs(%d0)
    : (tensor<?x896xf32>, !ignis.weight<896xf32>, tensor<?x896xf32>)
    -> tensor<?x896xf32>
  // CHECK: ignis.scale %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 56>{{.*}}-> ()
  ignis.scale %x_m, %w outs(%o0) {share = #ignis.share<columns, 56>}
    : (memref<?x896xf32>, !ignis.weight<896xf32>, memref<?x896xf32>) -> ()
  return
}

// CHECK-LABEL: @rms_norm(
func.func @rms_norm(
    %x: tensor<?x896xf32>, %w: !ignis.weight<896xf32>,
    %v: !ignis.weight<64xf32>, %x_m: memref<?x896xf32>,
    %d0: tensor<?x896xf32>, %o0: memref<?x896xf32>) {
  // CHECK: %{{.*}} = ignis.rms_norm %{{[^ ,)]+}}, %{{[^ ,)]+}} {{.*}} : (tensor<?x896xf32>, !ignis.weight<896xf32>) -> tensor<?x896xf32>
  %y = ignis.rms_norm %x, %w {eps = 1.0e-6 : f32}
    : (tensor<?x896xf32>, !ignis.weight<896xf32>) -> tensor<?x896xf32>
  // CHECK: ignis.rms_norm %{{[^ ,)]+}}, %{{[^ ,)]+}} {eps = {{.*}}, head_dim = 64 : i64} :
  %z = ignis.rms_norm %x, %v {eps = 1.0e-6 : f32, head_dim = 64 : i64}
    : (tensor<?x896xf32>, !ignis.weight<64xf32>) -> tensor<?x896xf32>
  // CHECK: ignis.rms_norm %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.rms_norm %x, %w outs(%d0) {eps = 1.0e-6 : f32}
    : (tensor<?x896xf32>, !ignis.weight<896xf32>, tensor<?x896xf32>)
    -> tensor<?x896xf32>
  // CHECK: ignis.rms_norm %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<replicated>{{.*}}-> ()
  ignis.rms_norm %x_m, %w outs(%o0) {eps = 1.0e-6 : f32, share = #ignis.share<replicated>}
    : (memref<?x896xf32>, !ignis.weight<896xf32>, memref<?x896xf32>) -> ()
  return
}

// CHECK-LABEL: @quantize(
func.func @quantize(
    %x: tensor<?x896xf32>, %x_m: memref<?x896xf32>, %d0: tensor<?x1152xi8>,
    %o0: memref<?x1152xi8>) {
  // CHECK: %{{.*}} = ignis.quantize %{{[^ ,)]+}} : (tensor<?x896xf32>) -> !ignis.q8<?x896>
  %y = ignis.quantize %x : (tensor<?x896xf32>) -> !ignis.q8<?x896>
  // CHECK: ignis.quantize %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.quantize %x outs(%d0)
    : (tensor<?x896xf32>, tensor<?x1152xi8>)
    -> tensor<?x1152xi8>
  // CHECK: ignis.quantize %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 28>{{.*}}-> ()
  ignis.quantize %x_m outs(%o0) {share = #ignis.share<columns, 28>}
    : (memref<?x896xf32>, memref<?x1152xi8>) -> ()
  return
}

// CHECK-LABEL: @matmul(
func.func @matmul(
    %x: tensor<?x896xf32>, %w: !ignis.weight<896x896xq8_0>,
    %b: !ignis.weight<896xf32>, %x_m: memref<?x896xf32>, %d0: tensor<?x896xf32>,
    %o0: memref<?x896xf32>) {
  // CHECK: %{{.*}} = ignis.matmul %{{[^ ,)]+}}, %{{[^ ,)]+}} bias(%{{[^ ,)]+}}) : (tensor<?x896xf32>, !ignis.weight<896x896xq8_0>, !ignis.weight<896xf32>) -> tensor<?x896xf32>
  %y = ignis.matmul %x, %w bias(%b)
    : (tensor<?x896xf32>, !ignis.weight<896x896xq8_0>, !ignis.weight<896xf32>)
    -> tensor<?x896xf32>
  // CHECK: ignis.matmul %{{[^ ,)]+}}, %{{[^ ,)]+}} bias(%{{[^ ,)]+}}) outs(%{{[^ ,)]+}})
  %r0 = ignis.matmul %x, %w bias(%b) outs(%d0)
    : (tensor<?x896xf32>, !ignis.weight<896x896xq8_0>, !ignis.weight<896xf32>,
       tensor<?x896xf32>)
    -> tensor<?x896xf32>
  // CHECK: ignis.matmul %{{[^ ,)]+}}, %{{[^ ,)]+}} bias(%{{[^ ,)]+}}) outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 14>{{.*}}-> ()
  ignis.matmul %x_m, %w bias(%b) outs(%o0) {share = #ignis.share<columns, 14>}
    : (memref<?x896xf32>, !ignis.weight<896x896xq8_0>, !ignis.weight<896xf32>,
       memref<?x896xf32>) -> ()
  return
}

// CHECK-LABEL: @rope(
func.func @rope(
    %x: tensor<?x896xf32>, %rows: !ignis.rows, %x_m: memref<?x896xf32>,
    %d0: tensor<?x896xf32>, %o0: memref<?x896xf32>) {
  // CHECK: %{{.*}} = ignis.rope %{{[^ ,)]+}} at %{{[^ ,)]+}} {{.*}} : (tensor<?x896xf32>, !ignis.rows) -> tensor<?x896xf32>
  %y = ignis.rope %x at %rows
      {head_dim = 64 : i64, rope = #ignis.rope<base = 1.0e6>}
    : (tensor<?x896xf32>, !ignis.rows) -> tensor<?x896xf32>
  // CHECK: ignis.rope %{{[^ ,)]+}} at %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.rope %x at %rows outs(%d0) {head_dim = 64 : i64, rope = #ignis.rope<base = 1.0e6>}
    : (tensor<?x896xf32>, !ignis.rows, tensor<?x896xf32>)
    -> tensor<?x896xf32>
  // CHECK: ignis.rope %{{[^ ,)]+}} at %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 14>{{.*}}-> ()
  ignis.rope %x_m at %rows outs(%o0) {head_dim = 64 : i64, rope = #ignis.rope<base = 1.0e6>, share = #ignis.share<columns, 14>}
    : (memref<?x896xf32>, !ignis.rows, memref<?x896xf32>) -> ()
  return
}

// CHECK-LABEL: @attention(
func.func @attention(
    %q: tensor<?x896xf32>, %k: tensor<?x128xf32>, %v: tensor<?x128xf32>,
    %cache: !ignis.kv_cache<24, 2, 64, f16>, %rows: !ignis.rows,
    %q_m: memref<?x896xf32>, %k_m: memref<?x128xf32>, %v_m: memref<?x128xf32>,
    %d0: tensor<?x896xf32>, %o0: memref<?x896xf32>) {
  // CHECK: %{{.*}} = ignis.attention %{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}} at %{{[^ ,)]+}} {{.*}} : (tensor<?x896xf32>, tensor<?x128xf32>, tensor<?x128xf32>, !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows) -> tensor<?x896xf32>
  %y = ignis.attention %q, %k, %v, %cache at %rows {layer = 0 : i64}
    : (tensor<?x896xf32>, tensor<?x128xf32>, tensor<?x128xf32>,
       !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows) -> tensor<?x896xf32>
  // CHECK: ignis.attention %{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}} at %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.attention %q, %k, %v, %cache at %rows outs(%d0) {layer = 0 : i64}
    : (tensor<?x896xf32>, tensor<?x128xf32>, tensor<?x128xf32>,
       !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows, tensor<?x896xf32>)
    -> tensor<?x896xf32>
  // CHECK: ignis.attention %{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}} at %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 2>{{.*}}-> ()
  ignis.attention %q_m, %k_m, %v_m, %cache at %rows outs(%o0) {layer = 0 : i64, share = #ignis.share<columns, 2>}
    : (memref<?x896xf32>, memref<?x128xf32>, memref<?x128xf32>,
       !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows, memref<?x896xf32>) -> ()
  return
}

// CHECK-LABEL: @attend(
func.func @attend(
    %q: tensor<?x896xf32>, %cache: !ignis.kv_cache<24, 2, 64, f16>,
    %rows: !ignis.rows, %q_m: memref<?x896xf32>, %d0: tensor<?x896xf32>,
    %o0: memref<?x896xf32>) {
  // CHECK: %{{.*}} = ignis.attend %{{[^ ,)]+}}, %{{[^ ,)]+}} at %{{[^ ,)]+}} {{.*}} : (tensor<?x896xf32>, !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows) -> tensor<?x896xf32>
  %y = ignis.attend %q, %cache at %rows {layer = 0 : i64}
    : (tensor<?x896xf32>, !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows)
    -> tensor<?x896xf32>
  // CHECK: ignis.attend %{{[^ ,)]+}}, %{{[^ ,)]+}} at %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.attend %q, %cache at %rows outs(%d0) {layer = 0 : i64}
    : (tensor<?x896xf32>, !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows,
       tensor<?x896xf32>)
    -> tensor<?x896xf32>
  // CHECK: ignis.attend %{{[^ ,)]+}}, %{{[^ ,)]+}} at %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 14>{{.*}}-> ()
  ignis.attend %q_m, %cache at %rows outs(%o0) {layer = 0 : i64, share = #ignis.share<columns, 14>}
    : (memref<?x896xf32>, !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows,
       memref<?x896xf32>) -> ()
  return
}

// CHECK-LABEL: @kv_append(
func.func @kv_append(
    %k: tensor<?x128xf32>, %v: tensor<?x128xf32>,
    %cache: !ignis.kv_cache<24, 2, 64, f16>, %rows: !ignis.rows,
    %k_m: memref<?x128xf32>, %v_m: memref<?x128xf32>) {
  // CHECK: ignis.kv_append %{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}} at %{{[^ ,)]+}} {{.*}} : (tensor<?x128xf32>, tensor<?x128xf32>, !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows) -> ()
  ignis.kv_append %k, %v, %cache at %rows {layer = 0 : i64}
    : (tensor<?x128xf32>, tensor<?x128xf32>, !ignis.kv_cache<24, 2, 64, f16>,
       !ignis.rows) -> ()
  // CHECK: ignis.kv_append %{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}} at %{{[^ ,)]+}} {{{.*}}share = #ignis.share<columns, 2>{{.*}}-> ()
  ignis.kv_append %k_m, %v_m, %cache at %rows {layer = 0 : i64, share = #ignis.share<columns, 2>}
    : (memref<?x128xf32>, memref<?x128xf32>, !ignis.kv_cache<24, 2, 64, f16>,
       !ignis.rows) -> ()
  return
}

// CHECK-LABEL: @add(
func.func @add(
    %a: tensor<?x896xf32>, %b: tensor<?x896xf32>, %a_m: memref<?x896xf32>,
    %b_m: memref<?x896xf32>, %d0: tensor<?x896xf32>, %o0: memref<?x896xf32>) {
  // CHECK: %{{.*}} = ignis.add %{{[^ ,)]+}}, %{{[^ ,)]+}} : (tensor<?x896xf32>, tensor<?x896xf32>) -> tensor<?x896xf32>
  %y = ignis.add %a, %b
    : (tensor<?x896xf32>, tensor<?x896xf32>) -> tensor<?x896xf32>
  // CHECK: ignis.add %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.add %a, %b outs(%d0)
    : (tensor<?x896xf32>, tensor<?x896xf32>, tensor<?x896xf32>)
    -> tensor<?x896xf32>
  // CHECK: ignis.add %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 56>{{.*}}-> ()
  ignis.add %a_m, %b_m outs(%o0) {share = #ignis.share<columns, 56>}
    : (memref<?x896xf32>, memref<?x896xf32>, memref<?x896xf32>) -> ()
  return
}

// CHECK-LABEL: @mul(
func.func @mul(
    %a: tensor<?x4864xf32>, %b: tensor<?x4864xf32>, %a_m: memref<?x4864xf32>,
    %b_m: memref<?x4864xf32>, %d0: tensor<?x4864xf32>, %o0: memref<?x4864xf32>) {
  // CHECK: %{{.*}} = ignis.mul %{{[^ ,)]+}}, %{{[^ ,)]+}} : (tensor<?x4864xf32>, tensor<?x4864xf32>) -> tensor<?x4864xf32>
  %y = ignis.mul %a, %b
    : (tensor<?x4864xf32>, tensor<?x4864xf32>) -> tensor<?x4864xf32>
  // CHECK: ignis.mul %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.mul %a, %b outs(%d0)
    : (tensor<?x4864xf32>, tensor<?x4864xf32>, tensor<?x4864xf32>)
    -> tensor<?x4864xf32>
  // CHECK: ignis.mul %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<tokens>{{.*}}-> ()
  ignis.mul %a_m, %b_m outs(%o0) {share = #ignis.share<tokens>}
    : (memref<?x4864xf32>, memref<?x4864xf32>, memref<?x4864xf32>) -> ()
  return
}

// CHECK-LABEL: @silu(
func.func @silu(
    %g: tensor<?x4864xf32>, %g_m: memref<?x4864xf32>, %d0: tensor<?x4864xf32>,
    %o0: memref<?x4864xf32>) {
  // CHECK: %{{.*}} = ignis.silu %{{[^ ,)]+}} : (tensor<?x4864xf32>) -> tensor<?x4864xf32>
  %y = ignis.silu %g : (tensor<?x4864xf32>) -> tensor<?x4864xf32>
  // CHECK: ignis.silu %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.silu %g outs(%d0)
    : (tensor<?x4864xf32>, tensor<?x4864xf32>)
    -> tensor<?x4864xf32>
  // CHECK: ignis.silu %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 304>{{.*}}-> ()
  ignis.silu %g_m outs(%o0) {share = #ignis.share<columns, 304>}
    : (memref<?x4864xf32>, memref<?x4864xf32>) -> ()
  return
}

// CHECK-LABEL: @swiglu(
func.func @swiglu(
    %g: tensor<?x4864xf32>, %u: tensor<?x4864xf32>, %g_m: memref<?x4864xf32>,
    %u_m: memref<?x4864xf32>, %d0: tensor<?x4864xf32>, %o0: memref<?x4864xf32>) {
  // CHECK: %{{.*}} = ignis.swiglu %{{[^ ,)]+}}, %{{[^ ,)]+}} : (tensor<?x4864xf32>, tensor<?x4864xf32>) -> tensor<?x4864xf32>
  %y = ignis.swiglu %g, %u
    : (tensor<?x4864xf32>, tensor<?x4864xf32>) -> tensor<?x4864xf32>
  // CHECK: ignis.swiglu %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.swiglu %g, %u outs(%d0)
    : (tensor<?x4864xf32>, tensor<?x4864xf32>, tensor<?x4864xf32>)
    -> tensor<?x4864xf32>
  // CHECK: ignis.swiglu %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 304>{{.*}}-> ()
  ignis.swiglu %g_m, %u_m outs(%o0) {share = #ignis.share<columns, 304>}
    : (memref<?x4864xf32>, memref<?x4864xf32>, memref<?x4864xf32>) -> ()
  return
}

// CHECK-LABEL: @selected_count(
func.func @selected_count(%rows: !ignis.rows) -> index {
  // CHECK: %{{.*}} = ignis.selected_count %{{.*}} : !ignis.rows
  %n = ignis.selected_count %rows : !ignis.rows
  return %n : index
}

// CHECK-LABEL: @addresses(
func.func @addresses(
    %x: memref<?x896xf32>, %rows: !ignis.rows,
    %cache: !ignis.kv_cache<24, 2, 64, f16>) -> memref<896xf32> {
  // CHECK: ignis.address_of %{{.*}} : memref<?x896xf32> -> !llvm.ptr
  %p = ignis.address_of %x : memref<?x896xf32> -> !llvm.ptr
  // CHECK: ignis.address_of %{{.*}} : !ignis.rows -> !llvm.ptr
  %q = ignis.address_of %rows : !ignis.rows -> !llvm.ptr
  // CHECK: ignis.address_of %{{.*}} : !ignis.kv_cache<24, 2, 64, f16> -> !llvm.ptr
  %r = ignis.address_of %cache : !ignis.kv_cache<24, 2, 64, f16> -> !llvm.ptr
  // CHECK: ignis.buffer_at %{{.*}} : !llvm.ptr -> memref<896xf32>
  %v = ignis.buffer_at %p : !llvm.ptr -> memref<896xf32>
  return %v : memref<896xf32>
}

// CHECK-LABEL: @argmax(
func.func @argmax(
    %x: tensor<?x151936xf32>, %rows: !ignis.rows, %x_m: memref<?x151936xf32>,
    %d0: tensor<?x250xi64>, %o0: memref<?x250xi64>) {
  // CHECK: %{{.*}} = ignis.argmax %{{[^ ,)]+}} select(%{{[^ ,)]+}}) : (tensor<?x151936xf32>, !ignis.rows) -> tensor<?x250xi64>
  %y = ignis.argmax %x select(%rows)
    : (tensor<?x151936xf32>, !ignis.rows) -> tensor<?x250xi64>
  // CHECK: ignis.argmax %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.argmax %x outs(%d0)
    : (tensor<?x151936xf32>, tensor<?x250xi64>) -> tensor<?x250xi64>
  // CHECK: ignis.argmax %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 125>{{.*}}-> ()
  ignis.argmax %x_m outs(%o0) {share = #ignis.share<columns, 125>}
    : (memref<?x151936xf32>, memref<?x250xi64>) -> ()
  return
}

// CHECK-LABEL: @matmul_argmax(
func.func @matmul_argmax(
    %x: !ignis.q8<?x896>, %table: !ignis.weight<151936x896xq8_0>,
    %rows: !ignis.rows, %x_m: memref<?x1152xi8>, %d0: tensor<?x250xi64>,
    %o0: memref<?x250xi64>) {
  // CHECK: %{{.*}} = ignis.matmul_argmax %{{[^ ,)]+}}, %{{[^ ,)]+}} select(%{{[^ ,)]+}}) : (!ignis.q8<?x896>, !ignis.weight<151936x896xq8_0>, !ignis.rows) -> tensor<?x250xi64>
  %y = ignis.matmul_argmax %x, %table select(%rows)
    : (!ignis.q8<?x896>, !ignis.weight<151936x896xq8_0>, !ignis.rows)
    -> tensor<?x250xi64>
  // CHECK: ignis.matmul_argmax %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.matmul_argmax %x, %table outs(%d0)
    : (!ignis.q8<?x896>, !ignis.weight<151936x896xq8_0>, tensor<?x250xi64>)
    -> tensor<?x250xi64>
  // CHECK: ignis.matmul_argmax %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 250>{{.*}}-> ()
  ignis.matmul_argmax %x_m, %table outs(%o0) {share = #ignis.share<columns, 250>}
    : (memref<?x1152xi8>, !ignis.weight<151936x896xq8_0>, memref<?x250xi64>) -> ()
  return
}

// CHECK-LABEL: @grouped_matmul(
func.func @grouped_matmul(
    %x: !ignis.q8<?x896>, %wq: !ignis.weight<896x896xq8_0>,
    %wk: !ignis.weight<128x896xq8_0>, %wv: !ignis.weight<128x896xq8_0>,
    %bq: !ignis.weight<896xf32>, %bk: !ignis.weight<128xf32>,
    %bv: !ignis.weight<128xf32>, %x_m: memref<?x1152xi8>,
    %d0: tensor<?x896xf32>, %d1: tensor<?x128xf32>, %d2: tensor<?x128xf32>,
    %o0: memref<?x896xf32>, %o1: memref<?x128xf32>, %o2: memref<?x128xf32>) {
  // CHECK: %{{.*}}:3 = ignis.grouped_matmul %{{[^ ,)]+}}, (%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}) bias(%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}) : (!ignis.q8<?x896>, !ignis.weight<896x896xq8_0>, !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>, !ignis.weight<896xf32>, !ignis.weight<128xf32>, !ignis.weight<128xf32>) -> (tensor<?x896xf32>, tensor<?x128xf32>, tensor<?x128xf32>)
  %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wv) bias(%bq, %bk, %bv)
    : (!ignis.q8<?x896>, !ignis.weight<896x896xq8_0>,
       !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>,
       !ignis.weight<896xf32>, !ignis.weight<128xf32>, !ignis.weight<128xf32>)
    -> (tensor<?x896xf32>, tensor<?x128xf32>, tensor<?x128xf32>)
  // CHECK: ignis.grouped_matmul %{{[^ ,)]+}}, (%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}) bias(%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}) outs(%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}})
  %r0, %r1, %r2 = ignis.grouped_matmul %x, (%wq, %wk, %wv) bias(%bq, %bk, %bv) outs(%d0, %d1, %d2)
    : (!ignis.q8<?x896>, !ignis.weight<896x896xq8_0>,
       !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>,
       !ignis.weight<896xf32>, !ignis.weight<128xf32>, !ignis.weight<128xf32>,
       tensor<?x896xf32>, tensor<?x128xf32>, tensor<?x128xf32>)
    -> (tensor<?x896xf32>, tensor<?x128xf32>, tensor<?x128xf32>)
  // CHECK: ignis.grouped_matmul %{{[^ ,)]+}}, (%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}) bias(%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}) outs(%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 72>{{.*}}-> ()
  ignis.grouped_matmul %x_m, (%wq, %wk, %wv) bias(%bq, %bk, %bv) outs(%o0, %o1, %o2) {share = #ignis.share<columns, 72>}
    : (memref<?x1152xi8>, !ignis.weight<896x896xq8_0>,
       !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>,
       !ignis.weight<896xf32>, !ignis.weight<128xf32>, !ignis.weight<128xf32>,
       memref<?x896xf32>, memref<?x128xf32>, memref<?x128xf32>) -> ()
  return
}

// CHECK-LABEL: @qkv(
func.func @qkv(
    %x: !ignis.q8<?x896>, %wq: !ignis.weight<896x896xq8_0>,
    %wk: !ignis.weight<128x896xq8_0>, %wv: !ignis.weight<128x896xq8_0>,
    %bq: !ignis.weight<896xf32>, %bk: !ignis.weight<128xf32>,
    %bv: !ignis.weight<128xf32>, %nq: !ignis.weight<64xf32>,
    %nk: !ignis.weight<64xf32>, %cache: !ignis.kv_cache<24, 2, 64, f16>,
    %rows: !ignis.rows, %x_m: memref<?x1152xi8>, %d0: tensor<?x896xf32>,
    %o0: memref<?x896xf32>) {
  // CHECK: %{{.*}} = ignis.qkv %{{[^ ,)]+}}, (%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}) bias(%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}), %{{[^ ,)]+}} at %{{[^ ,)]+}} {{.*}} : (!ignis.q8<?x896>, !ignis.weight<896x896xq8_0>, !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>, !ignis.weight<896xf32>, !ignis.weight<128xf32>, !ignis.weight<128xf32>, !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows) -> tensor<?x896xf32>
  %y = ignis.qkv %x, (%wq, %wk, %wv) bias(%bq, %bk, %bv), %cache at %rows
      {layer = 0 : i64, rope = #ignis.rope<base = 1.0e6>}
    : (!ignis.q8<?x896>, !ignis.weight<896x896xq8_0>,
       !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>,
       !ignis.weight<896xf32>, !ignis.weight<128xf32>, !ignis.weight<128xf32>,
       !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows) -> tensor<?x896xf32>
  // CHECK: ignis.qkv %{{[^ ,)]+}}, (%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}) norm(%{{[^ ,)]+}}, %{{[^ ,)]+}}), %{{[^ ,)]+}} at %{{[^ ,)]+}} {eps = {{.*}} : f32, layer = 0 : i64, rope = #ignis.rope<base = 1.000000e+06>}
  %z = ignis.qkv %x, (%wq, %wk, %wv) norm(%nq, %nk), %cache at %rows
      {eps = 1.0e-6 : f32, layer = 0 : i64, rope = #ignis.rope<base = 1.0e6>}
    : (!ignis.q8<?x896>, !ignis.weight<896x896xq8_0>,
       !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>,
       !ignis.weight<64xf32>, !ignis.weight<64xf32>,
       !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows) -> tensor<?x896xf32>
  // CHECK: ignis.qkv %{{[^ ,)]+}}, (%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}) bias(%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}), %{{[^ ,)]+}} at %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.qkv %x, (%wq, %wk, %wv) bias(%bq, %bk, %bv), %cache at %rows outs(%d0) {layer = 0 : i64, rope = #ignis.rope<base = 1.0e6>}
    : (!ignis.q8<?x896>, !ignis.weight<896x896xq8_0>,
       !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>,
       !ignis.weight<896xf32>, !ignis.weight<128xf32>, !ignis.weight<128xf32>,
       !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows, tensor<?x896xf32>)
    -> tensor<?x896xf32>
  // CHECK: ignis.qkv %{{[^ ,)]+}}, (%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}) bias(%{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}}), %{{[^ ,)]+}} at %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 18>{{.*}}-> ()
  ignis.qkv %x_m, (%wq, %wk, %wv) bias(%bq, %bk, %bv), %cache at %rows outs(%o0) {layer = 0 : i64, rope = #ignis.rope<base = 1.0e6>, share = #ignis.share<columns, 18>}
    : (memref<?x1152xi8>, !ignis.weight<896x896xq8_0>,
       !ignis.weight<128x896xq8_0>, !ignis.weight<128x896xq8_0>,
       !ignis.weight<896xf32>, !ignis.weight<128xf32>, !ignis.weight<128xf32>,
       !ignis.kv_cache<24, 2, 64, f16>, !ignis.rows, memref<?x896xf32>) -> ()
  return
}

// CHECK-LABEL: @gate_up(
func.func @gate_up(
    %x: !ignis.q8<?x896>, %gate: !ignis.weight<4864x896xq8_0>,
    %up: !ignis.weight<4864x896xq8_0>, %x_m: memref<?x1152xi8>,
    %d0: tensor<?x6080xi8>, %o0: memref<?x6080xi8>) {
  // CHECK: %{{.*}} = ignis.gate_up %{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}} : (!ignis.q8<?x896>, !ignis.weight<4864x896xq8_0>, !ignis.weight<4864x896xq8_0>) -> !ignis.q8<?x4864>
  %y = ignis.gate_up %x, %gate, %up
    : (!ignis.q8<?x896>, !ignis.weight<4864x896xq8_0>,
       !ignis.weight<4864x896xq8_0>) -> !ignis.q8<?x4864>
  // CHECK: ignis.gate_up %{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}})
  %r0 = ignis.gate_up %x, %gate, %up outs(%d0)
    : (!ignis.q8<?x896>, !ignis.weight<4864x896xq8_0>,
       !ignis.weight<4864x896xq8_0>, tensor<?x6080xi8>)
    -> tensor<?x6080xi8>
  // CHECK: ignis.gate_up %{{[^ ,)]+}}, %{{[^ ,)]+}}, %{{[^ ,)]+}} outs(%{{[^ ,)]+}}) {{{.*}}share = #ignis.share<columns, 152>{{.*}}-> ()
  ignis.gate_up %x_m, %gate, %up outs(%o0) {share = #ignis.share<columns, 152>}
    : (memref<?x1152xi8>, !ignis.weight<4864x896xq8_0>,
       !ignis.weight<4864x896xq8_0>, memref<?x6080xi8>) -> ()
  return
}

// The other operands a matrix product may have.
// CHECK-LABEL: @matmul_operands(
func.func @matmul_operands(%x: tensor<?x64xf32>, %w: !ignis.weight<100x64xf16>,
    %r: tensor<?x100xf32>, %f: !ignis.rows, %q: !ignis.q8<4x64>,
    %w8: !ignis.weight<64x64xq8_0>) {
  // CHECK: ignis.matmul %{{[^ ,]+}}, %{{[^ ,]+}} residual(%{{[^ ,)]+}}) :
  %0 = ignis.matmul %x, %w residual(%r)
    : (tensor<?x64xf32>, !ignis.weight<100x64xf16>, tensor<?x100xf32>)
    -> tensor<?x100xf32>
  // CHECK: ignis.matmul %{{[^ ,]+}}, %{{[^ ,]+}} select(%{{[^ ,)]+}}) :
  %1 = ignis.matmul %x, %w select(%f)
    : (tensor<?x64xf32>, !ignis.weight<100x64xf16>, !ignis.rows) -> tensor<?x100xf32>
  // CHECK: (!ignis.q8<4x64>, !ignis.weight<64x64xq8_0>) -> tensor<4x64xf32>
  %2 = ignis.matmul %q, %w8
    : (!ignis.q8<4x64>, !ignis.weight<64x64xq8_0>) -> tensor<4x64xf32>
  return
}

// CHECK-LABEL: @phases(
func.func @phases(%a: memref<?x896xf32>, %b: memref<?x896xf32>,
    %c: memref<?x896xf32>) {
  // CHECK:      ignis.phase {
  // CHECK-NEXT:   ignis.add
  // CHECK-NEXT: }
  ignis.phase {
    ignis.add %a, %b outs(%c) : (memref<?x896xf32>, memref<?x896xf32>,
                                 memref<?x896xf32>) -> ()
  }
  // CHECK-NEXT: ignis.barrier
  ignis.barrier
  // CHECK-NEXT: ignis.silu %arg0 outs(%arg1) {share = #ignis.share<columns, 14, units = 56>}
  ignis.silu %a outs(%b) {share = #ignis.share<columns, 14, units = 56>} : (memref<?x896xf32>, memref<?x896xf32>) -> ()
  return
}

// CHECK-LABEL: @forward(
func.func @forward() {
  return
}
// CHECK: ignis.program !ignis.kv_cache<1, 1, 32, f16> tensors [#ignis.tensor<name = "a", type = <64xf32>>] entries [#ignis.entry<function = @forward, tokens = 0, barriers = 1, candidates = 0, scratch = 0, arena = [256, 0]>]
ignis.program !ignis.kv_cache<1, 1, 32, f16>
  tensors [#ignis.tensor<name = "a", type = <64xf32>>]
  entries [#ignis.entry<function = @forward, tokens = 0, barriers = 1,
           candidates = 0, scratch = 0, arena = [256, 0]>]
}
