// RUN: ignis-opt %s --ignis-reorder --verify-diagnostics

// expected-error @below {{has phases or barriers already}}
func.func @formed(%x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  ignis.silu %x outs(%y) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.barrier
  ignis.silu %y outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}
