// RUN: ignis-opt %s --ignis-form-phases --split-input-file --verify-diagnostics | FileCheck %s
// RUN: ignis-opt %s --ignis-form-phases --ignis-schedule --ignis-verify-schedule --split-input-file --verify-diagnostics -o /dev/null

// Attention is split. A head's product, rotation and append stay with one
// thread, so that all of them need no barrier; attending reads what other
// threads appended.
// CHECK-LABEL: func.func @attention(
// CHECK:         ignis.phase {
// CHECK-NEXT:      ignis.matmul {{.*}} {share = #ignis.share<columns, 4>}
// CHECK-NEXT:      ignis.matmul {{.*}} {share = #ignis.share<columns, 2>}
// CHECK-NEXT:      ignis.matmul {{.*}} {share = #ignis.share<columns, 2>}
// CHECK-NEXT:      ignis.rope {{.*}} share = #ignis.share<columns, 4>}
// CHECK-NEXT:      ignis.rope {{.*}} share = #ignis.share<columns, 2>}
// CHECK-NEXT:      ignis.kv_append {{.*}} share = #ignis.share<columns, 2>}
// CHECK-NEXT:    {{^ +\}$}}
// CHECK-NEXT:    ignis.phase {
// CHECK-NEXT:      ignis.attend {{.*}} share = #ignis.share<columns, 4>}
// CHECK-NEXT:    {{^ +\}$}}
// CHECK-NEXT:    return
func.func @attention(%tokens: memref<?xi32>, %rows: !ignis.rows, %x: memref<?x10240xi8>, %y: memref<?x256xf32>, %cache: !ignis.kv_cache<1, 2, 64, f16>) {
  %zero = arith.constant 0 : index
  %T = memref.dim %tokens, %zero : memref<?xi32>
  %wq = ignis.weight "q" : !ignis.weight<256x8192xq8_0>
  %wk = ignis.weight "k" : !ignis.weight<128x8192xq8_0>
  %q = memref.alloc(%T) : memref<?x256xf32>
  %k = memref.alloc(%T) : memref<?x128xf32>
  %v = memref.alloc(%T) : memref<?x128xf32>
  %q2 = memref.alloc(%T) : memref<?x256xf32>
  %k2 = memref.alloc(%T) : memref<?x128xf32>
  ignis.matmul %x, %wq outs(%q) : (memref<?x10240xi8>, !ignis.weight<256x8192xq8_0>, memref<?x256xf32>) -> ()
  ignis.matmul %x, %wk outs(%k) : (memref<?x10240xi8>, !ignis.weight<128x8192xq8_0>, memref<?x128xf32>) -> ()
  ignis.matmul %x, %wk outs(%v) : (memref<?x10240xi8>, !ignis.weight<128x8192xq8_0>, memref<?x128xf32>) -> ()
  ignis.rope %q at %rows outs(%q2) {head_dim = 64 : i64, rope = #ignis.rope<base = 1.0e6>} : (memref<?x256xf32>, !ignis.rows, memref<?x256xf32>) -> ()
  ignis.rope %k at %rows outs(%k2) {head_dim = 64 : i64, rope = #ignis.rope<base = 1.0e6>} : (memref<?x128xf32>, !ignis.rows, memref<?x128xf32>) -> ()
  ignis.attention %q2, %k2, %v, %cache at %rows outs(%y) {layer = 0 : i64} : (memref<?x256xf32>, memref<?x128xf32>, memref<?x128xf32>, !ignis.kv_cache<1, 2, 64, f16>, !ignis.rows, memref<?x256xf32>) -> ()
  return
}

// -----

// For one token every thread normalises and quantises for itself, twice in the
// same memory; for more, rows are divided and two barriers are needed.
// CHECK-LABEL: func.func @one_token(
// CHECK:         %[[NORMED:.*]] = memref.alloca() {alignment = 64 : i64} : memref<1x64xf32>
// CHECK-NEXT:    %[[BYTES:.*]] = memref.alloca() {alignment = 64 : i64} : memref<1x128xi8>
// CHECK-NOT:     memref.alloca
// CHECK:         ignis.phase {
// CHECK-NEXT:      ignis.rms_norm {{.*}} outs(%[[NORMED]]) {{.*}}replicated
// CHECK-NEXT:      ignis.quantize %[[NORMED]] outs(%[[BYTES]]) {{.*}}replicated
// CHECK-NEXT:      ignis.matmul %[[BYTES]], {{.*}} outs(%[[A:[^)]*]]) {share = #ignis.share<columns, 4>}
// CHECK-NEXT:    {{^ +\}$}}
// CHECK-NEXT:    ignis.phase {
// CHECK-NEXT:      ignis.rms_norm %[[A]], {{.*}} outs(%[[NORMED]])
// CHECK-NEXT:      ignis.quantize %[[NORMED]] outs(%[[BYTES]])
// CHECK-NEXT:      ignis.matmul %[[BYTES]]
// CHECK-NEXT:    {{^ +\}$}}
// CHECK-LABEL: func.func @many_tokens(
// CHECK-NOT:     memref.alloca
// CHECK:         ignis.phase {
// CHECK-NEXT:      ignis.rms_norm {{.*}} share = #ignis.share<tokens>}
// CHECK-NEXT:      ignis.quantize {{.*}} {share = #ignis.share<tokens>}
// CHECK-NEXT:    {{^ +\}$}}
// CHECK-NEXT:    ignis.phase {
// CHECK-NEXT:      ignis.matmul
// CHECK-NEXT:    {{^ +\}$}}
func.func @one_token(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %n = ignis.weight "n" : !ignis.weight<64xf32>
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %a = memref.alloc() : memref<1x64xf32>
  %b = memref.alloc() : memref<1x128xi8>
  %c = memref.alloc() : memref<1x64xf32>
  %d = memref.alloc() : memref<1x64xf32>
  %e = memref.alloc() : memref<1x128xi8>
  ignis.rms_norm %x, %n outs(%a) {eps = 1.0e-6 : f32} : (memref<1x64xf32>, !ignis.weight<64xf32>, memref<1x64xf32>) -> ()
  ignis.quantize %a outs(%b) : (memref<1x64xf32>, memref<1x128xi8>) -> ()
  ignis.matmul %b, %w outs(%c) : (memref<1x128xi8>, !ignis.weight<64x64xq8_0>, memref<1x64xf32>) -> ()
  ignis.rms_norm %c, %n outs(%d) {eps = 1.0e-6 : f32} : (memref<1x64xf32>, !ignis.weight<64xf32>, memref<1x64xf32>) -> ()
  ignis.quantize %d outs(%e) : (memref<1x64xf32>, memref<1x128xi8>) -> ()
  ignis.matmul %e, %w outs(%y) : (memref<1x128xi8>, !ignis.weight<64x64xq8_0>, memref<1x64xf32>) -> ()
  return
}
func.func @many_tokens(%tokens: memref<?xi32>, %x: memref<?x64xf32>, %y: memref<?x64xf32>) {
  %zero = arith.constant 0 : index
  %T = memref.dim %tokens, %zero : memref<?xi32>
  %n = ignis.weight "n" : !ignis.weight<64xf32>
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %a = memref.alloc(%T) : memref<?x64xf32>
  %b = memref.alloc(%T) : memref<?x128xi8>
  ignis.rms_norm %x, %n outs(%a) {eps = 1.0e-6 : f32} : (memref<?x64xf32>, !ignis.weight<64xf32>, memref<?x64xf32>) -> ()
  ignis.quantize %a outs(%b) : (memref<?x64xf32>, memref<?x128xi8>) -> ()
  ignis.matmul %b, %w outs(%y) : (memref<?x128xi8>, !ignis.weight<64x64xq8_0>, memref<?x64xf32>) -> ()
  return
}

// -----

// An embedding that a residual reads as well is every thread's own, too. What is
// returned, or read only by the thread that wrote it, is not repeated.
// CHECK-LABEL: func.func @embedding(
// CHECK:         %[[X:.*]] = memref.alloca() {{.*}} : memref<1x64xf32>
// CHECK:         ignis.phase {
// CHECK-NEXT:      ignis.embedding {{.*}} outs(%[[X]]) {share = #ignis.share<replicated>}
// CHECK-NEXT:      ignis.matmul %[[X]], {{.*}} {share = #ignis.share<columns, 4>}
// CHECK-NEXT:      ignis.add %[[X]], {{.*}} {share = #ignis.share<columns, 4>}
// CHECK-NEXT:      ignis.silu {{.*}} {share = #ignis.share<columns, 4>}
// CHECK-NEXT:    {{^ +\}$}}
// CHECK-NEXT:    return
func.func @embedding(%tokens: memref<1xi32>) -> memref<1x64xf32> {
  %table = ignis.weight "table" : !ignis.weight<1000x64xf32>
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %x = memref.alloc() : memref<1x64xf32>
  %a = memref.alloc() : memref<1x64xf32>
  %b = memref.alloc() : memref<1x64xf32>
  %c = memref.alloc() : memref<1x64xf32>
  ignis.embedding %tokens, %table outs(%x) : (memref<1xi32>, !ignis.weight<1000x64xf32>, memref<1x64xf32>) -> ()
  ignis.matmul %x, %w outs(%a) : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %x, %a outs(%b) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return %c : memref<1x64xf32>
}

// -----

// A row that no cache would hold beside the weights is computed once.
// CHECK-LABEL: func.func @wide_embedding(
// CHECK-NOT:     memref.alloca
// CHECK:         ignis.embedding
// CHECK-NOT:     replicated
// CHECK:         return
func.func @wide_embedding(%tokens: memref<1xi32>) -> memref<1x64xf32> {
  %table = ignis.weight "table" : !ignis.weight<10x65568xf32>
  %w = ignis.weight "w" : !ignis.weight<64x65568xf32>
  %x = memref.alloc() : memref<1x65568xf32>
  %a = memref.alloc() : memref<1x64xf32>
  ignis.embedding %tokens, %table outs(%x) : (memref<1xi32>, !ignis.weight<10x65568xf32>, memref<1x65568xf32>) -> ()
  ignis.matmul %x, %w outs(%a) : (memref<1x65568xf32>, !ignis.weight<64x65568xf32>, memref<1x64xf32>) -> ()
  return %a : memref<1x64xf32>
}

// -----

// Operations that depend on nothing move to an earlier phase.
// CHECK-LABEL: func.func @independent(
// CHECK:         ignis.phase {
// CHECK-NEXT:      ignis.silu
// CHECK-NEXT:      ignis.mul
// CHECK-NEXT:    {{^ +\}$}}
// CHECK-NEXT:    ignis.phase {
// CHECK-NEXT:      ignis.matmul
// CHECK-NEXT:    {{^ +\}$}}
// CHECK-NOT:     ignis.phase
func.func @independent(%x: memref<4x64xf32>, %y: memref<4x64xf32>, %z: memref<4x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %a = memref.alloc() : memref<4x64xf32>
  ignis.silu %x outs(%a) : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  ignis.matmul %a, %w outs(%y) : (memref<4x64xf32>, !ignis.weight<64x64xf32>, memref<4x64xf32>) -> ()
  ignis.mul %x, %x outs(%z) : (memref<4x64xf32>, memref<4x64xf32>, memref<4x64xf32>) -> ()
  return
}

// -----

// The gate's columns come in blocks of 32 once they are quantised in the same
// phase; a width that blocks of 32 do not divide evenly keeps whole blocks.
// CHECK-LABEL: func.func @coarser(
// CHECK:         ignis.phase {
// CHECK-NEXT:      ignis.matmul {{.*}} {share = #ignis.share<columns, 3>}
// CHECK-NEXT:      ignis.silu {{.*}} {share = #ignis.share<columns, 3>}
// CHECK-NEXT:      ignis.quantize {{.*}} {share = #ignis.share<columns, 3>}
// CHECK-NEXT:    {{^ +\}$}}
func.func @coarser(%x: memref<4x64xf32>, %y: memref<4x128xi8>) {
  %w = ignis.weight "w" : !ignis.weight<96x64xf32>
  %a = memref.alloc() : memref<4x96xf32>
  %b = memref.alloc() : memref<4x96xf32>
  ignis.matmul %x, %w outs(%a) : (memref<4x64xf32>, !ignis.weight<96x64xf32>, memref<4x96xf32>) -> ()
  ignis.silu %a outs(%b) : (memref<4x96xf32>, memref<4x96xf32>) -> ()
  ignis.quantize %b outs(%y) : (memref<4x96xf32>, memref<4x128xi8>) -> ()
  return
}

// -----

// CHECK-LABEL: func.func @nothing()
// CHECK-NEXT:    return
func.func @nothing() {
  return
}

// -----

// expected-error @below {{has phases or barriers already}}
func.func @formed(%x: memref<4x64xf32>) {
  ignis.phase {
    ignis.silu %x outs(%x) : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  }
  return
}

// -----

func.func @stranger(%x: memref<4x64xf32>, %y: memref<4x64xf32>) {
  ignis.silu %x outs(%y) : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  // expected-error @below {{may not stand among operations in buffer form}}
  memref.copy %y, %x : memref<4x64xf32> to memref<4x64xf32>
  return
}
