// RUN: ignis-opt %s --ignis-plan-memory=report=%t.json --split-input-file -o /dev/null
// RUN: FileCheck %s --input-file=%t.json

// One after the other, program order is planned as it is; together, the narrow
// values come before the next wide one. As much is alive in the best order, so
// that nothing is lower.
// CHECK:      "joint": {
// CHECK-NEXT:   "tokens": 1,
// CHECK-NEXT:   "staged": 8448,
// CHECK-NEXT:   "together": 4608,
// CHECK-NEXT:   "proven": 4608
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
