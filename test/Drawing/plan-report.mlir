// RUN: ignis-opt %s --ignis-plan-memory='report=%t.json svg=%t.svg' -o /dev/null
// RUN: FileCheck %s --input-file=%t.json --check-prefix=JSON
// RUN: FileCheck %s --input-file=%t.svg --check-prefix=SVG
// RUN: ignis-opt %s --ignis-plan-memory='mode=slots report=%t.json' -o /dev/null
// RUN: FileCheck %s --input-file=%t.json --check-prefix=SLOTS
// RUN: ignis-opt %s --ignis-plan-memory --remarks-filter=ignis-memory --remark-format=emitRemark -o /dev/null 2>&1 | FileCheck %s --check-prefix=REMARK

// Two functions in one report; sizes that depend on the number of tokens are
// pairs. Live bytes come by phase and, as if each were a phase, by operation.
// JSON:      "functions": [
// JSON:        "name": "dynamic",
// JSON-NEXT:   "mode": "arena",
// JSON-NEXT:   "in_place": true,
// JSON-NEXT:   "max_tokens": 512,
// JSON-NEXT:   "buffers": 2,
// JSON-NEXT:   "meets_bound": true,
// JSON:          "tokens": 1,
// JSON-NEXT:     "peak": 512,
// JSON-NEXT:     "lower_bound": 512,
// JSON-NEXT:     "naive": 512
// JSON:          "tokens": 512,
// JSON-NEXT:     "peak": 262144,
// JSON:        "phases": [
// JSON:          "live": [
// JSON-NEXT:       512,
// JSON-NEXT:       0
// JSON:        "ops": [
// JSON:          "name": "first",
// JSON-NEXT:     "phase": 0,
// JSON-NEXT:     "live": [
// JSON-NEXT:       256,
// JSON:          "name": "matmul",
// JSON-NEXT:     "phase": 0,
// JSON:        "placement": [
// JSON:          "name": "first",
// JSON:          "first_phase": 0,
// JSON-NEXT:     "last_phase": 0,
// JSON-NEXT:     "class": 0
// JSON:        "name": "static",
// JSON-NOT:    "max_tokens"
// JSON:        "tokens": 1,

// SVG:      <svg xmlns='http://www.w3.org/2000/svg' viewBox=
// SVG:      >@dynamic, T = 512</text>
// SVG:      <rect {{.*}} class='buffer'><title>first
// SVG-NEXT: bytes 0 to 131,072 (131,072)
// SVG-NEXT: phases 0 to 0</title></rect>
// SVG:      class='bound'/>
// SVG:      peak = lower bound 262,144 bytes
// SVG:      >@static, T = 1</text>
// SVG:      a &lt;&amp;&gt; b
// SVG:      </svg>

// SLOTS: "mode": "slots"
// SLOTS: "slots": 2

// REMARK: remark: [Passed] ignis-plan-memory | Category:ignis-memory | Function=dynamic | LowerBound=262144, Peak=262144, Tokens=512
func.func @dynamic(%tokens: memref<?xi32>, %x: memref<?x64xf32>, %y: memref<?x64xf32>) {
  %zero = arith.constant 0 : index
  %T = memref.dim %tokens, %zero : memref<?xi32>
  %w = ignis.weight "w" : !ignis.weight<64x64xq8_0>
  %a = memref.alloc(%T) : memref<?x64xf32>
  %b = memref.alloc(%T) : memref<?x64xf32>
  ignis.phase {
    ignis.silu %x outs(%a) : (memref<?x64xf32>, memref<?x64xf32>) -> () loc("first")
    ignis.matmul %x, %w outs(%b) : (memref<?x64xf32>, !ignis.weight<64x64xq8_0>, memref<?x64xf32>) -> ()
    ignis.add %a, %b outs(%y) : (memref<?x64xf32>, memref<?x64xf32>, memref<?x64xf32>) -> ()
  }
  return
}
func.func @static(%tokens: memref<1xi32>, %x: memref<1x64xf32>, %y: memref<1x64xf32>) {
  %a = memref.alloc() : memref<1x64xf32>
  ignis.silu %x outs(%a) : (memref<1x64xf32>, memref<1x64xf32>) -> () loc("a <&> b")
  ignis.silu %a outs(%y) : (memref<1x64xf32>, memref<1x64xf32>) -> ()
  return
}
