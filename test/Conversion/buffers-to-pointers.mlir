// RUN: ignis-opt %s --ignis-buffers-to-pointers | FileCheck %s

// A buffer is its address: rows of 64, so element [t][i] is t * 64 + i away.
// CHECK-LABEL: func.func @copy(
// CHECK-SAME:    %[[X:[a-z0-9]+]]: !llvm.ptr, %[[Y:[a-z0-9]+]]: !llvm.ptr, %[[T:.*]]: index
// CHECK:         %[[ROW:.*]] = arith.constant 64 : index
// CHECK:         %[[START:.*]] = arith.muli %[[T]], %[[ROW]] : index
// CHECK:         %[[OFFSET:.*]] = arith.addi %[[START]], %{{.*}} : index
// CHECK:         %[[WORD:.*]] = arith.index_cast %[[OFFSET]] : index to i64
// CHECK:         %[[FROM:.*]] = llvm.getelementptr %[[X]][%[[WORD]]]
// CHECK:         %[[V:.*]] = llvm.load %[[FROM]] {alignment = 4 : i64} : !llvm.ptr -> vector<16xf32>
// CHECK:         llvm.store %[[V]], %{{.*}} {alignment = 4 : i64}
func.func @copy(%x: memref<?x64xf32>, %y: memref<?x64xf32>, %t: index) {
  %c16 = arith.constant 16 : index
  %v = vector.load %x[%t, %c16] : memref<?x64xf32>, vector<16xf32>
  vector.store %v, %y[%t, %c16] : memref<?x64xf32>, vector<16xf32>
  return
}

// CHECK-LABEL: func.func @views(
// CHECK-SAME:    %[[ARENA:[a-z0-9]+]]: !llvm.ptr
// CHECK:         %[[A:.*]] = llvm.getelementptr %[[ARENA]]
// CHECK-SAME:      !llvm.ptr, i64) -> !llvm.ptr, i8
// CHECK-NOT:     memref
// CHECK:         call @copy(%[[A]], %[[A]], %{{.*}}) : (!llvm.ptr, !llvm.ptr, index) -> ()
func.func @views(%arena: memref<?xi8>, %cache: !ignis.kv_cache<1, 1, 32, f16>) {
  %c256 = arith.constant 256 : index
  %a = memref.view %arena[%c256][] : memref<?xi8> to memref<1x64xf32>
  %b = memref.cast %a : memref<1x64xf32> to memref<?x64xf32>
  call @copy(%b, %b, %c256) : (memref<?x64xf32>, memref<?x64xf32>, index) -> ()
  return
}

// What ignis-outline-kernels writes where a call takes an address.
// CHECK-LABEL: func.func @addresses(
// CHECK-SAME:    %[[X:[a-z0-9]+]]: !llvm.ptr) -> !llvm.ptr
// CHECK-NEXT:    llvm.load %[[X]] : !llvm.ptr -> f32
// CHECK-NEXT:    return %[[X]]
func.func @addresses(%x: memref<?x64xf32>) -> !llvm.ptr {
  %p = ignis.address_of %x : memref<?x64xf32> -> !llvm.ptr
  %y = ignis.buffer_at %p : !llvm.ptr -> memref<f32>
  %v = memref.load %y[] : memref<f32>
  return %p : !llvm.ptr
}
