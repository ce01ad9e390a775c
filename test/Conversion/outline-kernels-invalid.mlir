// RUN: ignis-opt %s --ignis-outline-kernels --split-input-file --verify-diagnostics

// expected-error@+1 {{expects the attribute 'ignis.model'}}
module {}

// -----

// expected-error@+1 {{expects version 4 of the runtime's interface, got 99}}
module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 99, hash = 1>} {
}

// -----

// expected-error@+1 {{expects a function}}
module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  // expected-error@+1 {{expects arguments tokens (memref<?xi32>), rows, cache, and if any logits (memref<?xVxf32>) or candidates (memref<?xPxi64>) and arena (memref<?xi8>), got}}
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows) {
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  // expected-error@+1 {{expects a program that returns nothing}}
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>) -> !ignis.rows {
    return %rows : !ignis.rows
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  // expected-error@+1 {{expects a body of one block}}
  func.func private @forward(memref<?xi32>, index, index, !ignis.kv_cache<1, 1, 32, f16>)
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  // expected-error@+1 {{expects a cache of the model's shape, got}}
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<2, 1, 32, f16>) {
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>) {
    return
  }
  // expected-error@+1 {{expects one type of cache, got}}
  func.func @decode(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f32>) {
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>) {
    %a = ignis.weight "w" : !ignis.weight<64xf32>
    // expected-error@+1 {{expects one type for all uses of the tensor, got}}
    %b = ignis.weight "w" : !ignis.weight<32xf32>
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>) {
    %c1 = arith.constant 1 : index
    // expected-error@+1 {{has no place in a scheduled program}}
    %x = tensor.empty(%c1) : tensor<?x64xf32>
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>,
      %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    // expected-error@+1 {{expects the model's #ignis.rope<base = 1.000000e+04>, got #ignis.rope<base = 2.000000e+04>}}
    ignis.rope %x at %rows outs(%x) {head_dim = 32 : i64, rope = #ignis.rope<base = 2.0e4>}
      : (memref<?x64xf32>, !ignis.rows, memref<?x64xf32>) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>,
      %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    // expected-error@+1 {{expects the model's head dimension 32, got 64}}
    ignis.rope %x at %rows outs(%x) {head_dim = 64 : i64, rope = #ignis.rope<base = 1.0e4>}
      : (memref<?x64xf32>, !ignis.rows, memref<?x64xf32>) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>,
      %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x40xf32>
    // expected-error@+1 {{expects columns to be a multiple of 16, got 40}}
    ignis.silu %x outs(%x) {share = #ignis.share<tokens>}
      : (memref<?x40xf32>, memref<?x40xf32>) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>,
      %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    // expected-error@+1 {{expects at most 64 parts, got 65}}
    ignis.silu %x outs(%x) {share = #ignis.share<columns, 65>}
      : (memref<?x64xf32>, memref<?x64xf32>) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>,
      %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %k = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x32xf32>
    // expected-error@+1 {{writes the cache, expects not to be replicated}}
    ignis.kv_append %k, %k, %cache at %rows
        {layer = 0 : i64, share = #ignis.share<replicated>}
      : (memref<?x32xf32>, memref<?x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>,
      %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %x = memref.view %arena[%c0][] : memref<?xi8> to memref<3x64xf32>
    // expected-error@+1 {{expects a row for each token, got 'memref<3x64xf32>'}}
    ignis.silu %x outs(%x) : (memref<3x64xf32>, memref<3x64xf32>) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>,
      %arena: memref<?xi8>) {
    // expected-error@+1 {{expects a row for each token, got 'memref<3x64xf32>'}}
    %x = memref.alloca() : memref<3x64xf32>
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>,
      %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    // expected-error@+1 {{expects the rows of the tokens or the logits}}
    %n = memref.dim %arena, %c0 : memref<?xi8>
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  // expected-error@+1 {{ignis.arena}}
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>,
      %arena: memref<?xi8>) attributes {ignis.arena = 3} {
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  // expected-error@+1 {{expects an entry whose name does not begin with 'ignis_', as the runtime's do, got 'ignis_rt_embed'}}
  func.func @ignis_rt_embed(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>) {
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  // expected-error@+1 {{expects an entry whose name does not begin with 'ignis_', as the runtime's do, got 'ignis_weights'}}
  func.func @ignis_weights(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>) {
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  // expected-error@+1 {{expects an entry that is not called like a function of the C library, got 'memcpy'}}
  func.func @memcpy(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>) {
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  // expected-error@+1 {{expects an entry that is not called like a function of the C library, got 'expf'}}
  func.func @expf(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>) {
    return
  }
}

// -----

// What is not scheduled yet is told so, in one line.
// expected-error@+1 {{'builtin.module' op expects a scheduled program, got values: run ignis-bufferize, ignis-plan-memory and ignis-schedule}}
module {
  func.func @forward(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
    %y = ignis.silu %x : (tensor<?x64xf32>) -> tensor<?x64xf32>
    return %y : tensor<?x64xf32>
  }
}

// -----

// expected-error@+1 {{expects a scheduled program, got allocations: run ignis-plan-memory and ignis-schedule}}
module {
  func.func @forward(%x: memref<1x64xf32>) {
    ignis.phase {
    }
    %y = memref.alloc() : memref<1x64xf32>
    return
  }
}

// -----

// expected-error@+1 {{expects a scheduled program, got phases: run ignis-schedule}}
module {
  func.func @forward(%x: memref<1x64xf32>) {
    ignis.phase {
    }
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>,
      %best: memref<?x1xi64>, %arena: memref<?xi8>) {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %x = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x64xf32>
    %w = ignis.weight "w" : !ignis.weight<536870912x64xf32>
    // expected-error@+1 {{expects at most 268435456 columns, got 536870912}}
    ignis.matmul_argmax %x, %w select(%rows) outs(%best) : (memref<?x64xf32>, !ignis.weight<536870912x64xf32>, !ignis.rows, memref<?x1xi64>) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1,
    head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  // expected-error@+1 {{expects an entry that is not called like an intrinsic of LLVM, got 'llvm.trap'}}
  func.func @llvm.trap(%tokens: memref<?xi32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>) {
    return
  }
}
