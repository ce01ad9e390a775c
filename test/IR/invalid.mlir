// RUN: ignis-opt %s --split-input-file --verify-diagnostics

//===----------------------------------------------------------------------===//
// Types and attributes
//===----------------------------------------------------------------------===//

// expected-error@+1 {{expects one or two dimensions, got 3}}
func.func private @w(!ignis.weight<2x2x2xf32>)

// -----

// expected-error@+1 {{expects positive dimensions, got 0}}
func.func private @w(!ignis.weight<0x32xf32>)

// -----

// expected-error@+1 {{expects at most 1099511627776 elements}}
func.func private @w(!ignis.weight<9223372036854775807x9223372036854775776xq8_0>)

// -----

// expected-error@+1 {{expects at most 1099511627776 elements a position}}
func.func private @c(!ignis.kv_cache<9223372036854775807, 9223372036854775807, 64, f16>)

// -----

// expected-error@+1 {{expects columns to be a positive multiple of 32}}
func.func private @q(!ignis.q8<?x9223372036854775776>)

// -----

func.func @scale_dynamic(%x: tensor<?x?xf32>, %w: !ignis.weight<64xf32>) {
  // expected-error@+1 {{expects a static, positive number of columns}}
  %0 = ignis.scale %x, %w : (tensor<?x?xf32>, !ignis.weight<64xf32>) -> tensor<?x?xf32>
  return
}

// -----

// expected-error@+1 {{expects f32, f16, bf16, q4_0, q4_1, q5_0, q5_1, q8_0, iq4_nl, q2_k, q3_k, q4_k, q5_k, q6_k, iq4_xs, got iq2_xs}}
func.func private @w(!ignis.weight<32x256xiq2_xs>)

// -----

// expected-error@+1 {{expects q8_0 columns to be a multiple of 32, got 30}}
func.func private @w(!ignis.weight<32x30xq8_0>)

// -----

// expected-error@+1 {{expects q4_k columns to be a multiple of 256, got 288}}
func.func private @w(!ignis.weight<32x288xq4_k>)

// -----

// expected-error@+1 {{expects a vector not to be q8_0}}
func.func private @w(!ignis.weight<32xq8_0>)

// -----

// expected-error@+1 {{expects a head dimension of 32, 64 or 128, got 48}}
func.func private @c(!ignis.kv_cache<1, 1, 48, f16>)

// -----

// expected-error@+1 {{expects positive layers and heads, got 0 and 1}}
func.func private @c(!ignis.kv_cache<0, 1, 32, f16>)

// -----

// expected-error@+1 {{expects element type f16 or f32, got 'bf16'}}
func.func private @c(!ignis.kv_cache<1, 1, 32, bf16>)

// -----

// expected-error@+1 {{expects columns to be a positive multiple of 32}}
func.func private @q(!ignis.q8<?x33>)

// -----

// expected-error@+1 {{expects rows x columns, got 1 dimensions}}
func.func private @q(!ignis.q8<32>)

// -----

// expected-error@+1 {{expects a positive number of parts for columns and none otherwise, got 0}}
func.func private @s() attributes {s = #ignis.share<columns, 0>}

// -----

// expected-error@+1 {{expects tokens, columns or replicated, got rows}}
func.func private @s() attributes {s = #ignis.share<rows>}

// -----

// expected-error@+1 {{expects the key 'heads'}}
module attributes {ignis.model = #ignis.model<layers = 1, embedding = 96, feed_forward = 32, kv_heads = 1, head_dim = 32, vocab = 4, context_length = 8, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 0>} {}

// -----

// expected-error@+1 {{expects no key 'headz'}}
module attributes {ignis.model = #ignis.model<layers = 1, embedding = 96, feed_forward = 32, headz = 3, kv_heads = 1, head_dim = 32, vocab = 4, context_length = 8, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 0>} {}

// -----

// expected-error@+1 {{expects one 'heads'}}
module attributes {ignis.model = #ignis.model<layers = 1, embedding = 96, feed_forward = 32, heads = 3, heads = 3, kv_heads = 1, head_dim = 32, vocab = 4, context_length = 8, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 0>} {}

// -----

// expected-error@+1 {{expects true or false, got yes}}
module attributes {ignis.model = #ignis.model<layers = 1, embedding = 96, feed_forward = 32, heads = 3, kv_heads = 1, head_dim = 32, vocab = 4, context_length = 8, eps = 1.0e-6, tied = yes, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 0>} {}

// -----

// expected-error@+1 {{expects vocab to be positive, got 0}}
module attributes {ignis.model = #ignis.model<layers = 1, embedding = 96, feed_forward = 32, heads = 3, kv_heads = 1, head_dim = 32, vocab = 0, context_length = 8, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 0>} {}

// -----

// expected-error@+1 {{expects kv_heads to divide heads, got 2 and 3}}
module attributes {ignis.model = #ignis.model<layers = 1, embedding = 96, feed_forward = 32, heads = 3, kv_heads = 2, head_dim = 32, vocab = 4, context_length = 8, eps = 1.0e-6, tied = true, qkv_bias = true, qk_norm = false, rope = #ignis.rope<base = 1.0e4>, abi = 4, hash = 0>} {}

// -----

// expected-error@+1 {{expects 'ignis.model' to be a #ignis.model, got 3}}
module attributes {ignis.model = 3 : i64} {}

// -----

// expected-error@+1 {{expects 'ignis.model' on a module only}}
func.func private @m() attributes {ignis.model = 3 : i64}

// -----

//===----------------------------------------------------------------------===//
// Forms and shares
//===----------------------------------------------------------------------===//

func.func @mixed(%t: tensor<?x64xf32>, %m: memref<?x64xf32>) {
  // expected-error@+1 {{expects activations to be all tensors or all memrefs}}
  ignis.silu %t outs(%m) : (tensor<?x64xf32>, memref<?x64xf32>) -> ()
  return
}

// -----

func.func @buffers_with_result(%m: memref<?x64xf32>) {
  // expected-error@+1 {{expects no result in buffer form}}
  %0 = ignis.silu %m outs(%m) : (memref<?x64xf32>, memref<?x64xf32>) -> memref<?x64xf32>
  return
}

// -----

func.func @buffers_without_outs(%m: memref<?x64xf32>) {
  // expected-error@+1 {{expects outs in buffer form}}
  ignis.silu %m : (memref<?x64xf32>) -> ()
  return
}

// -----

func.func @no_result(%t: tensor<?x64xf32>) {
  // expected-error@+1 {{expects 1 result or outs, got 0}}
  ignis.silu %t : (tensor<?x64xf32>) -> ()
  return
}

// -----

func.func @no_result_shared(%t: tensor<?x64xf32>) {
  // expected-error@+1 {{expects 1 result or outs, got 0}}
  ignis.silu %t {share = #ignis.share<columns, 2>} : (tensor<?x64xf32>) -> ()
  return
}

// -----

func.func @outs_type(%t: tensor<?x64xf32>, %d: tensor<4x64xf32>) {
  // expected-error@+1 {{expects outs to have the result's type, got 'tensor<4x64xf32>' and 'tensor<?x64xf32>'}}
  %0 = ignis.silu %t outs(%d) : (tensor<?x64xf32>, tensor<4x64xf32>) -> tensor<?x64xf32>
  return
}

// -----

func.func @too_many_outs(%t: tensor<?x64xf32>) {
  // expected-error@+1 {{expects as many outs as results, got 2 and 1}}
  %0 = ignis.silu %t outs(%t, %t) : (tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return
}

// -----

func.func @share_tokens(%x: tensor<?x64xf32>, %w: !ignis.weight<64x64xf16>) {
  // expected-error@+1 {{cannot be shared by tokens}}
  %0 = ignis.matmul %x, %w {share = #ignis.share<tokens>} : (tensor<?x64xf32>, !ignis.weight<64x64xf16>) -> tensor<?x64xf32>
  return
}

// -----

func.func @share_columns(%x: tensor<?x64xf32>) {
  // expected-error@+1 {{cannot be shared by columns}}
  %0 = ignis.rms_normalize %x {eps = 1.0e-6 : f32, share = #ignis.share<columns, 2>} : (tensor<?x64xf32>) -> tensor<?x64xf32>
  return
}

// -----

func.func @share_granularity(%x: tensor<?x128xf32>, %p: !ignis.rows) {
  // expected-error@+1 {{expects parts of a multiple of 64 columns, got 32}}
  %0 = ignis.rope %x at %p {head_dim = 64 : i64, rope = #ignis.rope<base = 1.0e4>, share = #ignis.share<columns, 4>} : (tensor<?x128xf32>, !ignis.rows) -> tensor<?x128xf32>
  return
}

// -----

//===----------------------------------------------------------------------===//
// Operations
//===----------------------------------------------------------------------===//

func.func @embedding(%t: tensor<?xi32>, %w: !ignis.weight<100x64xf16>) {
  // expected-error@+1 {{expects result to have 64 columns, got 32}}
  %0 = ignis.embedding %t, %w : (tensor<?xi32>, !ignis.weight<100x64xf16>) -> tensor<?x32xf32>
  return
}

// -----

func.func @rows(%a: tensor<3x64xf32>, %b: tensor<4x64xf32>) {
  // expected-error@+1 {{expects equal rows, got}}
  %0 = ignis.add %a, %b : (tensor<3x64xf32>, tensor<4x64xf32>) -> tensor<?x64xf32>
  return
}

// -----

func.func @columns(%a: tensor<?x64xf32>, %b: tensor<?x32xf32>) {
  // expected-error@+1 {{expects input to have 64 columns, got 32}}
  %0 = ignis.mul %a, %b : (tensor<?x64xf32>, tensor<?x32xf32>) -> tensor<?x64xf32>
  return
}

// -----

func.func @dynamic_columns(%a: tensor<?x?xf32>) {
  // expected-error@+1 {{expects a static, positive number of columns}}
  %0 = ignis.silu %a : (tensor<?x?xf32>) -> tensor<?x?xf32>
  return
}

// -----

func.func @eps(%x: tensor<?x64xf32>) {
  // expected-error@+1 {{expects eps to be finite and not negative}}
  %0 = ignis.rms_normalize %x {eps = -1.0 : f32} : (tensor<?x64xf32>) -> tensor<?x64xf32>
  return
}

// -----

func.func @rms_normalize_heads(%x: tensor<?x96xf32>) {
  // expected-error@+1 {{expects head_dim to divide the columns}}
  %0 = ignis.rms_normalize %x {eps = 1.0e-6 : f32, head_dim = 64 : i64} : (tensor<?x96xf32>) -> tensor<?x96xf32>
  return
}

// -----

func.func @scale_heads(%x: tensor<?x96xf32>, %w: !ignis.weight<96xf32>) {
  // expected-error@+1 {{expects weight to have length 32, got 96}}
  %0 = ignis.scale %x, %w {head_dim = 32 : i64} : (tensor<?x96xf32>, !ignis.weight<96xf32>) -> tensor<?x96xf32>
  return
}

// -----

func.func @rms_norm_heads(%x: tensor<?x96xf32>, %w: !ignis.weight<16xf32>) {
  // expected-error@+1 {{expects head_dim to be 32, 64 or 128, got 16}}
  %0 = ignis.rms_norm %x, %w {eps = 1.0e-6 : f32, head_dim = 16 : i64} : (tensor<?x96xf32>, !ignis.weight<16xf32>) -> tensor<?x96xf32>
  return
}

// -----

func.func @share_of_heads(%x: tensor<?x128xf32>) {
  // expected-error@+1 {{expects parts of a multiple of 64 columns, got 32}}
  %0 = ignis.rms_normalize %x {eps = 1.0e-6 : f32, head_dim = 64 : i64, share = #ignis.share<columns, 4>} : (tensor<?x128xf32>) -> tensor<?x128xf32>
  return
}

// -----

func.func @scale_length(%x: tensor<?x64xf32>, %w: !ignis.weight<32xf32>) {
  // expected-error@+1 {{expects weight to have length 64, got 32}}
  %0 = ignis.scale %x, %w : (tensor<?x64xf32>, !ignis.weight<32xf32>) -> tensor<?x64xf32>
  return
}

// -----

func.func @quantize_columns(%x: tensor<?x48xf32>) {
  // expected-error@+1 {{expects columns to be a multiple of 32}}
  %0 = ignis.quantize %x : (tensor<?x48xf32>) -> !ignis.q8<?x64>
  return
}

// -----

func.func @quantize_bytes(%x: tensor<?x64xf32>, %d: tensor<?x64xi8>) {
  // expected-error@+1 {{expects result to have the row bytes of 64 quantised columns, got 64}}
  %0 = ignis.quantize %x outs(%d) : (tensor<?x64xf32>, tensor<?x64xi8>) -> tensor<?x64xi8>
  return
}

// -----

func.func @matmul_input(%x: tensor<?x32xf32>, %w: !ignis.weight<96x64xf16>) {
  // expected-error@+1 {{expects input to have 64 columns, got 32}}
  %0 = ignis.matmul %x, %w : (tensor<?x32xf32>, !ignis.weight<96x64xf16>) -> tensor<?x96xf32>
  return
}

// -----

func.func @matmul_quantized(%x: !ignis.q8<?x64>, %w: !ignis.weight<96x64xf16>) {
  // expected-error@+1 {{expects f32 input for a weight of type f16}}
  %0 = ignis.matmul %x, %w : (!ignis.q8<?x64>, !ignis.weight<96x64xf16>) -> tensor<?x96xf32>
  return
}

// -----

func.func @matmul_bias(%x: tensor<?x64xf32>, %w: !ignis.weight<96x64xf16>, %b: !ignis.weight<64xf32>) {
  // expected-error@+1 {{expects bias to have length 96, got 64}}
  %0 = ignis.matmul %x, %w bias(%b) : (tensor<?x64xf32>, !ignis.weight<96x64xf16>, !ignis.weight<64xf32>) -> tensor<?x96xf32>
  return
}

// -----

func.func @matmul_residual(%x: tensor<?x64xf32>, %w: !ignis.weight<96x64xf16>) {
  // expected-error@+1 {{expects residual to have 96 columns, got 64}}
  %0 = ignis.matmul %x, %w residual(%x) : (tensor<?x64xf32>, !ignis.weight<96x64xf16>, tensor<?x64xf32>) -> tensor<?x96xf32>
  return
}

// -----

func.func @matmul_residual_select(%x: tensor<?x64xf32>, %w: !ignis.weight<64x64xf16>, %f: !ignis.rows) {
  // expected-error@+1 {{expects no residual beside a selection}}
  %0 = ignis.matmul %x, %w residual(%x) select(%f) : (tensor<?x64xf32>, !ignis.weight<64x64xf16>, tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  return
}

// -----

func.func @rope_head(%x: tensor<?x96xf32>, %p: !ignis.rows) {
  // expected-error@+1 {{expects head_dim to divide the columns}}
  %0 = ignis.rope %x at %p {head_dim = 64 : i64, rope = #ignis.rope<base = 1.0e4>} : (tensor<?x96xf32>, !ignis.rows) -> tensor<?x96xf32>
  return
}

// -----

func.func @rope_head_dim(%x: tensor<?x96xf32>, %p: !ignis.rows) {
  // expected-error@+1 {{expects head_dim to be 32, 64 or 128, got 48}}
  %0 = ignis.rope %x at %p {head_dim = 48 : i64, rope = #ignis.rope<base = 1.0e4>} : (tensor<?x96xf32>, !ignis.rows) -> tensor<?x96xf32>
  return
}

// -----

// expected-error@+1 {{expects base from 1.000000e+00 to 1.797693e+308, got 0.000000e+00}}
func.func private @rope_base() attributes {r = #ignis.rope<base = 0.0>}

// -----

// expected-error@+1 {{expects base from 1.000000e+00 to 1.797693e+308, got 0.000000e+00}}
func.func private @rope_without_base() attributes {r = #ignis.rope<>}

// -----

// expected-error@+1 {{expects factor from 9.765625e-04 to 1.048576e+06, got 2.097152e+06}}
func.func private @rope_factor() attributes {r = #ignis.rope<base = 1.0e4, factor = 2097152.0>}

// -----

// expected-error@+1 {{expects original_context from 1.000000e+00 to}}
func.func private @rope_yarn() attributes {r = #ignis.rope<base = 1.0e4, factor = 4.0, extrapolation = 1.0>}

// -----

func.func @attention_layer(%q: tensor<?x64xf32>, %c: !ignis.kv_cache<2, 1, 32, f16>, %p: !ignis.rows) {
  // expected-error@+1 {{expects layer to be below 2, got 2}}
  %0 = ignis.attend %q, %c at %p {layer = 2 : i64} : (tensor<?x64xf32>, !ignis.kv_cache<2, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return
}

// -----

func.func @attention_query(%q: tensor<?x96xf32>, %c: !ignis.kv_cache<2, 2, 32, f16>, %p: !ignis.rows) {
  // expected-error@+1 {{expects query columns to be a multiple of 64}}
  %0 = ignis.attend %q, %c at %p {layer = 0 : i64} : (tensor<?x96xf32>, !ignis.kv_cache<2, 2, 32, f16>, !ignis.rows) -> tensor<?x96xf32>
  return
}

// -----

func.func @attention_key(%q: tensor<?x64xf32>, %c: !ignis.kv_cache<2, 1, 32, f16>, %p: !ignis.rows) {
  // expected-error@+1 {{expects key to have 32 columns, got 64}}
  ignis.kv_append %q, %q, %c at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x64xf32>, !ignis.kv_cache<2, 1, 32, f16>, !ignis.rows) -> ()
  return
}

// -----

func.func @group_biases(%x: tensor<?x64xf32>, %w: !ignis.weight<32x64xf16>, %b: !ignis.weight<32xf32>) {
  // expected-error@+1 {{expects as many biases as weights or none, got 1 and 2}}
  %0:2 = ignis.grouped_matmul %x, (%w, %w) bias(%b) : (tensor<?x64xf32>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>, !ignis.weight<32xf32>) -> (tensor<?x32xf32>, tensor<?x32xf32>)
  return
}

// -----

func.func @group_rows(%x: tensor<?x64xf32>, %w: !ignis.weight<30x64xf16>) {
  // expected-error@+1 {{expects rows of all weights but the last to be a multiple of 16, got 30}}
  %0:2 = ignis.grouped_matmul %x, (%w, %w) : (tensor<?x64xf32>, !ignis.weight<30x64xf16>, !ignis.weight<30x64xf16>) -> (tensor<?x30xf32>, tensor<?x30xf32>)
  return
}

// -----

func.func @group_results(%x: tensor<?x64xf32>, %w: !ignis.weight<32x64xf16>) {
  // expected-error@+1 {{expects 2 results or outs, got 1}}
  %0 = ignis.grouped_matmul %x, (%w, %w) : (tensor<?x64xf32>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>) -> tensor<?x32xf32>
  return
}

// -----

func.func @qkv_weights(%x: tensor<?x64xf32>, %w: !ignis.weight<32x64xf16>, %c: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) {
  // expected-error@+1 {{expects three weights, got 2}}
  %0 = ignis.qkv %x, (%w, %w), %c at %p {layer = 0 : i64, rope = #ignis.rope<base = 1.0e4>} : (tensor<?x64xf32>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x32xf32>
  return
}

// -----

func.func @qkv_rows(%x: tensor<?x64xf32>, %w: !ignis.weight<32x64xf16>, %k: !ignis.weight<64x64xf16>, %c: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) {
  // expected-error@+1 {{expects key and value weights to have 32 rows, got 64 and 32}}
  %0 = ignis.qkv %x, (%w, %k, %w), %c at %p {layer = 0 : i64, rope = #ignis.rope<base = 1.0e4>} : (tensor<?x64xf32>, !ignis.weight<32x64xf16>, !ignis.weight<64x64xf16>, !ignis.weight<32x64xf16>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x32xf32>
  return
}

// -----

func.func @qkv_norms(%x: tensor<?x64xf32>, %w: !ignis.weight<32x64xf16>, %n: !ignis.weight<32xf32>, %c: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) {
  // expected-error@+1 {{expects norms of q and k or none, got 1}}
  %0 = ignis.qkv %x, (%w, %w, %w) norm(%n), %c at %p {eps = 1.0e-6 : f32, layer = 0 : i64, rope = #ignis.rope<base = 1.0e4>} : (tensor<?x64xf32>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>, !ignis.weight<32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x32xf32>
  return
}

// -----

func.func @qkv_norms_without_eps(%x: tensor<?x64xf32>, %w: !ignis.weight<32x64xf16>, %n: !ignis.weight<32xf32>, %c: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) {
  // expected-error@+1 {{expects eps beside norms and only there}}
  %0 = ignis.qkv %x, (%w, %w, %w) norm(%n, %n), %c at %p {layer = 0 : i64, rope = #ignis.rope<base = 1.0e4>} : (tensor<?x64xf32>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>, !ignis.weight<32xf32>, !ignis.weight<32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x32xf32>
  return
}

// -----

func.func @qkv_eps_without_norms(%x: tensor<?x64xf32>, %w: !ignis.weight<32x64xf16>, %c: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) {
  // expected-error@+1 {{expects eps beside norms and only there}}
  %0 = ignis.qkv %x, (%w, %w, %w), %c at %p {eps = 1.0e-6 : f32, layer = 0 : i64, rope = #ignis.rope<base = 1.0e4>} : (tensor<?x64xf32>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x32xf32>
  return
}

// -----

func.func @qkv_norm_eps(%x: tensor<?x64xf32>, %w: !ignis.weight<32x64xf16>, %n: !ignis.weight<32xf32>, %c: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) {
  // expected-error@+1 {{expects eps to be finite and not negative}}
  %0 = ignis.qkv %x, (%w, %w, %w) norm(%n, %n), %c at %p {eps = -1.0 : f32, layer = 0 : i64, rope = #ignis.rope<base = 1.0e4>} : (tensor<?x64xf32>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>, !ignis.weight<32xf32>, !ignis.weight<32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x32xf32>
  return
}

// -----

func.func @qkv_norm_length(%x: tensor<?x64xf32>, %w: !ignis.weight<32x64xf16>, %n: !ignis.weight<64xf32>, %c: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) {
  // expected-error@+1 {{expects norm to have length 32, got 64}}
  %0 = ignis.qkv %x, (%w, %w, %w) norm(%n, %n), %c at %p {eps = 1.0e-6 : f32, layer = 0 : i64, rope = #ignis.rope<base = 1.0e4>} : (tensor<?x64xf32>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xf16>, !ignis.weight<64xf32>, !ignis.weight<64xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x32xf32>
  return
}

// -----

func.func @gate_up(%x: tensor<?x64xf32>, %g: !ignis.weight<32x64xf16>, %u: !ignis.weight<64x64xf16>) {
  // expected-error@+1 {{expects gate and up to have equal rows, got 32 and 64}}
  %0 = ignis.gate_up %x, %g, %u : (tensor<?x64xf32>, !ignis.weight<32x64xf16>, !ignis.weight<64x64xf16>) -> tensor<?x32xf32>
  return
}

// -----

func.func @argmax_parts(%x: tensor<?x100xf32>) {
  // expected-error@+1 {{expects 100 columns to fill every part of the result, a multiple of 16 each, got 'tensor<?x8xi64>'}}
  %0 = ignis.argmax %x : (tensor<?x100xf32>) -> tensor<?x8xi64>
  return
}

// -----

func.func @argmax_no_parts(%x: tensor<?x100xf32>) {
  // expected-error@+1 {{expects 100 columns to fill every part of the result, a multiple of 16 each, got 'tensor<?x0xi64>'}}
  %0 = ignis.argmax %x : (tensor<?x100xf32>) -> tensor<?x0xi64>
  return
}

// -----

func.func @argmax_columns(%x: tensor<?x?xf32>) {
  // expected-error@+1 {{expects a static, positive number of columns}}
  %0 = ignis.argmax %x : (tensor<?x?xf32>) -> tensor<?x8xi64>
  return
}

// -----

func.func @argmax_many_columns(%x: tensor<?x2147483649xf32>) {
  // expected-error@+1 {{expects at most 2^31 columns to be compared, got 2147483649}}
  %0 = ignis.argmax %x : (tensor<?x2147483649xf32>) -> tensor<?x8xi64>
  return
}

// -----

func.func @argmax_share(%x: tensor<?x100xf32>) {
  // expected-error@+1 {{expects parts of a multiple of 32 columns, got 16}}
  %0 = ignis.argmax %x {share = #ignis.share<columns, 7>} : (tensor<?x100xf32>) -> tensor<?x4xi64>
  return
}

// -----

func.func @matmul_argmax(%x: tensor<?x64xf32>, %w: !ignis.weight<100x32xf16>) {
  // expected-error@+1 {{expects input to have 32 columns, got 64}}
  %0 = ignis.matmul_argmax %x, %w : (tensor<?x64xf32>, !ignis.weight<100x32xf16>) -> tensor<?x7xi64>
  return
}

// -----

func.func @nested(%m: memref<?x64xf32>) {
  // expected-error@+1 {{expects no phase or barrier inside}}
  ignis.phase {
    ignis.barrier
  }
  return
}

// -----

func.func @phase_of_values(%t: tensor<?x64xf32>) {
  // expected-error@+1 {{expects operations in buffer form}}
  ignis.phase {
    %0 = ignis.silu %t : (tensor<?x64xf32>) -> tensor<?x64xf32>
  }
  return
}

// -----

// An attribute of ours that nobody reads is a mistake, not a comment.
// expected-error@+1 {{has no attribute 'ignis.local_logit'}}
func.func private @misspelt() attributes {ignis.local_logit}

// -----

// expected-error@+1 {{has no attribute 'ignis.arena'}}
module attributes {ignis.arena = []} {}

// -----

// expected-error@+1 {{has no attribute 'ignis.cache' of argument 0}}
func.func private @argument(index {ignis.cache})

// -----

// expected-error@+1 {{has no attribute 'ignis.logits' of result 0}}
func.func private @result() -> (index {ignis.logits})

// -----

func.func @weight_without_name() {
  // expected-error@+1 {{expects a name that is not empty and has no zero byte}}
  %0 = ignis.weight "" : !ignis.weight<64xf32>
  return
}

// -----

func.func @weight_with_zero_byte() {
  // expected-error@+1 {{expects a name that is not empty and has no zero byte}}
  %0 = ignis.weight "a\00b" : !ignis.weight<64xf32>
  return
}

// -----

// expected-error@+1 {{expects an entry}}
ignis.program !ignis.kv_cache<1, 1, 32, f16> tensors [] entries []

// -----

func.func private @f()
// expected-error@+1 {{expects each entry once, got @f twice}}
ignis.program !ignis.kv_cache<1, 1, 32, f16> tensors [] entries [#ignis.entry<function = @f, tokens = 0, barriers = 1, candidates = 0, scratch = 0, arena = []>, #ignis.entry<function = @f, tokens = 0, barriers = 1, candidates = 0, scratch = 0, arena = []>]

// -----

// expected-error@+1 {{expects @f to be a function of the module}}
ignis.program !ignis.kv_cache<1, 1, 32, f16> tensors [] entries [#ignis.entry<function = @f, tokens = 0, barriers = 1, candidates = 0, scratch = 0, arena = []>]

// -----

func.func private @f()
ignis.program !ignis.kv_cache<1, 1, 32, f16> tensors [] entries [#ignis.entry<function = @f, tokens = 0, barriers = 1, candidates = 0, scratch = 0, arena = []>]
// expected-error@+1 {{expects to be the only one of its module}}
ignis.program !ignis.kv_cache<1, 1, 32, f16> tensors [] entries [#ignis.entry<function = @f, tokens = 0, barriers = 1, candidates = 0, scratch = 0, arena = []>]

// -----

// expected-error@+1 {{expects no negative numbers of @f, got -1}}
module attributes {a = #ignis.entry<function = @f, tokens = 0, barriers = -1, candidates = 0, scratch = 0, arena = []>} {}

// -----

// expected-error@+1 {{expects the arena of @f to be pairs, got 3 numbers}}
module attributes {a = #ignis.entry<function = @f, tokens = 0, barriers = 1, candidates = 0, scratch = 0, arena = [1, 2, 3]>} {}

// -----

func.func @gather_of_blocks(%q: memref<?x128xi8>) {
  // expected-error@+1 {{expects quantised rows to be divided between blocks of 32 columns, got units of 48}}
  ignis.all_gather %q {columns = 96 : i64, width = 48 : i64} : memref<?x128xi8>
  return
}

// -----

func.func @gather_columns(%x: memref<?x96xf32>) {
  // expected-error@+1 {{expects buffer to have 64 columns, got 96}}
  ignis.all_gather %x {columns = 64 : i64, width = 32 : i64} : memref<?x96xf32>
  return
}

// -----

func.func @gather_inside(%x: memref<?x96xf32>) {
  // expected-error@+1 {{expects no phase or barrier inside}}
  ignis.phase {
    ignis.all_gather %x {columns = 96 : i64, width = 32 : i64} : memref<?x96xf32>
  }
  return
}

// -----

// expected-error@+1 {{expects units of columns, up to 1073741824, got 2}}
module attributes {a = #ignis.share<tokens, units = 2>} {}

// -----

// expected-error@+1 {{expects units of columns, up to 1073741824, got -1}}
module attributes {a = #ignis.share<columns, 2, units = -1>} {}

// -----

// expected-error@+1 {{expects no negative numbers of @f, got -1}}
module attributes {a = #ignis.entry<function = @f, tokens = 0, barriers = 1, candidates = 0, scratch = 0, arena = [], gathers = -1>} {}
