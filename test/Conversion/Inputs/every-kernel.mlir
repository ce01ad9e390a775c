// Every generated kernel once. Rows of 96 columns; three heads of 32.
module attributes {ignis.model = #ignis.model<
    layers = 1, embedding = 96, feed_forward = 96, heads = 3, kv_heads = 1,
    head_dim = 32, vocab = 32, context_length = 64, eps = 1.0e-6,
    tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 42>} {
  func.func @forward(%tokens: memref<?xi32>, %rows: !ignis.rows,
                     %cache: !ignis.kv_cache<1, 1, 32, f16>,
                     %arena: memref<?xi8>)
      attributes {ignis.arena = [[5504, 0]]} {
    %c0 = arith.constant 0 : index
    %n = memref.dim %tokens, %c0 : memref<?xi32>
    %w = ignis.weight "norm" : !ignis.weight<96xf32>
    %v = ignis.weight "head_norm" : !ignis.weight<32xf32>
    // 384 bytes a row of floats, 128 a quantised one.
    %c384 = arith.constant 384 : index
    %o1 = arith.muli %n, %c384 : index
    %o2 = arith.addi %o1, %o1 : index
    %o3 = arith.addi %o2, %o1 : index
    %o4 = arith.addi %o3, %o1 : index
    %o5 = arith.addi %o4, %o1 : index
    %o6 = arith.addi %o5, %o1 : index
    %o7 = arith.addi %o6, %o1 : index
    %o8 = arith.addi %o7, %o1 : index
    %o9 = arith.addi %o8, %o1 : index
    %c128 = arith.constant 128 : index
    %q = arith.muli %n, %c128 : index
    %o10 = arith.addi %o9, %o1 : index
    %o11 = arith.addi %o10, %q : index
    %o12 = arith.addi %o11, %q : index
    %o13 = arith.addi %o12, %q : index
    %o14 = arith.addi %o13, %o1 : index
    %o15 = arith.addi %o14, %o1 : index
    %o16 = arith.addi %o15, %o1 : index
    %a = memref.view %arena[%c0][%n] : memref<?xi8> to memref<?x96xf32>
    %b = memref.view %arena[%o1][%n] : memref<?xi8> to memref<?x96xf32>
    %y1 = memref.view %arena[%o2][%n] : memref<?xi8> to memref<?x96xf32>
    %y2 = memref.view %arena[%o3][%n] : memref<?xi8> to memref<?x96xf32>
    %y3 = memref.view %arena[%o4][%n] : memref<?xi8> to memref<?x96xf32>
    %y4 = memref.view %arena[%o5][%n] : memref<?xi8> to memref<?x96xf32>
    %y5 = memref.view %arena[%o6][%n] : memref<?xi8> to memref<?x96xf32>
    %y6 = memref.view %arena[%o7][%n] : memref<?xi8> to memref<?x96xf32>
    %y7 = memref.view %arena[%o8][%n] : memref<?xi8> to memref<?x96xf32>
    %y8 = memref.view %arena[%o9][%n] : memref<?xi8> to memref<?x96xf32>
    %q1 = memref.view %arena[%o10][%n] : memref<?xi8> to memref<?x128xi8>
    %q2 = memref.view %arena[%o11][%n] : memref<?xi8> to memref<?x128xi8>
    %q3 = memref.view %arena[%o12][%n] : memref<?xi8> to memref<?x128xi8>
    %h1 = memref.view %arena[%o13][%n] : memref<?xi8> to memref<?x96xf32>
    %h2 = memref.view %arena[%o14][%n] : memref<?xi8> to memref<?x96xf32>
    %h3 = memref.view %arena[%o15][%n] : memref<?xi8> to memref<?x96xf32>
    %h4 = memref.view %arena[%o16][%n] : memref<?xi8> to memref<?x128xi8>
    ignis.add %a, %b outs(%y1)
      : (memref<?x96xf32>, memref<?x96xf32>, memref<?x96xf32>) -> ()
    ignis.mul %a, %b outs(%y2) {share = #ignis.share<tokens>}
      : (memref<?x96xf32>, memref<?x96xf32>, memref<?x96xf32>) -> ()
    ignis.scale %a, %w outs(%y3) {share = #ignis.share<columns, 4>}
      : (memref<?x96xf32>, !ignis.weight<96xf32>, memref<?x96xf32>) -> ()
    ignis.silu %a outs(%y4) : (memref<?x96xf32>, memref<?x96xf32>) -> ()
    ignis.swiglu %a, %b outs(%y5)
      : (memref<?x96xf32>, memref<?x96xf32>, memref<?x96xf32>) -> ()
    ignis.rms_normalize %a outs(%y6) {eps = 1.0e-6 : f32}
      : (memref<?x96xf32>, memref<?x96xf32>) -> ()
    ignis.rms_norm %a, %w outs(%y7) {eps = 1.0e-6 : f32}
      : (memref<?x96xf32>, !ignis.weight<96xf32>, memref<?x96xf32>) -> ()
    ignis.rope %a at %rows outs(%y8) {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e4>}
      : (memref<?x96xf32>, !ignis.rows, memref<?x96xf32>) -> ()
    ignis.quantize %a outs(%q1) : (memref<?x96xf32>, memref<?x128xi8>) -> ()
    // Head by head.
    ignis.scale %a, %v outs(%h1) {head_dim = 32 : i64}
      : (memref<?x96xf32>, !ignis.weight<32xf32>, memref<?x96xf32>) -> ()
    ignis.rms_normalize %a outs(%h2) {eps = 1.0e-6 : f32, head_dim = 32 : i64}
      : (memref<?x96xf32>, memref<?x96xf32>) -> ()
    ignis.rms_norm %a, %v outs(%h3) {eps = 1.0e-6 : f32, head_dim = 32 : i64}
      : (memref<?x96xf32>, !ignis.weight<32xf32>, memref<?x96xf32>) -> ()
    ignis.rms_norm %a, %v outs(%h4) {eps = 1.0e-6 : f32, head_dim = 32 : i64}
      : (memref<?x96xf32>, !ignis.weight<32xf32>, memref<?x128xi8>) -> ()
    // Once more through memory of the thread's own.
    %own = memref.alloca(%n) : memref<?x96xf32>
    ignis.add %a, %b outs(%own) {share = #ignis.share<replicated>}
      : (memref<?x96xf32>, memref<?x96xf32>, memref<?x96xf32>) -> ()
    ignis.rms_norm %own, %w outs(%q2) {eps = 1.0e-6 : f32}
      : (memref<?x96xf32>, !ignis.weight<96xf32>, memref<?x128xi8>) -> ()
    ignis.swiglu %a, %b outs(%q3)
      : (memref<?x96xf32>, memref<?x96xf32>, memref<?x128xi8>) -> ()
    return
  }
}
