// RUN: ignis-opt %s --ignis-reorder --split-input-file | FileCheck %s
// RUN: ignis-opt %s --ignis-plan-memory --split-input-file | FileCheck %s --check-prefix=BEFORE
// RUN: ignis-opt %s --ignis-reorder --ignis-plan-memory --split-input-file | FileCheck %s --check-prefix=AFTER

// Each wide value is made narrow before the next one is computed.
// CHECK-LABEL: func.func @two_branches(
// CHECK:         ignis.matmul {{.*}} outs(%[[A:[^)]*]])
// CHECK-NEXT:    ignis.matmul %[[A]]
// CHECK-NEXT:    ignis.matmul {{.*}} outs(%[[B:[^)]*]])
// CHECK-NEXT:    ignis.matmul %[[B]]
// CHECK-NEXT:    ignis.add
// BEFORE-LABEL: func.func @two_branches(
// BEFORE-SAME:    {{\[\[}}0, 8448]]
// AFTER-LABEL:  func.func @two_branches(
// AFTER-SAME:     {{\[\[}}0, 4608]]
func.func @two_branches(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %wide = ignis.weight "wide" : !ignis.weight<1024x64xf32>
  %narrow = ignis.weight "narrow" : !ignis.weight<64x1024xf32>
  %a = memref.alloc() : memref<1x1024xf32>
  %b = memref.alloc() : memref<1x1024xf32>
  %c = memref.alloc() : memref<1x64xf32>
  %d = memref.alloc() : memref<1x64xf32>
  ignis.matmul %x, %wide outs(%a) : (memref<1x64xf32>, !ignis.weight<1024x64xf32>, memref<1x1024xf32>) -> ()
  ignis.matmul %x, %wide outs(%b) : (memref<1x64xf32>, !ignis.weight<1024x64xf32>, memref<1x1024xf32>) -> ()
  ignis.matmul %a, %narrow outs(%c) : (memref<1x1024xf32>, !ignis.weight<64x1024xf32>, memref<1x64xf32>) -> ()
  ignis.matmul %b, %narrow outs(%d) : (memref<1x1024xf32>, !ignis.weight<64x1024xf32>, memref<1x64xf32>) -> ()
  ignis.add %c, %d outs(%y) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// The branch that needs much and leaves little goes first: taking the cheaper
// step at each moment would not find that.
// CHECK-LABEL: func.func @look_ahead(
// CHECK:         ignis.silu %{{.*}} outs(%[[SMALL:[^)]*]])
// CHECK-NEXT:    ignis.matmul %[[SMALL]], %{{.*}} outs(%[[LARGE:[^)]*]])
// CHECK-NEXT:    ignis.matmul %[[LARGE]]
// CHECK-NEXT:    ignis.matmul
// CHECK-NEXT:    ignis.matmul
// CHECK-NEXT:    ignis.add
// BEFORE-LABEL: func.func @look_ahead(
// BEFORE-SAME:    {{\[\[}}0, 6400]]
// AFTER-LABEL:  func.func @look_ahead(
// AFTER-SAME:     {{\[\[}}0, 4352]]
func.func @look_ahead(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %to512 = ignis.weight "to512" : !ignis.weight<512x64xf32>
  %from512 = ignis.weight "from512" : !ignis.weight<64x512xf32>
  %wide = ignis.weight "wide" : !ignis.weight<1024x64xf32>
  %narrow = ignis.weight "narrow" : !ignis.weight<64x1024xf32>
  %a = memref.alloc() : memref<1x512xf32>
  %s = memref.alloc() : memref<1x64xf32>
  %b = memref.alloc() : memref<1x1024xf32>
  %c = memref.alloc() : memref<1x64xf32>
  %d = memref.alloc() : memref<1x64xf32>
  ignis.matmul %x, %to512 outs(%a) : (memref<1x64xf32>, !ignis.weight<512x64xf32>, memref<1x512xf32>) -> ()
  ignis.silu %x outs(%s) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.matmul %s, %wide outs(%b) : (memref<1x64xf32>, !ignis.weight<1024x64xf32>, memref<1x1024xf32>) -> ()
  ignis.matmul %b, %narrow outs(%c) : (memref<1x1024xf32>, !ignis.weight<64x1024xf32>, memref<1x64xf32>) -> ()
  ignis.matmul %a, %from512 outs(%d) : (memref<1x512xf32>, !ignis.weight<64x512xf32>, memref<1x64xf32>) -> ()
  ignis.add %c, %d outs(%y) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// Nothing to gain: program order stays. The cache orders what uses it.
// CHECK-LABEL: func.func @no_gain(
// CHECK:         ignis.silu
// CHECK-NEXT:    ignis.kv_append
// CHECK-NEXT:    ignis.attend
// CHECK-NEXT:    ignis.add
func.func @no_gain(%x: memref<1x64xf32>, %y: memref<1x64xf32>, %rows: !ignis.rows, %cache: !ignis.kv_cache<1, 1, 64, f16>) {
  %a = memref.alloc() : memref<1x64xf32>
  %b = memref.alloc() : memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.kv_append %a, %x, %cache at %rows {layer = 0 : i64} : (memref<1x64xf32>, memref<1x64xf32>, !ignis.kv_cache<1, 1, 64, f16>, !ignis.rows) -> ()
  ignis.attend %x, %cache at %rows outs(%b) {layer = 0 : i64} : (memref<1x64xf32>, !ignis.kv_cache<1, 1, 64, f16>, !ignis.rows, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%y) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}
