// RUN: ignis-opt %s --canonicalize --resolve-ranked-shaped-type-result-dims --canonicalize --split-input-file | FileCheck %s

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

// -----

// CHECK-LABEL: @address_of_what_is_there(
// CHECK-SAME:    %[[P:.*]]: !llvm.ptr
// CHECK-NEXT:    return %[[P]]
func.func @address_of_what_is_there(%p: !llvm.ptr) -> !llvm.ptr {
  %v = ignis.buffer_at %p : !llvm.ptr -> memref<64xf32>
  %q = ignis.address_of %v : memref<64xf32> -> !llvm.ptr
  return %q : !llvm.ptr
}
