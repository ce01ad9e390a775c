module attributes {
    ignis.cache = !ignis.kv_cache<1, 1, 32, f16>,
    ignis.model = #ignis.model<
      layers = 1, embedding = 64, feed_forward = 128, heads = 2, kv_heads = 1,
      head_dim = 32, vocab = 256, context_length = 512, eps = 1.0e-6,
      tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 3, hash = 42>,
    ignis.weights = [["token_embd.weight", !ignis.weight<256x64xf32>]]} {
  llvm.func internal @forward(%thread: !llvm.ptr) attributes {
      ignis.entry = {arena = [[256, 0]], barriers = 1 : i64, candidates = 0 : i64, scratch = 0 : i64, tokens = 0 : i64}} {
    llvm.return
  }
}
