// RUN: ignis-opt %s --ignis-draw-graph='layer=0 svg=%t.svg' -o /dev/null
// RUN: FileCheck %s --input-file=%t.svg --check-prefix=LAYER
// RUN: ignis-opt %s --ignis-draw-graph=svg=%t.svg -o /dev/null
// RUN: FileCheck %s --input-file=%t.svg --check-prefix=WHOLE
// RUN: ignis-opt %s --ignis-bufferize --ignis-form-phases --ignis-draw-graph='layer=0 svg=%t.buffers.svg' -o /dev/null
// RUN: FileCheck %s --input-file=%t.buffers.svg --check-prefix=BUFFERS

// Every picture is the same the next time, and well-formed.
// RUN: ignis-opt %s --ignis-draw-graph=svg=%t.again.svg -o /dev/null && cmp %t.svg %t.again.svg
// RUN: %python -c 'import sys, xml.dom.minidom as dom; [dom.parse(f) for f in sys.argv[1:]]' %t.svg %t.buffers.svg

#up = loc("blk.0.up")
#act = loc("blk.0.<act>")
#down = loc("blk.0.down")
#sum = loc("blk.0.sum")
#norm = loc("blk.1.norm")

// Of the layer, four operations, a place they come from and one they go to; the
// value that is read twice is one line with two arrows.
// LAYER:         <svg xmlns='http://www.w3.org/2000/svg' viewBox=
// LAYER:         @media (prefers-color-scheme: dark)
// LAYER:         @layers, layer 0: 4 operations</text>
// LAYER-COUNT-5: class='wire'
// LAYER-NOT:     class='wire'
// LAYER:         class='box boundary'
// LAYER-NEXT:    >x</text>
// LAYER:         class='box matrix'><title>matmul
// LAYER-NEXT:    {{^}}up</title>
// LAYER:         <tspan class='op'>matmul</tspan> <tspan class='note'>up</tspan>
// LAYER:         class='weight'><title>w.up</title>
// LAYER-NEXT:    >64×32 f32</text>
// LAYER:         class='box element'>
// LAYER:         <tspan class='op'>silu</tspan> <tspan class='note'>&lt;act&gt;</tspan>
// LAYER:         class='weight'><title>w.down</title>
// LAYER:         <tspan class='op'>add</tspan> <tspan class='note'>sum</tspan>
// LAYER:         class='box boundary'
// LAYER-NEXT:    >blk.1.norm</text>
// LAYER-NOT:     class='box
// LAYER-DAG:     class='shape'>T×32</text>
// LAYER-DAG:     class='shape'>T×64</text>
// LAYER:         streams a matrix
// LAYER-NOT:     whole rows
// LAYER:         </svg>

// WHOLE:         @layers: 5 operations</text>
// WHOLE:         class='box row'
// WHOLE:         >returned</text>

// The same four, when values are what the last operation left in a buffer.
// BUFFERS:         @layers, layer 0: 4 operations</text>
// BUFFERS-COUNT-5: class='wire'
// BUFFERS-NOT:     class='wire'
// BUFFERS:         >x</text>
// BUFFERS:         >blk.1.norm</text>
func.func @layers(%x: tensor<?x32xf32> loc("x")) -> tensor<?x32xf32> {
  %wu = ignis.weight "w.up" : !ignis.weight<64x32xf32>
  %wd = ignis.weight "w.down" : !ignis.weight<32x64xf32>
  %0 = ignis.matmul %x, %wu : (tensor<?x32xf32>, !ignis.weight<64x32xf32>) -> tensor<?x64xf32> loc(#up)
  %1 = ignis.silu %0 : (tensor<?x64xf32>) -> tensor<?x64xf32> loc(#act)
  %2 = ignis.matmul %1, %wd : (tensor<?x64xf32>, !ignis.weight<32x64xf32>) -> tensor<?x32xf32> loc(#down)
  %3 = ignis.add %x, %2 : (tensor<?x32xf32>, tensor<?x32xf32>) -> tensor<?x32xf32> loc(#sum)
  %4 = ignis.rms_normalize %3 {eps = 1.0e-6 : f32} : (tensor<?x32xf32>) -> tensor<?x32xf32> loc(#norm)
  return %4 : tensor<?x32xf32>
}
