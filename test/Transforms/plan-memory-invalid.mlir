// RUN: ignis-opt %s --ignis-plan-memory --split-input-file --verify-diagnostics

func.func @other_size(%tokens: memref<?xi32>, %n: index, %x: memref<?x64xf32>) {
  // expected-error @below {{expects the number of tokens as its dynamic size}}
  %a = memref.alloc(%n) : memref<?x64xf32>
  ignis.silu %x outs(%a) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  return
}

// -----

func.func @too_large(%x: memref<1x64xf32>) {
  // expected-error @below {{expects at most 68719476736 bytes, got 'memref<99999999x99999999xf32>'}}
  %a = memref.alloc() : memref<99999999x99999999xf32>
  %b = memref.alloc() : memref<1x64xf32>
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

func.func @layout(%x: memref<1x64xf32>) {
  // expected-error @below {{expects a buffer of numbers with the identity layout}}
  %a = memref.alloc() : memref<1x64xf32, strided<[128, 1]>>
  %b = memref.alloc() : memref<1x64xf32>
  ignis.silu %x outs(%b) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}

// -----

func.func @stranger(%x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %a = memref.alloc() : memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  // expected-error @below {{may not stand among operations in buffer form}}
  memref.copy %a, %y : memref<1x64xf32> to memref<1x64xf32>
  return
}

// -----

func.func @in_phase(%x: memref<1x64xf32>) {
  ignis.phase {
    // expected-error @below {{expects to stand outside phases}}
    %a = memref.alloc() : memref<1x64xf32>
    ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  }
  return
}

// -----

// expected-error @below {{expects one block, got 2}}
func.func @blocks(%x: memref<1x64xf32>) {
  ignis.silu %x outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  cf.br ^end
^end:
  return
}

// -----

func.func @value_form(%x: tensor<1x64xf32>) -> tensor<1x64xf32> {
  // expected-error @below {{expects buffer form: run ignis-bufferize}}
  %y = ignis.silu %x : (tensor<1x64xf32>) -> tensor<1x64xf32>
  return %y : tensor<1x64xf32>
}

// -----

// expected-error @below {{is called: an arena argument cannot be added}}
func.func @called(%x: memref<1x64xf32>) {
  ignis.silu %x outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}
func.func @caller(%x: memref<1x64xf32>) {
  call @called(%x) : (memref<1x64xf32>) -> ()
  return
}

// -----

// expected-error @below {{is planned already}}
func.func @planned(%x: memref<1x64xf32>, %arena: memref<?xi8>) attributes {ignis.arena = [[0, 0]]} {
  ignis.silu %x outs(%x) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}
