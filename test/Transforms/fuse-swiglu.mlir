// RUN: ignis-opt %s --ignis-fuse-swiglu --split-input-file | FileCheck %s
// RUN: ignis-opt %s --ignis-fuse-swiglu --split-input-file \
// RUN:   --remarks-filter=ignis-.* --remark-format=emitRemark 2>&1 >/dev/null \
// RUN:   | FileCheck %s --check-prefix=REMARK

// CHECK-LABEL: @fuses
// CHECK-SAME:    %[[G:[^:]*]]: tensor<?x64xf32>, %[[U:[^:]*]]: tensor<?x64xf32>
// CHECK-NOT:     ignis.silu
// CHECK-NOT:     ignis.mul
// CHECK:         %[[Y:.*]] = ignis.swiglu %[[G]], %[[U]]
// CHECK:         return %[[Y]]
// REMARK: remark: [Passed] fused | Category:ignis-fuse-swiglu
func.func @fuses(%g: tensor<?x64xf32>, %u: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %a = ignis.silu %g : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.mul %a, %u : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// CHECK-LABEL: @other_operand_order
// CHECK-SAME:    %[[G:[^:]*]]: tensor<?x64xf32>, %[[U:[^:]*]]: tensor<?x64xf32>
// CHECK-NOT:     ignis.silu
// CHECK:         %[[Y:.*]] = ignis.swiglu %[[G]], %[[U]]
// CHECK:         return %[[Y]]
func.func @other_operand_order(%g: tensor<?x64xf32>, %u: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %a = ignis.silu %g : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.mul %u, %a : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// Both operands are activated: the left one becomes the gate.
// CHECK-LABEL: @both_activated
// CHECK-SAME:    %[[G:[^:]*]]: tensor<?x64xf32>, %[[U:[^:]*]]: tensor<?x64xf32>
// CHECK:         %[[A:.*]] = ignis.silu %[[U]]
// CHECK:         ignis.swiglu %[[G]], %[[A]]
func.func @both_activated(%g: tensor<?x64xf32>, %u: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %a = ignis.silu %g : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %b = ignis.silu %u : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.mul %a, %b : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// The square of an activated value has no other factor: two uses of the silu.
// CHECK-LABEL: @square
// CHECK:         ignis.silu
// CHECK:         ignis.mul
// CHECK-NOT:     ignis.swiglu
// REMARK: remark: [Missed] not fused | {{.*}} | Reason="activated gate has another use"
func.func @square(%g: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %a = ignis.silu %g : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.mul %a, %a : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}

// -----

// CHECK-LABEL: @another_use
// CHECK:         ignis.silu
// CHECK:         ignis.mul
// CHECK-NOT:     ignis.swiglu
func.func @another_use(%g: tensor<?x64xf32>, %u: tensor<?x64xf32>) -> (tensor<?x64xf32>, tensor<?x64xf32>) {
  %a = ignis.silu %g : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.mul %a, %u : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %a, %y : tensor<?x64xf32>, tensor<?x64xf32>
}

// -----

// A sum is not a product.
// CHECK-LABEL: @sum
// CHECK:         ignis.silu
// CHECK:         ignis.add
// CHECK-NOT:     ignis.swiglu
func.func @sum(%g: tensor<?x64xf32>, %u: tensor<?x64xf32>) -> tensor<?x64xf32> {
  %a = ignis.silu %g : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %y = ignis.add %a, %u : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  return %y : tensor<?x64xf32>
}
