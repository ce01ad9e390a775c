// RUN: ignis-opt %s --ignis-verify-schedule --split-input-file --verify-diagnostics
//
// Schedules made by hand, most of them wrong.

func.func @right(%x: memref<4x64xf32>, %y: memref<4x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %a = memref.alloc() : memref<4x64xf32>
  ignis.silu %x outs(%a) {share = #ignis.share<columns, 4>} : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  ignis.add %a, %x outs(%a) {share = #ignis.share<columns, 4>} : (memref<4x64xf32>, memref<4x64xf32>, memref<4x64xf32>) -> ()
  ignis.barrier
  ignis.matmul %a, %w outs(%y) : (memref<4x64xf32>, !ignis.weight<64x64xq8_0>, memref<4x64xf32>) -> ()
  return
}

// -----

func.func @barrier_missing(%x: memref<4x64xf32>, %y: memref<4x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %a = memref.alloc() : memref<4x64xf32>
  // expected-note @below {{the other operation}}
  ignis.silu %x outs(%a) : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  // expected-error @below {{reads what another thread writes with no barrier between them}}
  ignis.matmul %a, %w outs(%y) : (memref<4x64xf32>, !ignis.weight<64x64xq8_0>, memref<4x64xf32>) -> ()
  return
}

// -----

// A barrier too late is none.
func.func @barrier_too_late(%x: memref<4x64xf32>, %y: memref<4x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %a = memref.alloc() : memref<4x64xf32>
  // expected-note @below {{the other operation}}
  ignis.silu %x outs(%a) : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  // expected-error @below {{reads what another thread writes with no barrier between them}}
  ignis.matmul %a, %w outs(%y) : (memref<4x64xf32>, !ignis.weight<64x64xq8_0>, memref<4x64xf32>) -> ()
  ignis.barrier
  ignis.silu %y outs(%y) : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  return
}

// -----

// Rows go with rows, columns with columns divided alike, and not otherwise.
func.func @divided_alike(%x: memref<4x64xf32>, %y: memref<4x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64xf32>
  %a = memref.alloc() : memref<4x64xf32>
  ignis.rms_norm %x, %w outs(%a) {eps = 1.0e-6 : f32, share = #ignis.share<tokens>} : (memref<4x64xf32>, !ignis.weight<64xf32>, memref<4x64xf32>) -> ()
  ignis.silu %a outs(%y) {share = #ignis.share<tokens>} : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  return
}
func.func @divided_otherwise(%x: memref<4x64xf32>, %y: memref<4x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64xf32>
  %a = memref.alloc() : memref<4x64xf32>
  // expected-note @below {{the other operation}}
  ignis.rms_norm %x, %w outs(%a) {eps = 1.0e-6 : f32, share = #ignis.share<tokens>} : (memref<4x64xf32>, !ignis.weight<64xf32>, memref<4x64xf32>) -> ()
  // expected-error @below {{reads what another thread writes}}
  ignis.silu %a outs(%y) {share = #ignis.share<columns, 4>} : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  return
}
func.func @other_parts(%x: memref<4x64xf32>, %y: memref<4x64xf32>) {
  %a = memref.alloc() : memref<4x64xf32>
  // expected-note @below {{the other operation}}
  ignis.silu %x outs(%a) {share = #ignis.share<columns, 2>} : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  // expected-error @below {{reads what another thread writes}}
  ignis.silu %a outs(%y) {share = #ignis.share<columns, 4>} : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  return
}

// -----

// What is read may not be overwritten either.
func.func @write_after_read(%x: memref<4x64xf32>, %y: memref<4x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  // expected-note @below {{the other operation}}
  ignis.matmul %x, %w outs(%y) : (memref<4x64xf32>, !ignis.weight<64x64xq8_0>, memref<4x64xf32>) -> ()
  // expected-error @below {{writes what another thread reads with no barrier between them}}
  ignis.silu %y outs(%x) : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  return
}

// -----

// The columns of several matrices side by side are nobody else's columns.
func.func @grouped(%x: memref<4x64xf32>, %y: memref<4x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %a = memref.alloc() : memref<4x64xf32>
  %b = memref.alloc() : memref<4x64xf32>
  // expected-note @below {{the other operation}}
  ignis.grouped_matmul %x, (%w, %w) outs(%a, %b) {share = #ignis.share<columns, 4>} : (memref<4x64xf32>, !ignis.weight<64x64xq8_0>, !ignis.weight<64x64xq8_0>, memref<4x64xf32>, memref<4x64xf32>) -> ()
  // expected-error @below {{reads what another thread writes}}
  ignis.silu %a outs(%y) {share = #ignis.share<columns, 4>} : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  return
}

// -----

// The cache: layers are independent of each other.
func.func @cache(%k: memref<4x64xf32>, %q: memref<4x64xf32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<2, 1, 64, f16>) {
  ignis.kv_append %k, %k, %cache at %rows {layer = 1 : i64} : (memref<4x64xf32>, memref<4x64xf32>, !ignis.kv_cache<2, 1, 64, f16>, !ignis.rows) -> ()
  // expected-note @below {{the other operation}}
  ignis.kv_append %k, %k, %cache at %rows {layer = 0 : i64} : (memref<4x64xf32>, memref<4x64xf32>, !ignis.kv_cache<2, 1, 64, f16>, !ignis.rows) -> ()
  // expected-error @below {{reads what another thread writes}}
  ignis.attend %q, %cache at %rows outs(%q) {layer = 0 : i64} : (memref<4x64xf32>, !ignis.kv_cache<2, 1, 64, f16>, !ignis.rows, memref<4x64xf32>) -> ()
  return
}

// -----

// Through the arena: two views with bytes in common.
func.func @views(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %y: memref<1x64xf32>, %arena: memref<?xi8>) {
  %zero = arith.constant 0 : index
  %half = arith.constant 128 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%half][] : memref<?xi8> to memref<1x64xf32>
  // expected-note @below {{the other operation}}
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  // expected-error @below {{writes what another thread writes with no barrier between them}}
  ignis.silu %y outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// Alone, an operation can race with itself.
func.func @in_place(%x: memref<4x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  // expected-error @below {{overwrites what another thread reads of its operand}}
  ignis.matmul %x, %w outs(%x) : (memref<4x64xf32>, !ignis.weight<64x64xq8_0>, memref<4x64xf32>) -> ()
  return
}

// -----

// Memory that each thread has for itself goes with work that each does.
func.func @private(%x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %a = memref.alloca() : memref<1x64xf32>
  ignis.silu %x outs(%a) {share = #ignis.share<replicated>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.matmul %a, %w outs(%y) : (memref<1x64xf32>, !ignis.weight<64x64xq8_0>, memref<1x64xf32>) -> ()
  return
}
func.func @replicated_into_shared(%x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  // expected-error @below {{is computed by every thread, into memory that they share}}
  ignis.silu %x outs(%y) {share = #ignis.share<replicated>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}
func.func @divided_into_private(%x: memref<1x64xf32>) {
  %a = memref.alloca() : memref<1x64xf32>
  // expected-error @below {{is divided among threads, but into memory that each has for itself}}
  ignis.silu %x outs(%a) {share = #ignis.share<columns, 4>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{expects barriers instead of phases}}
func.func @phases(%x: memref<4x64xf32>) {
  ignis.phase {
    ignis.silu %x outs(%x) : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  }
  return
}

// -----

// Memory of a thread's own, used twice: the order within a thread is enough.
func.func @own_memory_again(%x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %own = memref.alloca() : memref<1x64xf32>
  %a = memref.alloc() : memref<1x64xf32>
  ignis.silu %x outs(%own) {share = #ignis.share<replicated>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.matmul %own, %w outs(%a) : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
  ignis.barrier
  ignis.silu %a outs(%own) {share = #ignis.share<replicated>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.matmul %own, %w outs(%y) : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

func.func @own_memory_empty(%y: memref<1x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %own = memref.alloca() : memref<1x64xf32>
  // expected-error @below {{reads memory of the thread's own that it has not written}}
  ignis.matmul %own, %w outs(%y) : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
  return
}
