// RUN: ignis-opt %s --ignis-fuse-rope-append --split-input-file | FileCheck %s
// RUN: ignis-opt %s --ignis-fuse-rope-append --split-input-file \
// RUN:   --remarks-filter=ignis-.* --remark-format=emitRemark 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: @fuses
// CHECK-SAME:    %[[X:[^:]*]]: tensor<?x64xf32>, %[[C:[^:]*]]: !ignis.kv_cache<3, 1, 32, f16>, %[[P:[^:]*]]: !ignis.rows
// CHECK-NOT:     ignis.rope
// CHECK-NOT:     ignis.attention
// CHECK-NOT:     ignis.grouped_matmul
// CHECK:         %[[Q:.*]] = ignis.qkv %[[X]], (%{{.*}}, %{{.*}}, %{{.*}}) bias(%{{.*}}, %{{.*}}, %{{.*}}), %[[C]] at %[[P]] {layer = 2 : i64, rope = #ignis.rope<base = 1.000000e+06>}
// CHECK:         ignis.attend %[[Q]], %[[C]] at %[[P]] {layer = 2 : i64} {{.*}} -> !ignis.q8<?x64>
// REMARK: remark: [Passed] fused | Category:ignis-fuse-rope-append
func.func @fuses(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<3, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q.weight" : !ignis.weight<64x64xq8_0>
  %bq = ignis.weight "q.bias" : !ignis.weight<64xf32>
  %wk = ignis.weight "k.weight" : !ignis.weight<32x64xq8_0>
  %bk = ignis.weight "k.bias" : !ignis.weight<32xf32>
  %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wk) bias(%bq, %bk, %bk)
    : (tensor<?x64xf32>, !ignis.weight<64x64xq8_0>, !ignis.weight<32x64xq8_0>, !ignis.weight<32x64xq8_0>, !ignis.weight<64xf32>, !ignis.weight<32xf32>, !ignis.weight<32xf32>)
    -> (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>)
  %qr = ignis.rope %q at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %kr = ignis.rope %k at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %a = ignis.attention %qr, %kr, %v, %cache at %p {layer = 2 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<3, 1, 32, f16>, !ignis.rows) -> !ignis.q8<?x64>
  %y = ignis.matmul %a, %wq : (!ignis.q8<?x64>, !ignis.weight<64x64xq8_0>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// Keys and values are exchanged.
// CHECK-LABEL: @exchanged
// CHECK-NOT:     ignis.qkv
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="q, k and v are not the results of one product"
func.func @exchanged(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<3, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q.weight" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k.weight" : !ignis.weight<32x64xf32>
  %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wk)
    : (tensor<?x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32x64xf32>)
    -> (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>)
  %qr = ignis.rope %q at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %vr = ignis.rope %v at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %a = ignis.attention %qr, %vr, %k, %cache at %p {layer = 2 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<3, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %a : tensor<?x64xf32>
}

// -----

// Rotated for another position than the cache's.
// CHECK-LABEL: @other_position
// CHECK-NOT:     ignis.qkv
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="rotations differ from the attention's positions"
func.func @other_position(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<3, 1, 32, f16>, %p: !ignis.rows, %r: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q.weight" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k.weight" : !ignis.weight<32x64xf32>
  %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wk)
    : (tensor<?x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32x64xf32>)
    -> (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>)
  %qr = ignis.rope %q at %r {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %kr = ignis.rope %k at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %a = ignis.attention %qr, %kr, %v, %cache at %p {layer = 2 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<3, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %a : tensor<?x64xf32>
}

// -----

// Queries rotate as pairs of 64, the cache has heads of 32.
// CHECK-LABEL: @other_head_dim
// CHECK-NOT:     ignis.qkv
func.func @other_head_dim(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<3, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q.weight" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k.weight" : !ignis.weight<32x64xf32>
  %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wk)
    : (tensor<?x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32x64xf32>)
    -> (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>)
  %qr = ignis.rope %q at %p {head_dim = 64 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %kr = ignis.rope %k at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %a = ignis.attention %qr, %kr, %v, %cache at %p {layer = 2 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<3, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %a : tensor<?x64xf32>
}

// -----

// Two bases.
// CHECK-LABEL: @other_base
// CHECK-NOT:     ignis.qkv
func.func @other_base(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<3, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q.weight" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k.weight" : !ignis.weight<32x64xf32>
  %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wk)
    : (tensor<?x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32x64xf32>)
    -> (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>)
  %qr = ignis.rope %q at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e4>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %kr = ignis.rope %k at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %a = ignis.attention %qr, %kr, %v, %cache at %p {layer = 2 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<3, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %a : tensor<?x64xf32>
}

// -----

// The rotated keys are wanted outside as well.
// CHECK-LABEL: @another_use
// CHECK-NOT:     ignis.qkv
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="q, k or v has another use"
func.func @another_use(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<3, 1, 32, f16>, %p: !ignis.rows) -> (tensor<?x64xf32>, tensor<?x32xf32>) {
  %wq = ignis.weight "q.weight" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k.weight" : !ignis.weight<32x64xf32>
  %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wk)
    : (tensor<?x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32x64xf32>)
    -> (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>)
  %qr = ignis.rope %q at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %kr = ignis.rope %k at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %a = ignis.attention %qr, %kr, %v, %cache at %p {layer = 2 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<3, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %a, %kr : tensor<?x64xf32>, tensor<?x32xf32>
}

// -----

// Queries and keys are normalised head by head.
// CHECK-LABEL: @norms
// CHECK-NOT:     ignis.rms_norm
// CHECK-NOT:     ignis.rope %
// CHECK:         %[[NQ:.*]] = ignis.weight "q.norm"
// CHECK:         %[[NK:.*]] = ignis.weight "k.norm"
// CHECK:         ignis.qkv %{{.*}}, (%{{.*}}, %{{.*}}, %{{.*}}) norm(%[[NQ]], %[[NK]]), %{{.*}} at %{{.*}} {eps = 9.99999997E-7 : f32, layer = 2 : i64,
func.func @norms(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<3, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q.weight" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k.weight" : !ignis.weight<32x64xf32>
  %nq = ignis.weight "q.norm" : !ignis.weight<32xf32>
  %nk = ignis.weight "k.norm" : !ignis.weight<32xf32>
  %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wk)
    : (tensor<?x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32x64xf32>)
    -> (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>)
  %qn = ignis.rms_norm %q, %nq {eps = 1.0e-6 : f32, head_dim = 32 : i64} : (tensor<?x64xf32>, !ignis.weight<32xf32>) -> tensor<?x64xf32>
  %kn = ignis.rms_norm %k, %nk {eps = 1.0e-6 : f32, head_dim = 32 : i64} : (tensor<?x32xf32>, !ignis.weight<32xf32>) -> tensor<?x32xf32>
  %qr = ignis.rope %qn at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %kr = ignis.rope %kn at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %a = ignis.attention %qr, %kr, %v, %cache at %p {layer = 2 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<3, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %a : tensor<?x64xf32>
}

// -----

// By two eps.
// CHECK-LABEL: @other_eps
// CHECK-NOT:     ignis.qkv
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="norms differ, or are not of the heads"
func.func @other_eps(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<3, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q.weight" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k.weight" : !ignis.weight<32x64xf32>
  %nq = ignis.weight "q.norm" : !ignis.weight<32xf32>
  %nk = ignis.weight "k.norm" : !ignis.weight<32xf32>
  %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wk)
    : (tensor<?x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32x64xf32>)
    -> (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>)
  %qn = ignis.rms_norm %q, %nq {eps = 1.0e-6 : f32, head_dim = 32 : i64} : (tensor<?x64xf32>, !ignis.weight<32xf32>) -> tensor<?x64xf32>
  %kn = ignis.rms_norm %k, %nk {eps = 1.0e-5 : f32, head_dim = 32 : i64} : (tensor<?x32xf32>, !ignis.weight<32xf32>) -> tensor<?x32xf32>
  %qr = ignis.rope %qn at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %kr = ignis.rope %kn at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %a = ignis.attention %qr, %kr, %v, %cache at %p {layer = 2 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<3, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %a : tensor<?x64xf32>
}

// -----

// Keys are normalised as rows: with one head the same, but not by its text.
// CHECK-LABEL: @row_norm
// CHECK-NOT:     ignis.qkv
func.func @row_norm(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<3, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q.weight" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k.weight" : !ignis.weight<32x64xf32>
  %nq = ignis.weight "q.norm" : !ignis.weight<32xf32>
  %nk = ignis.weight "k.norm" : !ignis.weight<32xf32>
  %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wk)
    : (tensor<?x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32x64xf32>)
    -> (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>)
  %qn = ignis.rms_norm %q, %nq {eps = 1.0e-6 : f32, head_dim = 32 : i64} : (tensor<?x64xf32>, !ignis.weight<32xf32>) -> tensor<?x64xf32>
  %kn = ignis.rms_norm %k, %nk {eps = 1.0e-6 : f32} : (tensor<?x32xf32>, !ignis.weight<32xf32>) -> tensor<?x32xf32>
  %qr = ignis.rope %qn at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %kr = ignis.rope %kn at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %a = ignis.attention %qr, %kr, %v, %cache at %p {layer = 2 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<3, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %a : tensor<?x64xf32>
}

// -----

// Queries are normalised, keys are not.
// CHECK-LABEL: @one_norm
// CHECK-NOT:     ignis.qkv
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="only one of q and k is normalised"
func.func @one_norm(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<3, 1, 32, f16>, %p: !ignis.rows) -> tensor<?x64xf32> {
  %wq = ignis.weight "q.weight" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k.weight" : !ignis.weight<32x64xf32>
  %nq = ignis.weight "q.norm" : !ignis.weight<32xf32>
  %nk = ignis.weight "k.norm" : !ignis.weight<32xf32>
  %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wk)
    : (tensor<?x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32x64xf32>)
    -> (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>)
  %qn = ignis.rms_norm %q, %nq {eps = 1.0e-6 : f32, head_dim = 32 : i64} : (tensor<?x64xf32>, !ignis.weight<32xf32>) -> tensor<?x64xf32>
  %qr = ignis.rope %qn at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %kr = ignis.rope %k at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %a = ignis.attention %qr, %kr, %v, %cache at %p {layer = 2 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<3, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %a : tensor<?x64xf32>
}

// -----

// The normalised queries are wanted outside as well.
// CHECK-LABEL: @norm_used
// CHECK-NOT:     ignis.qkv
func.func @norm_used(%x: tensor<?x64xf32>, %cache: !ignis.kv_cache<3, 1, 32, f16>, %p: !ignis.rows) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %wq = ignis.weight "q.weight" : !ignis.weight<64x64xf32>
  %wk = ignis.weight "k.weight" : !ignis.weight<32x64xf32>
  %nq = ignis.weight "q.norm" : !ignis.weight<32xf32>
  %nk = ignis.weight "k.norm" : !ignis.weight<32xf32>
  %q, %k, %v = ignis.grouped_matmul %x, (%wq, %wk, %wk)
    : (tensor<?x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<32x64xf32>, !ignis.weight<32x64xf32>)
    -> (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>)
  %qn = ignis.rms_norm %q, %nq {eps = 1.0e-6 : f32, head_dim = 32 : i64} : (tensor<?x64xf32>, !ignis.weight<32xf32>) -> tensor<?x64xf32>
  %kn = ignis.rms_norm %k, %nk {eps = 1.0e-6 : f32, head_dim = 32 : i64} : (tensor<?x32xf32>, !ignis.weight<32xf32>) -> tensor<?x32xf32>
  %qr = ignis.rope %qn at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x64xf32>, !ignis.rows) -> tensor<?x64xf32>
  %kr = ignis.rope %kn at %p {head_dim = 32 : i64, rope = #ignis.rope<base = 1.0e6>} : (tensor<?x32xf32>, !ignis.rows) -> tensor<?x32xf32>
  %a = ignis.attention %qr, %kr, %v, %cache at %p {layer = 2 : i64} : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<3, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %a, %qn : tensor<?x64xf32>, tensor<?x64xf32>
}
