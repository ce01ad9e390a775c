// What has effects stays, what has none goes.
//
// RUN: ignis-opt %s --canonicalize --cse --split-input-file | FileCheck %s

// A value nobody reads is not computed, and equal values are computed once.
// CHECK-LABEL: @values
// CHECK-COUNT-1: ignis.silu
// CHECK-NOT:     ignis.
// CHECK:         return
func.func @values(%x: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64xf32>
  %dead = ignis.scale %x, %w : (tensor<?x64xf32>, !ignis.weight<64xf32>) -> tensor<?x64xf32>
  %0 = ignis.silu %x : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %1 = ignis.silu %x : (tensor<?x64xf32>) -> tensor<?x64xf32>
  return %0, %1 : tensor<?x64xf32>, tensor<?x64xf32>
}

// -----

// Attention writes the cache even if nobody reads its result, twice if told so.
// CHECK-LABEL: @cache
// CHECK-COUNT-2: ignis.attention
// CHECK-COUNT-2: ignis.kv_append
// CHECK-NOT:     ignis.attend
// CHECK:         return
func.func @cache(%q: tensor<?x64xf32>, %k: tensor<?x32xf32>, %c: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows) {
  %0 = ignis.attention %q, %k, %k, %c at %p {layer = 0 : i64}
    : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  %1 = ignis.attention %q, %k, %k, %c at %p {layer = 0 : i64}
    : (tensor<?x64xf32>, tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  ignis.kv_append %k, %k, %c at %p {layer = 0 : i64}
    : (tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> ()
  ignis.kv_append %k, %k, %c at %p {layer = 0 : i64}
    : (tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> ()
  %2 = ignis.attend %q, %c at %p {layer = 0 : i64}
    : (tensor<?x64xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return
}

// -----

// Reading the cache before and after an append gives two values.
// CHECK-LABEL: @attend_append_attend
// CHECK:         ignis.attend
// CHECK:         ignis.kv_append
// CHECK:         ignis.attend
func.func @attend_append_attend(%q: tensor<?x64xf32>, %k: tensor<?x32xf32>, %c: !ignis.kv_cache<1, 1, 32, f16>, %p: !ignis.rows)
    -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %0 = ignis.attend %q, %c at %p {layer = 0 : i64}
    : (tensor<?x64xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  ignis.kv_append %k, %k, %c at %p {layer = 0 : i64}
    : (tensor<?x32xf32>, tensor<?x32xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> ()
  %1 = ignis.attend %q, %c at %p {layer = 0 : i64}
    : (tensor<?x64xf32>, !ignis.kv_cache<1, 1, 32, f16>, !ignis.rows) -> tensor<?x64xf32>
  return %0, %1 : tensor<?x64xf32>, tensor<?x64xf32>
}

// -----

// Writes to memory stay; so do barriers.
// CHECK-LABEL: @buffers
// CHECK-COUNT-2: ignis.silu
// CHECK:         ignis.barrier
// CHECK:         ignis.silu
func.func @buffers(%a: memref<?x64xf32>, %b: memref<?x64xf32>) {
  ignis.silu %a outs(%b) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.silu %a outs(%b) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.barrier
  ignis.silu %a outs(%b) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  return
}
