// RUN: ignis-opt %s --ignis-outline-kernels --canonicalize --split-input-file | FileCheck %s --implicit-check-not="ignis.minimal ="

// What is left of the module's operations is calls; what the descriptor needs is
// in one of them. Weights are numbered in the order in which they are used.
// CHECK:       ignis.program !ignis.kv_cache<1, 1, 32, f16>
// CHECK-SAME:  tensors [#ignis.tensor<name = "token_embd.weight", type = <64x64xf32>>, #ignis.tensor<name = "norm.weight", type = <64xf32>>]
// CHECK-SAME:  entries [#ignis.entry<function = @forward, tokens = 0, barriers = 1, candidates = 0, scratch = 0, arena = [256, 0]>]
module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {

  // Thread %[[ID]] of %[[COUNT]]; the record comes first.
  // CHECK-LABEL: func.func @forward(
  // CHECK-SAME:    %[[THREAD:[a-z0-9]+]]: !llvm.ptr, %{{[a-z0-9]+}}: memref<?xi32>, %[[ROWS:[a-z0-9]+]]: !ignis.rows,
  // CHECK:         ignis.address_of %[[ROWS]] : !ignis.rows -> !llvm.ptr
  // CHECK:         %[[T:[0-9]+]] = arith.index_cast
  // CHECK:         %[[ID:[0-9]+]] = arith.index_cast
  // CHECK:         %[[COUNT:[0-9]+]] = arith.index_cast
  // CHECK:         arith.muli %[[T]], %[[ID]]
  // CHECK-NEXT:    %[[BEGIN:[0-9]+]] = arith.divui %{{.*}}, %[[COUNT]]
  // CHECK:         %[[END:[0-9]+]] = arith.divui %{{.*}}, %[[COUNT]]
  // CHECK-NOT:     ignis.embedding
  // CHECK:         call @ignis_rt_embed(%[[THREAD]], %{{.*}}, %{{.*}}, %[[BEGIN]], %[[END]],
  // CHECK:         call @rms_norm_64({{.*}}, %[[BEGIN]], %[[END]], %{{.*}}, %{{.*}})
  // CHECK-NEXT:    call @ignis_rt_barrier(%[[THREAD]])
  // CHECK-NEXT:    call @add_64(
  // CHECK-NEXT:    call @add_64(
  // CHECK-NEXT:    return
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>,
                     %logits: memref<?x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[256, 0]], ignis.minimal = {phases = [0]}} {
    %c0 = arith.constant 0 : index
    %T = memref.dim %tokens, %c0 : memref<?xi32>
    %table = ignis.weight "token_embd.weight" : !ignis.weight<64x64xf32>
    %norm = ignis.weight "norm.weight" : !ignis.weight<64xf32>
    %x = memref.view %arena[%c0][%T] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %table outs(%x) {share = #ignis.share<tokens>} : (memref<?xi32>, !ignis.weight<64x64xf32>, memref<?x64xf32>) -> ()
    ignis.rms_norm %x, %norm outs(%x) {eps = 1.0e-6 : f32, share = #ignis.share<tokens>} : (memref<?x64xf32>, !ignis.weight<64xf32>, memref<?x64xf32>) -> ()
    ignis.barrier
    ignis.add %x, %x outs(%x) {share = #ignis.share<columns, 4>} : (memref<?x64xf32>, memref<?x64xf32>, memref<?x64xf32>) -> ()
    ignis.add %x, %x outs(%logits) {share = #ignis.share<columns, 4>} : (memref<?x64xf32>, memref<?x64xf32>, memref<?x64xf32>) -> ()
    return
  }
}

// One function for each kind and shape, however often it is called.
// CHECK-COUNT-1: func.func private @rms_norm_64(
// CHECK-COUNT-1: func.func private @add_64(
// CHECK:           arith.addf %{{.*}} : vector<16xf32>
// CHECK-NOT:     func.func

// -----

// An entry may be called like a function that is generated, which then takes
// another name; it is still the one that is called.
module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  // CHECK-LABEL: func.func @silu_64(%{{.*}}: !llvm.ptr
  // CHECK:         call @silu_64_0(
  // CHECK:       func.func private @silu_64_0(
  func.func @silu_64(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>,
                     %logits: memref<?x64xf32>) {
    ignis.silu %logits outs(%logits) {share = #ignis.share<columns, 4>} : (memref<?x64xf32>, memref<?x64xf32>) -> ()
    return
  }
}
