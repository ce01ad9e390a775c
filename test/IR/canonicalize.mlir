// RUN: ignis-opt %s --canonicalize --resolve-ranked-shaped-type-result-dims --canonicalize --split-input-file | FileCheck %s

// Every row is computed from row 0 on.
// CHECK-LABEL: @first_row_zero
// CHECK-NOT:     from
// CHECK:         %[[Y:.*]] = ignis.matmul %{{.*}}, %{{.*}} : (tensor<4x64xf32>, !ignis.weight<96x64xf16>) -> tensor<4x96xf32>
// CHECK:         tensor.cast %[[Y]] : tensor<4x96xf32> to tensor<?x96xf32>
func.func @first_row_zero(%x: tensor<4x64xf32>) -> tensor<?x96xf32> {
  %c0 = arith.constant 0 : index
  %w = ignis.weight @w : !ignis.weight<96x64xf16>
  %y = ignis.matmul %x, %w from(%c0) : (tensor<4x64xf32>, !ignis.weight<96x64xf16>, index) -> tensor<?x96xf32>
  return %y : tensor<?x96xf32>
}

// -----

// CHECK-LABEL: @later_row
// CHECK:         ignis.matmul {{.*}} from
func.func @later_row(%x: tensor<4x64xf32>) -> tensor<?x96xf32> {
  %c1 = arith.constant 1 : index
  %w = ignis.weight @w : !ignis.weight<96x64xf16>
  %y = ignis.matmul %x, %w from(%c1) : (tensor<4x64xf32>, !ignis.weight<96x64xf16>, index) -> tensor<?x96xf32>
  return %y : tensor<?x96xf32>
}

// -----

// The number of rows is that of the input, without the value.
// CHECK-LABEL: @rows
// CHECK-SAME:    %[[X:[^:]*]]: tensor<?x64xf32>
// CHECK:         %[[T:.*]] = tensor.dim %[[X]]
// CHECK:         return %[[T]]
func.func @rows(%x: tensor<?x64xf32>) -> index {
  %c0 = arith.constant 0 : index
  %y = ignis.silu %x : (tensor<?x64xf32>) -> tensor<?x64xf32>
  %z = ignis.add %y, %x : (tensor<?x64xf32>, tensor<?x64xf32>) -> tensor<?x64xf32>
  %d = tensor.dim %z, %c0 : tensor<?x64xf32>
  return %d : index
}

// -----

// CHECK-LABEL: @phases_and_barriers
// CHECK-NEXT:    ignis.silu
// CHECK-NEXT:    ignis.barrier
// CHECK-NEXT:    ignis.phase
// CHECK-NEXT:      ignis.silu
// CHECK-NEXT:    }
// CHECK-NEXT:    return
func.func @phases_and_barriers(%a: memref<?x64xf32>, %b: memref<?x64xf32>) {
  ignis.silu %a outs(%b) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  ignis.barrier
  ignis.barrier
  ignis.phase {
  }
  ignis.phase {
    ignis.silu %b outs(%a) : (memref<?x64xf32>, memref<?x64xf32>) -> ()
  }
  return
}
