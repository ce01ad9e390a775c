// Functions and operations that the swiglu does not need go; so do the parts
// that it can be fused from.
//
// RUN: ignis-reduce %s --opt-reduction-pass='opt-pass=symbol-dce test=%S/Inputs/has-swiglu.sh' -o %t.mlir
// RUN: ignis-reduce %t.mlir --opt-reduction-pass='opt-pass=cse test=%S/Inputs/has-swiglu.sh' \
// RUN:   | FileCheck %s
// RUN: ignis-reduce %s --opt-reduction-pass='opt-pass=func.func(ignis-fuse-rms-norm) test=%S/Inputs/has-swiglu.sh' \
// RUN:   | FileCheck %s --check-prefix=FUSED
//
// One by one, they go in one run, and what is computed for the swiglu goes, too,
// as the function's argument is as good.
//
// RUN: ignis-reduce %s --reduction-tree='traversal-mode=0 test=%S/Inputs/has-swiglu.sh' 2>/dev/null \
// RUN:   | FileCheck %s --check-prefix=TREE

// CHECK-NOT: @unused
// CHECK-LABEL: func.func @interesting
// CHECK-NOT:     ignis.add
// CHECK:         ignis.rms_normalize
// CHECK-NEXT:    ignis.scale
// CHECK-NEXT:    ignis.swiglu
// CHECK-NEXT:    return

// FUSED: ignis.rms_norm %
// FUSED-NOT: ignis.scale

// TREE-NOT: @unused
// TREE-LABEL: func.func @interesting
// TREE-SAME:    (%[[X:.*]]: tensor<?x64xf32>,
// TREE-NEXT:    %[[Y:.*]] = ignis.swiglu %[[X]], %[[X]]
// TREE-NEXT:    return %[[Y]]

func.func private @unused(%x: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %y = ignis.silu %x : (tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

func.func @interesting(%x: tensor<?x64xf32>, %w: !ignis.weight<64xf32>) -> tensor<?x64xf32> {
  %0 = ignis.add %x, %x : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  %1 = ignis.rms_normalize %x {eps = 1.0e-6 : f32} : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %2 = ignis.scale %1, %w : (tensor<?x64xf32>, !ignis.weight<64xf32>) -> tensor<?x64xf32>
  %3 = ignis.swiglu %2, %x : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %3 : tensor<?x64xf32>
}
