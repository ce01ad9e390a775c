// RUN: ignis-opt %s --ignis-plan-memory --split-input-file | FileCheck %s
// RUN: ignis-opt %s --ignis-plan-memory=in-place=false --split-input-file | FileCheck %s --check-prefix=APART
// RUN: ignis-opt %s --ignis-plan-memory=mode=slots --split-input-file | FileCheck %s --check-prefix=SLOTS
// RUN: ignis-opt %s --ignis-plan-memory=mode=none --split-input-file | FileCheck %s --check-prefix=NONE
// RUN: ignis-opt %s --ignis-plan-memory --ignis-verify-memory-plan --split-input-file -o /dev/null
// RUN: ignis-opt %s --ignis-plan-memory=mode=slots --ignis-verify-memory-plan --split-input-file -o /dev/null
// RUN: ignis-opt %s --ignis-plan-memory=mode=none --ignis-verify-memory-plan --split-input-file -o /dev/null

// The second silu takes the place of the first.
// CHECK-LABEL: func.func @in_place(
// CHECK-SAME:    %[[TOKENS:[^:]*]]: memref<?xi32>
// CHECK-SAME:    %[[ARENA:[^:]*]]: memref<?xi8>
// CHECK-SAME:    attributes {ignis.arena = {{\[\[}}256, 0]], ignis.minimal = {phases = [0]}}
// CHECK-NOT:     memref.alloc
// CHECK:         %[[T:.*]] = memref.dim %[[TOKENS]]
// CHECK:         %[[AT:.*]] = arith.constant 0 : index
// CHECK:         %[[A:.*]] = memref.view %[[ARENA]][%[[AT]]][%[[T]]] : memref<?xi8> to memref<?x64xf32>
// CHECK:         %[[AT2:.*]] = arith.constant 0 : index
// CHECK:         %[[B:.*]] = memref.view %[[ARENA]][%[[AT2]]][%[[T]]] : memref<?xi8> to memref<?x64xf32>
// CHECK:         ignis.silu %{{.*}} outs(%[[A]])
// CHECK:         ignis.silu %[[A]] outs(%[[B]])
// APART-LABEL: func.func @in_place(
// APART-SAME:    ignis.arena = {{\[\[}}512, 0]]
// SLOTS-LABEL: func.func @in_place(
// SLOTS-SAME:    ignis.arena = {{\[\[}}256, 0]]
// NONE-LABEL: func.func @in_place(
// NONE-SAME:    ignis.arena = {{\[\[}}512, 0]]
// NONE:         %[[T:.*]] = memref.dim
// NONE:         %[[ROW:.*]] = arith.constant 256 : index
// NONE:         %[[AT:.*]] = arith.muli %[[T]], %[[ROW]]
// NONE:         memref.view %{{.*}}[%[[AT]]][%[[T]]]
func.func @in_place(%tokens: memref<?xi32>, %x: memref<?x64xf32>, %y: memref<?x64xf32>) {
  %zero = arith.constant 0 : index
  %T = memref.dim %tokens, %zero : memref<?xi32>
  %a = memref.alloc(%T) : memref<?x64xf32>
  %b = memref.alloc(%T) : memref<?x64xf32>
  ignis.silu %x outs(%a) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.silu %a outs(%b) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.mul %b, %x outs(%y) : (memref<?x64xf32>, memref<?x64xf32>, memref<?x64xf32>) -> ()
  return
}

// -----

// No matrix product in place: its rows are read while its columns are written.
// A value that is read later as well is not overwritten either.
// CHECK-LABEL: func.func @not_in_place(
// CHECK-SAME:    ignis.arena = {{\[\[}}0, 768]]
func.func @not_in_place(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %a = memref.alloc() : memref<1x64xf32>
  %b = memref.alloc() : memref<1x64xf32>
  %c = memref.alloc() : memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.matmul %a, %w outs(%b) : (memref<1x64xf32>, !ignis.weight<64x64xq8_0>, memref<1x64xf32>) -> ()
  ignis.silu %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%b) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%y) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// Liveness is by phase: what a phase reads last is not free for what it writes.
// CHECK-LABEL: func.func @by_phase(
// CHECK-SAME:    ignis.arena = {{\[\[}}0, 512]]
func.func @by_phase(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %a = memref.alloc() : memref<1x64xf32>
  %b = memref.alloc() : memref<1x64xf32>
  ignis.phase {
    ignis.matmul %x, %w outs(%a) : (memref<1x64xf32>, !ignis.weight<64x64xq8_0>, memref<1x64xf32>) -> ()
    ignis.silu %a outs(%y) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.matmul %x, %w outs(%b) : (memref<1x64xf32>, !ignis.weight<64x64xq8_0>, memref<1x64xf32>) -> ()
    ignis.add %y, %b outs(%y) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  return
}

// -----

// Within a phase a place is taken over only by the thread that read it: not if
// the two divide their columns differently.
// CHECK-LABEL: func.func @same_thread(
// CHECK-SAME:    ignis.arena = {{\[\[}}0, 256]]
// CHECK-LABEL: func.func @other_thread(
// CHECK-SAME:    ignis.arena = {{\[\[}}0, 512]]
func.func @same_thread(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %a = memref.alloc() : memref<1x64xf32>
  %b = memref.alloc() : memref<1x64xf32>
  ignis.phase {
    ignis.silu %x outs(%a) {share = #ignis.share<columns, 4>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.silu %a outs(%b) {share = #ignis.share<columns, 4>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.silu %b outs(%y) {share = #ignis.share<columns, 4>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  return
}
func.func @other_thread(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %a = memref.alloc() : memref<1x64xf32>
  %b = memref.alloc() : memref<1x64xf32>
  ignis.phase {
    ignis.silu %x outs(%a) {share = #ignis.share<columns, 4>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.silu %a outs(%b) {share = #ignis.share<columns, 2>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.silu %b outs(%y) {share = #ignis.share<columns, 2>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  return
}

// -----

// What is returned lives to the end; rows that are no multiple of 64 bytes are
// padded, one by one if their number is not known.
// CHECK-LABEL: func.func @returned(
// CHECK-SAME:    ignis.arena = {{\[\[}}0, 896]]
// CHECK-LABEL: func.func @padded(
// CHECK-SAME:    ignis.arena = {{\[\[}}448, 0]]
func.func @returned(%tokens: memref<1xi32>, %x: memref<1x100xf32>) -> memref<1x100xf32> {
  %a = memref.alloc() : memref<1x100xf32>
  %b = memref.alloc() : memref<1x100xf32>
  %c = memref.alloc() : memref<1x100xf32>
  ignis.silu %x outs(%a) : (memref<1x100xf32>, memref<1x100xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x100xf32>, memref<1x100xf32>) -> ()
  ignis.silu %b outs(%c) : (memref<1x100xf32>, memref<1x100xf32>) -> ()
  return %a : memref<1x100xf32>
}
func.func @padded(%tokens: memref<?xi32>, %x: memref<?x100xf32>, %y: memref<?x100xf32>) {
  %zero = arith.constant 0 : index
  %T = memref.dim %tokens, %zero : memref<?xi32>
  %a = memref.alloc(%T) : memref<?x100xf32>
  ignis.silu %x outs(%a) : (memref<?x100xf32>, memref<?x100xf32>) -> ()
  ignis.silu %a outs(%y) : (memref<?x100xf32>, memref<?x100xf32>) -> ()
  return
}

// -----

// Memory that each thread has for itself is not in the arena, and functions
// without activations are left alone.
// CHECK-LABEL: func.func @private(
// CHECK-SAME:    ignis.arena = {{\[\[}}0, 0]]
// CHECK:         memref.alloca
// CHECK-LABEL: func.func @other()
// CHECK-NEXT:    memref.alloc()
func.func @private(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %a = memref.alloca() : memref<1x64xf32>
  ignis.silu %x outs(%a) {share = #ignis.share<replicated>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %a outs(%y) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}
func.func @other() -> memref<8xf32> {
  %a = memref.alloc() : memref<8xf32>
  return %a : memref<8xf32>
}

// -----

// A buffer of static size may lie above one that grows with the tokens.
// CHECK-LABEL: func.func @static_beside_dynamic(
// CHECK-SAME:    %[[TOKENS:[^:]*]]: memref<?xi32>
// CHECK:         %[[T:.*]] = memref.dim %[[TOKENS]]
// CHECK:         arith.muli %[[T]],
// CHECK:         memref.view %{{.*}}[%{{.*}}][] : memref<?xi8> to memref<4x64xf32>
func.func @static_beside_dynamic(%tokens: memref<?xi32>, %x: memref<?x64xf32>, %s: memref<4x64xf32>, %y: memref<?x64xf32>, %t: memref<4x64xf32>) {
  %zero = arith.constant 0 : index
  %b = memref.alloc() : memref<4x64xf32>
  %T = memref.dim %tokens, %zero : memref<?xi32>
  %a = memref.alloc(%T) : memref<?x64xf32>
  ignis.silu %x outs(%a) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.silu %s outs(%b) : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  ignis.silu %a outs(%y) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.silu %b outs(%t) : (memref<4x64xf32>, memref<4x64xf32>) -> ()
  return
}
