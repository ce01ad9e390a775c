// RUN: ignis-opt %s --ignis-schedule --split-input-file --verify-diagnostics | FileCheck %s

// One barrier between two phases and none at the ends; an operation outside a
// phase is one of its own; what computes nothing is no phase.
// CHECK-LABEL: func.func @phases(
// CHECK-NOT:     ignis.phase
// CHECK-NOT:     ignis.barrier
// CHECK:         ignis.silu
// CHECK-NEXT:    ignis.add
// CHECK-NEXT:    ignis.barrier
// CHECK-NEXT:    ignis.silu
// CHECK:         ignis.barrier
// CHECK-NEXT:    ignis.mul
// CHECK-NEXT:    return
func.func @phases(%x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  ignis.phase {
    ignis.silu %x outs(%y) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.add %x, %y outs(%y) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  ignis.phase {
    ignis.silu %y outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  %c = arith.constant 0 : index
  ignis.phase {
  }
  ignis.mul %x, %y outs(%y) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// Without phases: a barrier between any two operations, which is always right.
// CHECK-LABEL: func.func @naive(
// CHECK-NEXT:    ignis.silu
// CHECK-NEXT:    ignis.barrier
// CHECK-NEXT:    ignis.silu
// CHECK-NEXT:    ignis.barrier
// CHECK-NEXT:    ignis.silu
// CHECK-NEXT:    return
func.func @naive(%x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  ignis.silu %x outs(%y) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%y) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%y) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// CHECK-LABEL: func.func @nothing()
// CHECK-NEXT:    return
func.func @nothing() {
  return
}

// -----

// expected-error @below {{is scheduled already}}
func.func @twice(%x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  ignis.silu %x outs(%y) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.barrier
  ignis.silu %y outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}
