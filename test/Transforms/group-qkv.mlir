// RUN: ignis-opt %s --ignis-group-qkv --split-input-file | FileCheck %s
// RUN: ignis-opt %s --ignis-group-qkv --split-input-file \
// RUN:   --remarks-filter=ignis-.* --remark-format=emitRemark 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK

// Weights that are named later move up to where the first product stood.
// CHECK-LABEL: @groups
// CHECK-SAME:    %[[X:[^:]*]]: tensor<?x64xf32>
// CHECK:         %[[WQ:.*]] = ignis.weight "q.weight"
// CHECK:         %[[BQ:.*]] = ignis.weight "q.bias"
// CHECK:         %[[WK:.*]] = ignis.weight "k.weight"
// CHECK:         %[[WV:.*]] = ignis.weight "v.weight"
// CHECK:         %[[BK:.*]] = ignis.weight "k.bias"
// CHECK:         %[[BV:.*]] = ignis.weight "v.bias"
// CHECK:         %[[Y:.*]]:3 = ignis.grouped_matmul %[[X]], (%[[WQ]], %[[WK]], %[[WV]]) bias(%[[BQ]], %[[BK]], %[[BV]])
// CHECK-NOT:     ignis.matmul
// CHECK:         %[[Q:.*]] = ignis.rope %[[Y]]#0
// CHECK:         %[[K:.*]] = ignis.rope %[[Y]]#1
// CHECK:         ignis.attention %[[Q]], %[[K]], %[[Y]]#2
// REMARK: remark: [Passed] fused | Category:ignis-group-qkv
func.func @groups(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q.weight" : !ignis.weight<64x64xq8_0>
  %bq = ignis.weight "q.bias" : !ignis.weight<64xf32>
  %q = ignis.matmul %x, %wq bias(%bq) : (tensor<?x64xf32>, !ignis.weight<64x64xq8_0>, !ignis.weight<64xf32>) -> tensor<?x64xf32>
  %qr = ignis.rope %q at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %wk = ignis.weight "k.weight" : !ignis.weight<32x64xq8_0>
  %bk = ignis.weight "k.bias" : !ignis.weight<32xf32>
  %k = ignis.matmul %x, %wk bias(%bk) : (tensor<?x64xf32>, !ignis.weight<32x64xq8_0>, !ignis.weight<32xf32>) -> tensor<?x32xf32>
  %kr = ignis.rope %k at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %wv = ignis.weight "v.weight" : !ignis.weight<32x64xq8_0>
  %bv = ignis.weight "v.bias" : !ignis.weight<32xf32>
  %v = ignis.matmul %x, %wv bias(%bv) : (tensor<?x64xf32>, !ignis.weight<32x64xq8_0>, !ignis.weight<32xf32>) -> tensor<?x32xf32>
  %y = ignis.attention %qr, %kr, %v, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// No biases, no rotations, and weights of types that take the same input.
// CHECK-LABEL: @bare
// CHECK:         ignis.grouped_matmul %{{.*}}, (%{{[^)]*}}) : (tensor<?x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<32x64xf16>, !ignis.weight<32x64xbf16>)
func.func @bare(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k" : !ignis.weight<32x64xf16>
  %wv = ignis.weight "v" : !ignis.weight<32x64xbf16>
  %q = ignis.matmul %x, %wq : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %k = ignis.matmul %x, %wk : (tensor<?x64xf32>, !ignis.weight<32x64xf16>) -> tensor<?x32xf32>
  %v = ignis.matmul %x, %wv : (tensor<?x64xf32>, !ignis.weight<32x64xbf16>) -> tensor<?x32xf32>
  %y = ignis.attention %q, %k, %v, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// Formats of many kinds that all want a quantised input.
// CHECK-LABEL: @formats
// CHECK:         ignis.grouped_matmul %{{.*}}, (%{{[^)]*}}) : (tensor<?x256xf32>, !ignis.weight<64x256xq4_k>, !ignis.weight<32x256xq5_0>, !ignis.weight<32x256xq6_k>)
func.func @formats(%x: tensor<?x256xf32>, %cache: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q" : !ignis.weight<64x256xq4_k>
  %wk = ignis.weight "k" : !ignis.weight<32x256xq5_0>
  %wv = ignis.weight "v" : !ignis.weight<32x256xq6_k>
  %q = ignis.matmul %x, %wq : (tensor<?x256xf32>, !ignis.weight<64x256xq4_k>) -> tensor<?x64xf32>
  %k = ignis.matmul %x, %wk : (tensor<?x256xf32>, !ignis.weight<32x256xq5_0>) -> tensor<?x32xf32>
  %v = ignis.matmul %x, %wv : (tensor<?x256xf32>, !ignis.weight<32x256xq6_k>) -> tensor<?x32xf32>
  %y = ignis.attention %q, %k, %v, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// One of three wants a quantised input.
// CHECK-LABEL: @mixed
// CHECK-NOT:     ignis.grouped_matmul
// CHECK-COUNT-3: ignis.matmul
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="only some projections are quantised"
func.func @mixed(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k" : !ignis.weight<32x64xf32>
  %wv = ignis.weight "v" : !ignis.weight<32x64xq8_0>
  %q = ignis.matmul %x, %wq : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %k = ignis.matmul %x, %wk : (tensor<?x64xf32>, !ignis.weight<32x64xf32>) -> tensor<?x32xf32>
  %v = ignis.matmul %x, %wv : (tensor<?x64xf32>, !ignis.weight<32x64xq8_0>) -> tensor<?x32xf32>
  %y = ignis.attention %q, %k, %v, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// CHECK-LABEL: @some_biases
// CHECK-NOT:     ignis.grouped_matmul
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="only some projections have a bias"
func.func @some_biases(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k" : !ignis.weight<32x64xf32>
  %b = ignis.weight "b" : !ignis.weight<32xf32>
  %q = ignis.matmul %x, %wq : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %k = ignis.matmul %x, %wk bias(%b) : (tensor<?x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32xf32>) -> tensor<?x32xf32>
  %v = ignis.matmul %x, %wk bias(%b) : (tensor<?x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32xf32>) -> tensor<?x32xf32>
  %y = ignis.attention %q, %k, %v, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// CHECK-LABEL: @another_use
// CHECK-NOT:     ignis.grouped_matmul
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="a projection has another use"
func.func @another_use(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<1, 1, 64, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %q = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %k = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %y = ignis.attention %q, %k, %k, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>, !ignis.kv_cache<1, 1, 64, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// CHECK-LABEL: @other_input
// CHECK-NOT:     ignis.grouped_matmul
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="projections have different inputs"
func.func @other_input(%x: tensor<?x64xf32>, %z: tensor<?x64xf32>, %cache: !ignis.kv_cache<1, 1, 64, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %q = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %k = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %v = ignis.matmul %z, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %y = ignis.attention %q, %k, %v, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>, !ignis.kv_cache<1, 1, 64, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// Keys that come from elsewhere are no projection.
// CHECK-LABEL: @no_projection
// CHECK-NOT:     ignis.grouped_matmul
func.func @no_projection(%x: tensor<?x64xf32>, %k: tensor<?x64xf32>, %cache: !ignis.kv_cache<1, 1, 64, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %q = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %v = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %y = ignis.attention %q, %k, %v, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>, !ignis.kv_cache<1, 1, 64, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// Norms and rotations stand between the products and the attention.
// CHECK-LABEL: @norms
// CHECK:         %[[Y:.*]]:3 = ignis.grouped_matmul
// CHECK-NOT:     ignis.matmul
// CHECK:         ignis.rms_norm %[[Y]]#0
// CHECK:         ignis.rms_normalize %[[Y]]#1
// CHECK:         ignis.attention %{{.*}}, %{{.*}}, %[[Y]]#2
func.func @norms(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k" : !ignis.weight<32x64xf32>
  %wv = ignis.weight "v" : !ignis.weight<32x64xf32>
  %n = ignis.weight "norm" : !ignis.weight<32xf32>
  %q = ignis.matmul %x, %wq : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %k = ignis.matmul %x, %wk : (tensor<?x64xf32>, !ignis.weight<32x64xf32>) -> tensor<?x32xf32>
  %v = ignis.matmul %x, %wv : (tensor<?x64xf32>, !ignis.weight<32x64xf32>) -> tensor<?x32xf32>
  %qn = ignis.rms_norm %q, %n {eps = 1.0e-6 : f32, head_dim = 32 : i64} : (tensor<?x64xf32>, !ignis.weight<32xf32>) -> tensor<?x64xf32>
  %kn = ignis.rms_normalize %k {eps = 1.0e-6 : f32, head_dim = 32 : i64} : (tensor<?x32xf32>) -> tensor<?x32xf32>
  %ks = ignis.scale %kn, %n {head_dim = 32 : i64} : (tensor<?x32xf32>, !ignis.weight<32xf32>) -> tensor<?x32xf32>
  %kr = ignis.rope %ks at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %y = ignis.attention %qn, %kr, %v, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// One projection cannot stand for two: q and k are the same value.
// CHECK-LABEL: @one_for_two
// CHECK-NOT:     ignis.grouped_matmul
// CHECK:         ignis.attention
// REMARK: Reason="one projection stands for two of q, k and v"
func.func @one_for_two(%x: tensor<?x64xf32>, %w: !ignis.weight<64x64xf32>, %cache: !ignis.kv_cache<1, 2, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %q = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %r = ignis.rope %q at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %v = ignis.matmul %x, %w : (tensor<?x64xf32>, !ignis.weight<64x64xf32>) -> tensor<?x64xf32>
  %y = ignis.attention %r, %r, %v, %cache at %p {layer = 0 : i64} : (tensor<?x64xf32>, tensor<?x64xf32>, tensor<?x64xf32>, !ignis.kv_cache<1, 2, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}
