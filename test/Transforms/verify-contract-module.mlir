// RUN: ignis-opt %s --ignis-verify-contract --split-input-file --verify-diagnostics
//
// A program that keeps the contract, and those of which the module does not, or
// whose functions do not fit together.

#model = #ignis.model<
    layers = 2, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 96, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false,
    rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>

module attributes {ignis.model = #model} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<2, 1, 32, f16>,
                     %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    %c256 = arith.constant 256 : index
    %o = arith.muli %n, %c256 : index
    %y = memref.view %arena[%o][%n] : memref<?xi8> to memref<?x64xf32>
    %k = memref.alloca(%n) : memref<?x32xf32>
    %wk = ignis.weight "k" : !ignis.weight<32x64xq8_0>
    ignis.matmul %x, %wk outs(%k)
      : (memref<?x64xf32>, !ignis.weight<32x64xq8_0>, memref<?x32xf32>) -> ()
    ignis.kv_append %k, %k, %cache at %rows {layer = 1 : i64}
      : (memref<?x32xf32>, memref<?x32xf32>, !ignis.kv_cache<2, 1, 32, f16>,
         !ignis.rows) -> ()
    ignis.attend %x, %cache at %rows outs(%y) {layer = 1 : i64}
      : (memref<?x64xf32>, !ignis.kv_cache<2, 1, 32, f16>, !ignis.rows,
         memref<?x64xf32>) -> ()
    ignis.matmul %x, %t select(%rows) outs(%logits)
      : (memref<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    return
  }

  func.func @decode(%tokens: memref<1xi32>, %rows: !ignis.rows,
                    %cache: !ignis.kv_cache<2, 1, 32, f16>,
                    %logits: memref<1x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][] : memref<?xi8> to memref<1x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<1xi32>, !ignis.weight<96x64xq8_0>, memref<1x64xf32>) -> ()
    %k = memref.alloca() : memref<1x32xf32>
    %wk = ignis.weight "k" : !ignis.weight<32x64xq8_0>
    ignis.matmul %x, %wk outs(%k)
      : (memref<1x64xf32>, !ignis.weight<32x64xq8_0>, memref<1x32xf32>) -> ()
    ignis.kv_append %k, %k, %cache at %rows {layer = 1 : i64}
      : (memref<1x32xf32>, memref<1x32xf32>, !ignis.kv_cache<2, 1, 32, f16>,
         !ignis.rows) -> ()
    ignis.matmul %x, %t outs(%logits)
      : (memref<1x64xf32>, !ignis.weight<96x64xq8_0>, memref<1x96xf32>) -> ()
    return
  }
}

// -----

// expected-error@+1 {{expects the attribute 'ignis.model'}}
module {}

// -----

#model = #ignis.model<
    layers = 2, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 96, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false,
    rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>

// expected-error@+1 {{expects a function}}
module attributes {ignis.model = #model} {}

// -----

#model = #ignis.model<
    layers = 2, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 96, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false,
    rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>

// expected-error@+1 {{expects no attribute 'llvm.data_layout'}}
module attributes {ignis.model = #model, llvm.data_layout = "e"} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<2, 1, 32, f16>,
                     %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    ignis.matmul %x, %t select(%rows) outs(%logits)
      : (memref<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    return
  }
}

// -----

#model = #ignis.model<
    layers = 2, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 96, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false,
    rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>

module attributes {ignis.model = #model} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<2, 1, 32, f16>,
                     %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    ignis.matmul %x, %t select(%rows) outs(%logits)
      : (memref<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    return
  }

  // expected-error@+1 {{has no place beside a program's functions}}
  memref.global "private" @g : memref<4xf32>
}

// -----

#model = #ignis.model<
    layers = 2, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 96, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false,
    rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>

module attributes {ignis.model = #model} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<2, 1, 32, f16>,
                     %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    %c256 = arith.constant 256 : index
    %o = arith.muli %n, %c256 : index
    %y = memref.view %arena[%o][%n] : memref<?xi8> to memref<?x64xf32>
    %k = memref.alloca(%n) : memref<?x32xf32>
    %wk = ignis.weight "k" : !ignis.weight<32x64xq8_0>
    ignis.matmul %x, %wk outs(%k)
      : (memref<?x64xf32>, !ignis.weight<32x64xq8_0>, memref<?x32xf32>) -> ()
    ignis.kv_append %k, %k, %cache at %rows {layer = 1 : i64}
      : (memref<?x32xf32>, memref<?x32xf32>, !ignis.kv_cache<2, 1, 32, f16>,
         !ignis.rows) -> ()
    ignis.attend %x, %cache at %rows outs(%y) {layer = 1 : i64}
      : (memref<?x64xf32>, !ignis.kv_cache<2, 1, 32, f16>, !ignis.rows,
         memref<?x64xf32>) -> ()
    ignis.matmul %x, %t select(%rows) outs(%logits)
      : (memref<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    return
  }

  // expected-error@+1 {{expects to append to layer 1 of the cache, which @forward reads}}
  func.func @decode(%tokens: memref<1xi32>, %rows: !ignis.rows,
                    %cache: !ignis.kv_cache<2, 1, 32, f16>,
                    %logits: memref<1x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][] : memref<?xi8> to memref<1x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<1xi32>, !ignis.weight<96x64xq8_0>, memref<1x64xf32>) -> ()
    ignis.matmul %x, %t outs(%logits)
      : (memref<1x64xf32>, !ignis.weight<96x64xq8_0>, memref<1x96xf32>) -> ()
    return
  }
}

// -----

#model = #ignis.model<
    layers = 2, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 96, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false,
    rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>

module attributes {ignis.model = #model} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<2, 1, 32, f16>,
                     %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    ignis.matmul %x, %t select(%rows) outs(%logits)
      : (memref<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    return
  }

  // expected-error@+1 {{expects one type of cache, got}}
  func.func @decode(%tokens: memref<1xi32>, %rows: !ignis.rows,
                    %cache: !ignis.kv_cache<2, 1, 32, f32>,
                    %logits: memref<1x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][] : memref<?xi8> to memref<1x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<1xi32>, !ignis.weight<96x64xq8_0>, memref<1x64xf32>) -> ()
    ignis.matmul %x, %t outs(%logits)
      : (memref<1x64xf32>, !ignis.weight<96x64xq8_0>, memref<1x96xf32>) -> ()
    return
  }
}

// -----

#model = #ignis.model<
    layers = 2, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 96, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false,
    rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>

module attributes {ignis.model = #model} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<2, 1, 32, f16>,
                     %logits: memref<?x96xf32>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<?xi32>, !ignis.weight<96x64xq8_0>, memref<?x64xf32>) -> ()
    ignis.matmul %x, %t select(%rows) outs(%logits)
      : (memref<?x64xf32>, !ignis.weight<96x64xq8_0>, !ignis.rows,
         memref<?x96xf32>) -> ()
    return
  }

  // expected-error@+1 {{expects as many candidates as other entries give, 0, got 6}}
  func.func @decode(%tokens: memref<1xi32>, %rows: !ignis.rows,
                    %cache: !ignis.kv_cache<2, 1, 32, f16>,
                    %best: memref<1x6xi64>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %t = ignis.weight "table" : !ignis.weight<96x64xq8_0>
    %x = memref.view %arena[%c0][] : memref<?xi8> to memref<1x64xf32>
    ignis.embedding %tokens, %t outs(%x)
      : (memref<1xi32>, !ignis.weight<96x64xq8_0>, memref<1x64xf32>) -> ()
    %l = memref.alloca() : memref<1x96xf32>
    ignis.matmul %x, %t outs(%l)
      : (memref<1x64xf32>, !ignis.weight<96x64xq8_0>, memref<1x96xf32>) -> ()
    ignis.argmax %l outs(%best) : (memref<1x96xf32>, memref<1x6xi64>) -> ()
    return
  }
}
