// RUN: ignis-opt %s --ignis-plan-memory=report=%t.json --ignis-verify-memory-plan | FileCheck %s
// RUN: FileCheck %s --check-prefix=JSON --input-file=%t.json
// RUN: ignis-opt %s --ignis-plan-memory | sed 's/steps = "b[0-9]* /steps = "/' | not ignis-opt --ignis-verify-memory-plan 2>&1 | FileCheck %s --check-prefix=HOLE
// RUN: ignis-opt %s --ignis-plan-memory | sed 's/ignis.arena = \[\[0, 832\]\]/ignis.arena = [[0, 896]]/' | not ignis-opt --ignis-verify-memory-plan 2>&1 | FileCheck %s --check-prefix=LARGER

// At most 768 bytes are alive at once, but they cannot be placed in less than
// 832: the plan says so, with the steps of a proof.
// CHECK-LABEL: func.func @refuted(
// CHECK-SAME:    ignis.arena = {{\[\[}}0, 832]], ignis.minimal = {order = [{{[0-8, ]*}}], steps = "b{{[bctp0-9 ]*}}", tokens = 512 : i64}
// JSON: "meets_bound": false
// JSON: "finished": true
// JSON: "refutation_steps":
// JSON: "peak": 832
// JSON: "lower_bound": 768

// A proof with a step left out is none, nor is one for a larger arena.
// HOLE: error: {{.*}}expects 'ignis.minimal' to refute a smaller arena: step
// LARGER: error: {{.*}}expects 'ignis.minimal' to refute a smaller arena: step
func.func @refuted(%tokens: memref<1xi32>, %x1: memref<1x16xf32>, %x2: memref<1x32xf32>, %x3: memref<1x48xf32>, %x4: memref<1x64xf32>, %x6: memref<1x96xf32>, %x9: memref<1x144xf32>, %y1: memref<1x16xf32>, %y2: memref<1x32xf32>, %y3: memref<1x48xf32>, %y4: memref<1x64xf32>, %y6: memref<1x96xf32>, %y9: memref<1x144xf32>) {
  %a = memref.alloc() : memref<1x96xf32>
  %b = memref.alloc() : memref<1x32xf32>
  %c = memref.alloc() : memref<1x16xf32>
  %d = memref.alloc() : memref<1x48xf32>
  %e = memref.alloc() : memref<1x32xf32>
  %f = memref.alloc() : memref<1x144xf32>
  %g = memref.alloc() : memref<1x64xf32>
  %h = memref.alloc() : memref<1x48xf32>
  %i = memref.alloc() : memref<1x144xf32>
  ignis.phase {
    ignis.silu %x1 outs(%c) : (memref<1x16xf32>, memref<1x16xf32>) -> ()
    ignis.silu %x2 outs(%e) : (memref<1x32xf32>, memref<1x32xf32>) -> ()
    ignis.silu %x9 outs(%f) : (memref<1x144xf32>, memref<1x144xf32>) -> ()
    ignis.silu %f outs(%y9) : (memref<1x144xf32>, memref<1x144xf32>) -> ()
  }
  ignis.phase {
    ignis.silu %x2 outs(%b) : (memref<1x32xf32>, memref<1x32xf32>) -> ()
    ignis.silu %x3 outs(%d) : (memref<1x48xf32>, memref<1x48xf32>) -> ()
    ignis.silu %x4 outs(%g) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.silu %e outs(%y2) : (memref<1x32xf32>, memref<1x32xf32>) -> ()
    ignis.silu %g outs(%y4) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  ignis.phase {
    ignis.silu %x6 outs(%a) : (memref<1x96xf32>, memref<1x96xf32>) -> ()
    ignis.silu %b outs(%y2) : (memref<1x32xf32>, memref<1x32xf32>) -> ()
    ignis.silu %c outs(%y1) : (memref<1x16xf32>, memref<1x16xf32>) -> ()
  }
  ignis.phase {
    ignis.silu %x3 outs(%h) : (memref<1x48xf32>, memref<1x48xf32>) -> ()
    ignis.silu %a outs(%y6) : (memref<1x96xf32>, memref<1x96xf32>) -> ()
    ignis.silu %h outs(%y3) : (memref<1x48xf32>, memref<1x48xf32>) -> ()
  }
  ignis.phase {
    ignis.silu %x9 outs(%i) : (memref<1x144xf32>, memref<1x144xf32>) -> ()
    ignis.silu %d outs(%y3) : (memref<1x48xf32>, memref<1x48xf32>) -> ()
    ignis.silu %i outs(%y9) : (memref<1x144xf32>, memref<1x144xf32>) -> ()
  }
  return
}
