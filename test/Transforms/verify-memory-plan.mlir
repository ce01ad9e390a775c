// RUN: ignis-opt %s --ignis-verify-memory-plan --split-input-file --verify-diagnostics
//
// Plans made by hand, most of them wrong.

func.func @right(%tokens: memref<?xi32>, %x: memref<?x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[512, 0]]} {
  %zero = arith.constant 0 : index
  %row = arith.constant 256 : index
  %T = memref.dim %tokens, %zero : memref<?xi32>
  %end = arith.muli %row, %T : index
  %a = memref.view %arena[%zero][%T] : memref<?xi8> to memref<?x64xf32>
  %b = memref.view %arena[%end][%T] : memref<?xi8> to memref<?x64xf32>
  %c = memref.view %arena[%zero][%T] : memref<?xi8> to memref<?x64xf32>
  ignis.silu %x outs(%a) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<?x64xf32>, memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<?x64xf32>, memref<?x64xf32>, memref<?x64xf32>) -> ()
  return
}

// -----

func.func @overlap(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 448]]} {
  %zero = arith.constant 0 : index
  %end = arith.constant 192 : index
  // expected-note @below {{the other, at 0 to 256, where this one is at 192 to 448}}
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  // expected-error @below {{overlaps a buffer that is alive in phase 1}}
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  // expected-note @below {{this one is written here first}}
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// They touch for one token and overlap for more.
func.func @grows(%tokens: memref<?xi32>, %x: memref<?x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[512, 0]]} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %T = memref.dim %tokens, %zero : memref<?xi32>
  // expected-note @below {{the other, at 0 to 256*T, where this one is at 256 to 256*T + 256}}
  %a = memref.view %arena[%zero][%T] : memref<?xi8> to memref<?x64xf32>
  // expected-error @below {{overlaps a buffer that is alive in phase 1}}
  %b = memref.view %arena[%end][%T] : memref<?xi8> to memref<?x64xf32>
  ignis.silu %x outs(%a) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  // expected-note @below {{this one is written here first}}
  ignis.silu %x outs(%b) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.add %a, %b outs(%x) : (memref<?x64xf32>, memref<?x64xf32>, memref<?x64xf32>) -> ()
  return
}

// -----

// In place, but a matrix product reads whole rows of what it overwrites.
func.func @matmul(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 256]]} {
  %zero = arith.constant 0 : index
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  // expected-note @below {{the other}}
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  // expected-error @below {{overlaps a buffer that is alive in phase 1}}
  %b = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  // expected-note @below {{this one is written here first}}
  ignis.matmul %a, %w outs(%b) : (memref<1x64xf32>, !ignis.weight<64x64xq8_0>, memref<1x64xf32>) -> ()
  ignis.silu %b outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// In place, but read again afterwards.
func.func @read_again(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 256]]} {
  %zero = arith.constant 0 : index
  // expected-note @below {{the other}}
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  // expected-error @below {{overlaps a buffer that is alive in phase 1}}
  %b = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  // expected-note @below {{this one is written here first}}
  ignis.silu %a outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// The same within a phase: here the order of operations decides.
func.func @read_again_in_phase(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 256]]} {
  %zero = arith.constant 0 : index
  // expected-note @below {{the other}}
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  // expected-error @below {{overlaps a buffer that is alive in phase 0}}
  %b = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.phase {
    ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    // expected-note @below {{this one is written here first}}
    ignis.silu %a outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.add %a, %b outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  return
}

// -----

// A phase later the same place is free.
func.func @next_phase(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 256]]} {
  %zero = arith.constant 0 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.phase {
    ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.silu %a outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  ignis.phase {
    ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.silu %b outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  return
}

// -----

// In one phase they are alive together: threads do not wait for each other.
func.func @same_phase(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]]} {
  %zero = arith.constant 0 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<2x64xf32>
  // expected-note @below {{the other}}
  %b = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  // expected-error @below {{overlaps a buffer that is alive in phase 0}}
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.phase {
    ignis.silu %x outs(%b) {share = #ignis.share<columns, 4>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.silu %b outs(%x) {share = #ignis.share<columns, 4>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    // expected-note @below {{this one is written here first}}
    ignis.silu %x outs(%c) {share = #ignis.share<columns, 2>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
    ignis.silu %c outs(%x) {share = #ignis.share<columns, 2>} : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  return
}

// -----

func.func @returned(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) -> memref<1x64xf32> attributes {ignis.arena = [[0, 256]]} {
  %zero = arith.constant 0 : index
  // expected-note @below {{the other}}
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  // expected-error @below {{overlaps a buffer that is alive in phase 1}}
  %b = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  // expected-note @below {{this one is written here first}}
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %b outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return %a : memref<1x64xf32>
}

// -----

func.func @past_the_end(%tokens: memref<?xi32>, %x: memref<?x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 256]]} {
  %zero = arith.constant 0 : index
  %T = memref.dim %tokens, %zero : memref<?xi32>
  // expected-error @below {{ends at byte 131072 of an arena of 256 for 512 tokens}}
  %a = memref.view %arena[%zero][%T] : memref<?xi8> to memref<?x64xf32>
  ignis.silu %x outs(%a) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  return
}

// -----

func.func @unwritten(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 256]]} {
  %zero = arith.constant 0 : index
  // expected-note @below {{the buffer}}
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  // expected-error @below {{reads a buffer that nothing has written}}
  ignis.silu %a outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

func.func @unaligned(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]]} {
  %offset = arith.constant 100 : index
  // expected-error @below {{expects an offset of multiples of 64, got 100}}
  %a = memref.view %arena[%offset][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

func.func @opaque_offset(%tokens: memref<1xi32>, %n: index, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]]} {
  // expected-error @below {{expects an offset that is linear in the number of tokens}}
  %a = memref.view %arena[%n][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

func.func @quadratic(%tokens: memref<?xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]]} {
  %zero = arith.constant 0 : index
  %T = memref.dim %tokens, %zero : memref<?xi32>
  %n = arith.muli %T, %T : index
  // expected-error @below {{expects an offset that is linear in the number of tokens}}
  %a = memref.view %arena[%n][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

func.func @left_out(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]]} {
  // expected-error @below {{was left out of the arena}}
  %a = memref.alloc() : memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

func.func @other_memory(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %other: memref<?xi8>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]]} {
  %zero = arith.constant 0 : index
  // expected-error @below {{expects a view of the arena, the last argument}}
  %a = memref.view %other[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{expects 'ignis.arena' to be a list of pairs of integers, got [[0]]}}
func.func @attribute(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0]]} {
  ignis.silu %x outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// Large enough for one token and for the most, but not between.
func.func @bent_arena(%tokens: memref<?xi32>, %x: memref<?x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[64, 448], [1024, -261632]]} {
  %zero = arith.constant 0 : index
  %row = arith.constant 256 : index
  %T = memref.dim %tokens, %zero : memref<?xi32>
  %end = arith.muli %row, %T : index
  // expected-error @below {{ends at byte}}
  %a = memref.view %arena[%zero][%T] : memref<?xi8> to memref<?x64xf32>
  // expected-error @below {{ends at byte}}
  %b = memref.view %arena[%end][%T] : memref<?xi8> to memref<?x64xf32>
  ignis.silu %x outs(%a) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.silu %a outs(%b) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.silu %b outs(%x) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  return
}

// -----

// Why an arena is minimal. The sum is that of places: %c stands in %a's.
func.func @minimal(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]], ignis.minimal = {phases = [2]}} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

func.func @refuted(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]], ignis.minimal = {order = [0, 1], steps = "c1", tokens = 1 : i64}} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{expects 512 bytes to be alive in phase 0, where 'ignis.minimal' says so; found 256}}
func.func @other_phase(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]], ignis.minimal = {phases = [0]}} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{expects 512 bytes to be alive in phase 7, where 'ignis.minimal' says so; found 0}}
func.func @no_such_phase(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]], ignis.minimal = {phases = [7]}} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{expects 'ignis.minimal' to name a phase for each of 1 sizes, got 2}}
func.func @two_phases(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]], ignis.minimal = {phases = [1, 2]}} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{expects 'ignis.minimal' to have phases, or order, steps and tokens, got 3}}
func.func @no_dictionary(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]], ignis.minimal = 3} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{expects 'ignis.minimal' to have phases, or order, steps and tokens, got }}
func.func @no_numbers(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]], ignis.minimal = {phases = ["a"]}} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{expects 'ignis.minimal' to have phases, or order, steps and tokens, got }}
func.func @no_steps(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]], ignis.minimal = {order = [0, 1], tokens = 1 : i64}} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{expects 'ignis.minimal' to have phases, or order, steps and tokens, got }}
func.func @not_steps(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]], ignis.minimal = {order = [0, 1], steps = "x", tokens = 1 : i64}} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{expects 'ignis.minimal' to refute a smaller arena: step 0 of the refutation: what is open at the cut fits under the height}}
func.func @no_proof(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]], ignis.minimal = {order = [0, 1], steps = "c0", tokens = 1 : i64}} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{the refutation's order expects each block once, got 9}}
func.func @no_block(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]], ignis.minimal = {order = [0, 9], steps = "c0", tokens = 1 : i64}} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{expects 'ignis.minimal' to be for 1 to 512 tokens, got 1000}}
func.func @no_tokens(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 512]], ignis.minimal = {order = [0, 1], steps = "c1", tokens = 1000 : i64}} {
  %zero = arith.constant 0 : index
  %end = arith.constant 256 : index
  %a = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.view %arena[%end][] : memref<?xi8> to memref<1x64xf32>
  %c = memref.view %arena[%zero][] : memref<?xi8> to memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %a, %b outs(%c) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  ignis.add %b, %c outs(%x) : (memref<1x64xf32>, memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}
