// What cannot be drawn is said, and what can be is, whatever it is.
//
// RUN: ignis-opt %s --split-input-file --verify-diagnostics --allow-unregistered-dialect --ignis-draw-graph='layer=7 svg=%t.svg' -o /dev/null
// RUN: FileCheck %s --input-file=%t.svg --check-prefix=OTHER
// RUN: not ignis-opt --ignis-draw-graph %s -split-input-file -allow-unregistered-dialect -o /dev/null 2>&1 | FileCheck %s --check-prefix=FILE
// RUN: not ignis-opt --ignis-draw-graph=svg=%t.none/f.svg %S/draw-graph.mlir -o /dev/null 2>&1 | FileCheck %s --check-prefix=OPEN
// FILE: error: expects a file: svg=F.svg
// OPEN: error: {{.*}}f.svg: cannot write: No such file or directory

// RUN: echo 'func.func @f(%%x: memref<4xf32>) { return }' | not ignis-opt --ignis-draw-graph=svg=%t.svg -o /dev/null 2>&1 | FileCheck %s --check-prefix=NONE
// NONE: error: 'builtin.module' op expects operations to draw, found none

// A chain of thousands is drawn; if all of its values live to the end, the lines
// would be too many.
//
// RUN: %python -c 't = "tensor<?x32xf32>"; print(f"func.func @f(%%x: {t}) -> {t} {{"); [print(f"%%{i} = ignis.add %%{i - 1 if i else chr(120)}, %%x : ({t}, {t}) -> {t}") for i in range(5000)]; print(f"return %%4999 : {t} }}")' > %t.chain.mlir
// RUN: ignis-opt %t.chain.mlir --ignis-draw-graph=svg=%t.svg -o /dev/null && grep -c "class='box element'" %t.svg | FileCheck %s --check-prefix=CHAIN
// CHAIN: {{^}}5001{{$}}
// RUN: %python -c 't = "tensor<?x32xf32>"; print(f"func.func @f(%%x: {t}) -> {t} {{"); [print(f"%%{i} = ignis.add %%{i - 1 if i else chr(120)}, %%{max(0, i - 40) if i else chr(120)} : ({t}, {t}) -> {t}") for i in range(5000)]; print(f"return %%4999 : {t} }}")' > %t.wide.mlir
// RUN: not ignis-opt %t.wide.mlir --ignis-draw-graph=svg=%t.wide.svg -o /dev/null 2>&1 | FileCheck %s --check-prefix=WIDE
// WIDE: error: is too large to be drawn: choose a layer
// RUN: not ls %t.wide.svg

// expected-error@below {{expects operations of layer 7, found none (their names are locations: see --debug-info)}}
module {
  func.func @none(%x: tensor<?x32xf32>) -> tensor<?x32xf32> {
    %0 = ignis.silu %x : (tensor<?x32xf32>) -> tensor<?x32xf32>
    return %0 : tensor<?x32xf32>
  }
  func.func private @declared(tensor<?x32xf32>)
}

// -----

func.func @blocks(%x: tensor<?x32xf32>) -> tensor<?x32xf32> { // expected-error {{expects one block, got 2}}
  %0 = ignis.silu %x : (tensor<?x32xf32>) -> tensor<?x32xf32> loc("blk.7.silu")
  cf.br ^end
^end:
  return %0 : tensor<?x32xf32>
}

// -----

// Other dialects' operations; names with bytes that no picture could hold.
//
// OTHER: @other, layer 7: 3 operations
// OTHER: class='box other'><title>some.thing
// OTHER: <tspan class='op'>some.thing</tspan> <tspan class='note'>?{{.*}}</tspan>
// OTHER: some.store
// OTHER: some.pair
func.func @other(%x: tensor<?x32xf32>, %m: memref<4xf32>, %s: f32) -> tensor<*xf32> {
  %0 = "some.thing"(%x, %s) : (tensor<?x32xf32>, f32) -> tensor<4x32xf32> loc("blk.7.\01\FF")
  %1 = tensor.cast %0 : tensor<4x32xf32> to tensor<*xf32> loc("blk.7.cast")
  "some.store"(%0, %m) : (tensor<4x32xf32>, memref<4xf32>) -> () loc("blk.7.store")
  %2:2 = "some.pair"(%m) ({ ^bb0: }) : (memref<4xf32>) -> (tensor<f32>, tensor<f32>) loc("blk.7.pair")
  return %1 : tensor<*xf32>
}
