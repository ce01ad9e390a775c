// RUN: ignis-opt %s --ignis-verify-distribution --split-input-file --verify-diagnostics

// A product's columns, passed on and gathered before rows are read; an output
// that reaches rank 0.
module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @good(%x: memref<1x64xf32>, %out: memref<1x64xf32>, %a: memref<1x64xf32>) {
    %w = ignis.weight "w" : !ignis.weight<64x64xf32>
    %n = ignis.weight "n" : !ignis.weight<64xf32>
    %y = memref.alloca() : memref<1x64xf32>
    %b = memref.alloc() : memref<1x64xf32>
    ignis.matmul %x, %w outs(%b) {share = #ignis.share<columns, 4, units = 4>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
    ignis.silu %b outs(%b) {share = #ignis.share<columns, 4, units = 4>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.all_gather %b {columns = 64 : i64, width = 16 : i64} : memref<1x64xf32>
    ignis.rms_norm %b, %n outs(%y) {eps = 1.0e-6 : f32, share = #ignis.share<replicated>} : (memref<1x64xf32>, !ignis.weight<64xf32>, memref<1x64xf32>) -> ()
    ignis.matmul %y, %w outs(%out) {share = #ignis.share<columns, 4, units = 4>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
    ignis.all_gather %out {columns = 64 : i64, first_only, width = 16 : i64} : memref<1x64xf32>
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @rows(%x: memref<1x64xf32>) {
    %w = ignis.weight "w" : !ignis.weight<64x64xf32>
    %b = memref.alloc() : memref<1x64xf32>
    %c = memref.alloc() : memref<1x64xf32>
    ignis.matmul %x, %w outs(%b) {share = #ignis.share<columns, 4, units = 4>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
    ignis.barrier
    // expected-error@+1 {{reads what another rank writes with no gather between them}}
    ignis.matmul %b, %w outs(%c) {share = #ignis.share<columns, 4>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @other_parts(%x: memref<1x64xf32>) {
    %w = ignis.weight "w" : !ignis.weight<64x64xf32>
    %b = memref.alloc() : memref<1x64xf32>
    ignis.matmul %x, %w outs(%b) {share = #ignis.share<columns, 4, units = 4>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
    ignis.barrier
    // expected-error@+1 {{reads what another rank writes with no gather between them}}
    ignis.silu %b outs(%b) {share = #ignis.share<columns, 2, units = 4>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @width(%x: memref<1x64xf32>, %out: memref<1x64xf32>) {
    %w = ignis.weight "w" : !ignis.weight<64x64xf32>
    ignis.matmul %x, %w outs(%out) {share = #ignis.share<columns, 4, units = 4>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
    // expected-error@+1 {{expects columns and width as they are divided among ranks, 64 and 16, got 64 and 32}}
    ignis.all_gather %out {columns = 64 : i64, first_only, width = 32 : i64} : memref<1x64xf32>
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @selection(%x: memref<1x64xf32>, %rows: !ignis.rows, %out: memref<1x64xf32>) {
    %w = ignis.weight "w" : !ignis.weight<64x64xf32>
    ignis.matmul %x, %w outs(%out) {share = #ignis.share<columns, 4, units = 4>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
    // expected-error@+1 {{expects the rows that were written}}
    ignis.all_gather %out select(%rows) {columns = 64 : i64, first_only, width = 16 : i64} : memref<1x64xf32>
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @too_late(%x: memref<1x64xf32>, %out: memref<1x64xf32>) {
    %w = ignis.weight "w" : !ignis.weight<64x64xf32>
    %b = memref.alloc() : memref<1x64xf32>
    ignis.matmul %x, %w outs(%b) {share = #ignis.share<columns, 4, units = 4>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
    ignis.silu %b outs(%out) {share = #ignis.share<columns, 4, units = 4>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    // expected-error@+1 {{expects a buffer that is read later}}
    ignis.all_gather %b {columns = 64 : i64, width = 16 : i64} : memref<1x64xf32>
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @unwritten(%x: memref<1x64xf32>) {
    %b = memref.alloc() : memref<1x64xf32>
    // expected-error@+1 {{expects a buffer that something has written}}
    ignis.all_gather %b {columns = 64 : i64, width = 16 : i64} : memref<1x64xf32>
    ignis.silu %b outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @first_only(%x: memref<1x64xf32>, %out: memref<1x64xf32>) {
    %w = ignis.weight "w" : !ignis.weight<64x64xf32>
    %b = memref.alloc() : memref<1x64xf32>
    ignis.matmul %x, %w outs(%b) {share = #ignis.share<columns, 4, units = 4>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
    // expected-error@+1 {{expects every rank to get what is no output}}
    ignis.all_gather %b {columns = 64 : i64, first_only, width = 16 : i64} : memref<1x64xf32>
    ignis.silu %b outs(%out) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  // expected-error@+1 {{expects its output, of which ranks have parts, to be gathered}}
  func.func @output(%x: memref<1x64xf32>, %out: memref<1x64xf32>) {
    %w = ignis.weight "w" : !ignis.weight<64x64xf32>
    ignis.matmul %x, %w outs(%out) {share = #ignis.share<columns, 4, units = 4>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
    return
  }
}

// -----

// Query heads that are divided read keys and values that are.
module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @cache(%q: memref<1x64xf32>, %k: memref<1x32xf32>, %p: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>) {
    ignis.kv_append %k, %k, %cache at %p {layer = 0 : i64, share = #ignis.share<columns, 1, units = 2>} : (memref<1x32xf32>, memref<1x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> ()
    ignis.barrier
    // expected-error@+1 {{expects all that touches the cache to be divided alike among ranks, got 0 units and 2}}
    ignis.attend %q, %cache at %p outs(%q) {layer = 0 : i64, share = #ignis.share<columns, 2>} : (memref<1x64xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows, memref<1x64xf32>) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @heads(%k: memref<1x32xf32>, %p: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>) {
    // expected-error@+1 {{expects a unit for each of the 2 query heads, got 3}}
    ignis.kv_append %k, %k, %cache at %p {layer = 0 : i64, share = #ignis.share<columns, 1, units = 3>} : (memref<1x32xf32>, memref<1x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> ()
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<layers = 1, embedding = 256, feed_forward = 64, heads = 8, kv_heads = 4, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @parts(%k: memref<1x128xf32>, %p: !ignis.rows, %cache: !ignis.kv_cache<1, 4, 32, f16>) {
    // expected-error@+1 {{expects a part for each head, got 2}}
    ignis.kv_append %k, %k, %cache at %p {layer = 0 : i64, share = #ignis.share<columns, 2, units = 8>} : (memref<1x128xf32>, memref<1x128xf32>, !ignis.kv_cache<1, 4, 32, f16>, !ignis.rows) -> ()
    return
  }
}

// -----

// Parts that begin elsewhere than units: rank 0 of three has columns 0 to 127,
// of which a gather would take 0 to 111.
module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @uneven(%x: memref<1x64xf32>, %out: memref<1x333xf32>) {
    %w = ignis.weight "w" : !ignis.weight<333x64xf32>
    ignis.matmul %x, %w outs(%out) {share = #ignis.share<columns, 6, units = 3>} : (memref<1x64xf32>, !ignis.weight<333x64xf32>, memref<1x333xf32>) -> ()
    // expected-error@+1 {{expects columns and width as they are divided among ranks, 333 and 0, got 333 and 112}}
    ignis.all_gather %out {columns = 333 : i64, first_only, width = 112 : i64} : memref<1x333xf32>
    return
  }
}

// -----

module attributes {ignis.model = #ignis.model<layers = 1, embedding = 64, feed_forward = 64, heads = 2, kv_heads = 1, head_dim = 32, vocab = 64, context_length = 64, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 1>} {
  func.func @queries(%x: memref<1x64xf32>, %p: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 32, f16>, %q: memref<1x96xf32>) {
    %wq = ignis.weight "q" : !ignis.weight<96x64xf32>
    %wk = ignis.weight "k" : !ignis.weight<32x64xf32>
    // expected-error@+1 {{expects products for the model's 2 query heads, got 3}}
    ignis.qkv %x, (%wq, %wk, %wk), %cache at %p outs(%q) {layer = 0 : i64, rope = #ignis.rope<base = 1.0e4>, share = #ignis.share<columns, 5, units = 2>} : (memref<1x64xf32>, !ignis.weight<96x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32x64xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows, memref<1x96xf32>) -> ()
    return
  }
}

// -----

// expected-error@+1 {{expects the attribute 'ignis.model'}}
module {
}
