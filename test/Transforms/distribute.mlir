// RUN: ignis-opt %s --ignis-distribute --split-input-file --verify-diagnostics | FileCheck %s

// A product's rows are divided, and what adds to its columns with it; the norm
// reads whole rows, so that its ranks get the others' first.
// CHECK-LABEL: func.func @product(
// CHECK:         ignis.phase {
// CHECK-NEXT:      ignis.matmul {{.*}} {share = #ignis.share<columns, 4, units = 4>}
// CHECK-NEXT:      ignis.add {{.*}} {share = #ignis.share<columns, 4, units = 4>}
// CHECK-NEXT:    }
// CHECK-NEXT:    ignis.all_gather %[[Y:.*]] {columns = 64 : i64, width = 16 : i64} : memref<1x64xf32>
// CHECK-NEXT:    ignis.phase {
// CHECK-NEXT:      ignis.rms_norm %[[Y]], {{.*}} {eps = {{.*}}, share = #ignis.share<tokens>}
// CHECK-NEXT:    }
// CHECK-NOT:     all_gather
func.func @product(%x: memref<1x64xf32>, %z: memref<1x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %n = ignis.weight "n" : !ignis.weight<64xf32>
  %a = memref.alloc() : memref<1x64xf32>
  %y = memref.alloc() : memref<1x64xf32>
  ignis.phase {
    ignis.matmul %x, %w outs(%a) {share = #ignis.share<columns, 4>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
    ignis.add %x, %a outs(%y) {share = #ignis.share<columns, 4>} : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  ignis.phase {
    ignis.rms_norm %y, %n outs(%z) {eps = 1.0e-6 : f32, share = #ignis.share<tokens>} : (memref<1x64xf32>, !ignis.weight<64xf32>, memref<1x64xf32>) -> ()
  }
  return
}

// -----

// What passes columns on, in a later phase too, stays with the rank; an output
// is rank 0's. A quantised row's scales and sums go with its columns.
// CHECK-LABEL: func.func @passed_on(
// CHECK:         ignis.matmul {{.*}} units = 2>}
// CHECK-NOT:     all_gather
// CHECK:         ignis.silu {{.*}} units = 2>}
// CHECK-NOT:     all_gather
// CHECK:         ignis.quantize {{.*}} units = 2>}
// CHECK:         ignis.all_gather %{{.*}} {columns = 64 : i64, first_only, width = 32 : i64} : memref<1x128xi8>
// CHECK-NEXT:    return
func.func @passed_on(%x: memref<1x64xf32>, %q: memref<1x128xi8>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %a = memref.alloc() : memref<1x64xf32>
  %b = memref.alloc() : memref<1x64xf32>
  ignis.phase {
    ignis.matmul %x, %w outs(%a) {share = #ignis.share<columns, 2>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
  }
  ignis.phase {
    ignis.silu %a outs(%b) {share = #ignis.share<columns, 2>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.quantize %b outs(%q) {share = #ignis.share<columns, 2>} : (memref<1x64xf32>, memref<1x128xi8>) -> ()
  }
  return
}

// -----

// What divides columns otherwise gets all of them, and is computed by every rank.
// CHECK-LABEL: func.func @otherwise(
// CHECK:         ignis.all_gather
// CHECK:         ignis.silu {{.*}} {share = #ignis.share<columns, 2>}
// CHECK-NOT:     all_gather
func.func @otherwise(%x: memref<1x64xf32>, %b: memref<1x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  %a = memref.alloc() : memref<1x64xf32>
  ignis.phase {
    ignis.matmul %x, %w outs(%a) {share = #ignis.share<columns, 4>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
  }
  ignis.phase {
    ignis.silu %a outs(%b) {share = #ignis.share<columns, 2>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  return
}

// -----

// Six query heads and two of keys and values: units are query heads, also of the
// products whose columns are the two. Nothing is gathered before attention.
// CHECK-LABEL: func.func @heads(
// CHECK:         ignis.matmul {{.*}} {share = #ignis.share<columns, 2, units = 6>}
// CHECK-NEXT:    ignis.matmul {{.*}} {share = #ignis.share<columns, 2, units = 6>}
// CHECK-NEXT:    ignis.kv_append {{.*}}share = #ignis.share<columns, 2, units = 6>
// CHECK-NEXT:    ignis.matmul {{.*}} {share = #ignis.share<columns, 6, units = 6>}
// CHECK-NOT:     all_gather
// CHECK:         ignis.attend {{.*}}share = #ignis.share<columns, 6, units = 6>
// CHECK:         ignis.all_gather %{{.*}} {columns = 192 : i64, width = 32 : i64} : memref<1x192xf32>
// CHECK:         ignis.matmul {{.*}} {share = #ignis.share<columns, 12, units = 12>}
func.func @heads(%x: memref<1x192xf32>, %p: !ignis.rows, %cache: !ignis.kv_cache<1, 2, 32, f16>) {
  %wq = ignis.weight "q" : !ignis.weight<192x192xf32>
  %wk = ignis.weight "k" : !ignis.weight<64x192xf32>
  %wv = ignis.weight "v" : !ignis.weight<64x192xf32>
  %k = memref.alloc() : memref<1x64xf32>
  %v = memref.alloc() : memref<1x64xf32>
  %q = memref.alloc() : memref<1x192xf32>
  %a = memref.alloc() : memref<1x192xf32>
  %y = memref.alloc() : memref<1x192xf32>
  ignis.phase {
    ignis.matmul %x, %wk outs(%k) {share = #ignis.share<columns, 2>} : (memref<1x192xf32>, !ignis.weight<64x192xf32>, memref<1x64xf32>) -> ()
    ignis.matmul %x, %wv outs(%v) {share = #ignis.share<columns, 2>} : (memref<1x192xf32>, !ignis.weight<64x192xf32>, memref<1x64xf32>) -> ()
    ignis.kv_append %k, %v, %cache at %p {layer = 0 : i64, share = #ignis.share<columns, 2>} : (memref<1x64xf32>, memref<1x64xf32>, !ignis.kv_cache<1, 2, 32, f16>, !ignis.rows) -> ()
    ignis.matmul %x, %wq outs(%q) {share = #ignis.share<columns, 6>} : (memref<1x192xf32>, !ignis.weight<192x192xf32>, memref<1x192xf32>) -> ()
  }
  ignis.phase {
    ignis.attend %q, %cache at %p outs(%a) {layer = 0 : i64, share = #ignis.share<columns, 6>} : (memref<1x192xf32>, !ignis.kv_cache<1, 2, 32, f16>, !ignis.rows, memref<1x192xf32>) -> ()
  }
  ignis.phase {
    ignis.matmul %a, %wq outs(%y) {share = #ignis.share<columns, 12>} : (memref<1x192xf32>, !ignis.weight<192x192xf32>, memref<1x192xf32>) -> ()
  }
  return
}

// -----

// Where attention does not go by heads, every rank has the whole cache.
// CHECK-LABEL: func.func @whole_cache(
// CHECK:         ignis.attend {{.*}}share = #ignis.share<columns, 3>
// CHECK-NOT:     all_gather
func.func @whole_cache(%q: memref<1x192xf32>, %p: !ignis.rows, %cache: !ignis.kv_cache<1, 2, 32, f16>) {
  ignis.phase {
    ignis.attend %q, %cache at %p outs(%q) {layer = 0 : i64, share = #ignis.share<columns, 3>} : (memref<1x192xf32>, !ignis.kv_cache<1, 2, 32, f16>, !ignis.rows, memref<1x192xf32>) -> ()
  }
  return
}

// -----

// The candidates of the likeliest token: a rank's are columns of the result.
// CHECK-LABEL: func.func @candidates(
// CHECK:         ignis.matmul_argmax {{.*}} {share = #ignis.share<columns, 3, units = 3>}
// CHECK:         ignis.all_gather %{{.*}} select(%{{.*}}) {columns = 3 : i64, first_only, width = 1 : i64} : memref<?x3xi64>
func.func @candidates(%x: memref<?x64xf32>, %rows: !ignis.rows, %c: memref<?x3xi64>) {
  %w = ignis.weight "w" : !ignis.weight<96x64xf32>
  ignis.phase {
    ignis.matmul_argmax %x, %w select(%rows) outs(%c) {share = #ignis.share<columns, 3>} : (memref<?x64xf32>, !ignis.weight<96x64xf32>, !ignis.rows, memref<?x3xi64>) -> ()
  }
  return
}

// -----

// Several results side by side stay whole; so does what has no matrix.
// CHECK-LABEL: func.func @whole(
// CHECK:         ignis.grouped_matmul {{.*}} {share = #ignis.share<columns, 8>}
// CHECK:         ignis.silu {{.*}} {share = #ignis.share<columns, 4>}
// CHECK-NOT:     all_gather
func.func @whole(%x: memref<1x64xf32>, %a: memref<1x64xf32>, %b: memref<1x64xf32>, %c: memref<1x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  ignis.phase {
    ignis.grouped_matmul %x, (%w, %w) outs(%a, %b) {share = #ignis.share<columns, 8>} : (memref<1x64xf32>, !ignis.weight<64x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.silu %x outs(%c) {share = #ignis.share<columns, 4>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  return
}

// -----

// Without phases, each operation gets one.
// CHECK-LABEL: func.func @unphased(
// CHECK:         ignis.phase {
// CHECK-NEXT:      ignis.silu {{.*}}
// CHECK-NEXT:    }
// CHECK-NEXT:    ignis.phase {
// CHECK-NEXT:      ignis.matmul {{.*}} {share = #ignis.share<columns, 4, units = 4>}
// CHECK-NEXT:    }
// CHECK-NEXT:    ignis.all_gather {{.*}}first_only
func.func @unphased(%x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xf32>
  ignis.silu %x outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.matmul %x, %w outs(%y) : (memref<1x64xf32>, !ignis.weight<64x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error@+1 {{has barriers or gathers already}}
func.func @scheduled(%x: memref<1x64xf32>) {
  ignis.silu %x outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.barrier
  ignis.silu %x outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error@+1 {{has barriers or gathers already}}
func.func @distributed(%x: memref<1x64xf32>) {
  ignis.phase {
    ignis.silu %x outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  ignis.all_gather %x {columns = 64 : i64, width = 16 : i64} : memref<1x64xf32>
  return
}
